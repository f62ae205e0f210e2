"""Looks into files are kept: who looked, through what, and why. Whole document numbers are shown in no other way."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.requirements import require_choice
from registry.ledger.days import shanghai_day
from registry.ledger.readings import chained, last_of
from registry.models import AccessRecord, ApiKey, IdentityDocument, Practitioner, User
from registry.queries.access_log import is_ones_work
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.scope import scope_of
from registry.queries.sight import full_sight

SHORTEST_REASON = 10
LONGEST_REASON = 500
AT_ONCE = 500
"""So many files are recorded in one transaction: nobody who opens a file waits for a whole list."""

Kind = AccessRecord.Kind


@dataclass(frozen=True, slots=True)
class Disclosure:
    """For whom, and why, whole document numbers leave the register."""

    by: User
    reason: str
    now: datetime
    key: ApiKey | None = None


def clean_reason(reason: str) -> str:
    """The reason without stray spaces. Raises Refused unless it has 10 to 500 visible characters."""
    cleaned = " ".join(reason.split())
    if not SHORTEST_REASON <= len(cleaned) <= LONGEST_REASON or not cleaned.isprintable():
        raise Refused(
            "reason_unfit",
            _(
                "A reason has %(least)s to %(most)s characters."
                " Write for which task you need the file, so that the person understands it."
            )
            % {"least": SHORTEST_REASON, "most": LONGEST_REASON},
            field="reason",
            value=reason[:40],
        )
    return cleaned


def record_access(
    *, practitioner: Practitioner, by: User | None, key: ApiKey | None, kind: str, reason: str, now: datetime
) -> AccessRecord:
    """Keep that somebody looked into the file. Comes before what they see: without the record nothing is shown.

    `reason` is empty where the file is part of their work; whoever has to give one is asked by `is_ones_work`.
    """
    (record,) = _record([practitioner.pk], by=by, key=key, kind=kind, reason=reason, now=now)
    return record


def record_many(
    *, practitioners: Iterable[int], by: User | None, key: ApiKey | None, kind: str, reason: str, now: datetime
) -> int:
    """Keep that somebody saw many people at once, each in their own file; the number of people.

    `practitioners` are ids of files. Some hundreds go together into one transaction, unless the caller holds one open.
    """
    files = sorted(set(practitioners))
    for first in range(0, len(files), AT_ONCE):
        _record(files[first : first + AT_ONCE], by=by, key=key, kind=kind, reason=reason, now=now)
    return len(files)


def unmask_document(
    *, document: IdentityDocument, by: User, reason: str, now: datetime, key: ApiKey | None = None
) -> str:
    """The whole number of the document, for who keeps staff and works on the person; kept in the same transaction."""
    person, why, today = document.practitioner, clean_reason(reason), shanghai_day(now)
    if not is_ones_work(scope_of(by, today).held_as(STAFF_KEEPERS), person, today):
        raise Refused(
            "not_ones_work",
            _(
                "%(person)s is not part of your work: registered at no place of yours today, in no open case or task."
                " Ask the office where they are."
            )
            % {"person": person.name},
        )
    with transaction.atomic():
        record_access(practitioner=person, by=by, key=key, kind=Kind.UNMASKED, reason=why, now=now)
        return document.number


def _record(
    files: Iterable[int], *, by: User | None, key: ApiKey | None, kind: str, reason: str, now: datetime
) -> list[AccessRecord]:
    require_choice("kind", kind, Kind.values)
    face = AccessRecord.Face.API if key else AccessRecord.Face.OFFICE
    why = clean_reason(reason) if reason else ""
    with full_sight(), transaction.atomic():
        ends = last_of(files)
        said = {"user": by, "key": key, "kind": kind, "face": face, "reason": why, "at": now}
        drafts = [AccessRecord(practitioner_id=file, salt=os.urandom(16), **said) for file in ends]
        return AccessRecord.objects.bulk_create(chained(each, after=ends[each.practitioner_id]) for each in drafts)
