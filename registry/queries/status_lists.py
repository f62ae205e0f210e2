"""The offline list of the settlement check: which lists there are, and what is read for the next one."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from registry.models import FileMerge, ListPlace, PersonalCode, StandingChange, StandingSpan, StatusList, sealing
from registry.rules.status_list import code_of

_PLACES = ListPlace._meta.db_table
_NEWEST_CHANGES = 1000

# Everything recorded is a change with a number: facts, annulments, merges and their undoing. Numbers are taken before
# they can be seen, so the highest alone would miss a change that is committed after a later one.
_RECORDED = f"""
    SELECT encode(sha256(convert_to(coalesce(string_agg(newest.id::text, ' ' ORDER BY newest.id), ''), 'UTF8')), 'hex'),
        (SELECT coalesce(max(id) + 1, 0) FROM {_PLACES})
    FROM (SELECT id FROM {StandingChange._meta.db_table} ORDER BY id DESC LIMIT {_NEWEST_CHANGES}) AS newest
"""  # noqa: S608 - the only texts put in are names of our own tables

# One statement, so one snapshot: who is not normal on the day, those files' absorbed ones, and the number of places.
_STANDINGS = f"""
    WITH RECURSIVE barred(file, status, may_reregister) AS (
        SELECT practitioner_id, status, may_reregister FROM {StandingSpan._meta.db_table}
        WHERE status <> 'normal' AND starts_on <= %(day)s AND (ends_on IS NULL OR ends_on > %(day)s)
        UNION ALL
        SELECT merged.absorbed_id, barred.status, barred.may_reregister
        FROM {FileMerge._meta.db_table} merged JOIN barred ON barred.file = merged.kept_id
        WHERE merged.undone_at IS NULL
    )
    SELECT placed.id, barred.status, barred.may_reregister
    FROM barred JOIN {_PLACES} placed ON placed.practitioner_id = barred.file
    UNION ALL
    SELECT max(id), NULL, NULL FROM {_PLACES}
"""  # noqa: S608 - the only texts put in are names of our own tables


class Marks(NamedTuple):
    """The number of places, and of those that are not normal the place and its code."""

    size: int
    codes: list[tuple[int, int]]


def newest_list() -> StatusList | None:
    """The list that is published, without its texts until they are asked for."""
    return StatusList.objects.defer("token", "delta").first()


def list_numbered(sequence: int) -> StatusList | None:
    """The list with this number, if it is kept, without its texts until they are asked for."""
    return StatusList.objects.defer("token", "delta").filter(sequence=sequence).first()


def deltas_after(sequence: int, *, most: int) -> list[str]:
    """The deltas that lead on from the list with this number, one after the other, `most` of them at the most."""
    later = StatusList.objects.filter(sequence__gt=sequence).order_by("sequence")
    return list(later.values_list("delta", flat=True)[:most])


def lists_before(moment: datetime) -> QuerySet[StatusList]:
    """Lists made before the moment; never the newest, from which the next one follows."""
    newest = StatusList.objects.order_by("-sequence").values("sequence")[:1]
    return StatusList.objects.filter(known_at__lt=moment).exclude(sequence__in=newest)


def recorded() -> str:
    """A mark of what is recorded: another one as soon as a change of standing, or a place, is there that was not."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORDED)
        digest, size = cursor.fetchone()
    return f"{digest[:48]}-{size}"


def marks_on(day: date) -> Marks:
    """Who is not normal on the day, by the standing of the person that each file is now."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, {"day": day})
        rows = cursor.fetchall()
    size = next((place + 1 for place, status, _ in rows if status is None and place is not None), 0)
    found = [(place, code_of(status, may_reregister=may)) for place, status, may in rows if status is not None]
    return Marks(size, found)


def files_of(codes: Collection[str]) -> dict[str, int]:
    """The file of each personal code that there is or ever was, however its letters and digits are written."""
    asked = {code: sealing.normalised(code) for code in codes}
    rows = PersonalCode.objects.filter(code__in=set(asked.values())).order_by()
    found = dict(rows.values_list("code", "practitioner_id"))
    return {code: found[normal] for code, normal in asked.items() if normal in found}


def places_of(files: Collection[int]) -> dict[int, int]:
    """The places that files have."""
    rows = ListPlace.objects.filter(practitioner_id__in=files).order_by()
    return dict(rows.values_list("practitioner_id", "place"))
