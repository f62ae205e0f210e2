"""When something of a record changed last, as a column: what was written, and the days that changed it by coming."""

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Func, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Case, RawSQL, When
from django.db.models.functions import Greatest

from registry.ledger.days import shanghai_day
from registry.models import Fact, FileMerge, Practitioner, Registration, StandingSpan

_PERSON = Practitioner._meta.db_table
_MERGE = FileMerge._meta.db_table

# All files that are one person with the file of the row are reached over the merges in force, however long the chain.
_LAST = f"""
    (WITH RECURSIVE files(file) AS (
        SELECT {_PERSON}.id
        UNION
        SELECT other FROM files CROSS JOIN LATERAL (
            SELECT kept_id FROM {_MERGE} WHERE absorbed_id = file AND undone_at IS NULL
            UNION ALL
            SELECT absorbed_id FROM {_MERGE} WHERE kept_id = file AND undone_at IS NULL
        ) AS neighbour(other)
    )
    SELECT GREATEST(
        (SELECT max(history_date) FROM {Practitioner.history.model._meta.db_table} AS kept
         WHERE kept.id = {_PERSON}.id),
        (SELECT max(recorded_at) FROM {Fact._meta.db_table} JOIN files ON practitioner_id = file),
        (SELECT max(GREATEST(recorded_at, undone_at)) FROM {_MERGE} JOIN files ON file IN (kept_id, absorbed_id)),
        (SELECT max(starts_on)::timestamp AT TIME ZONE 'Asia/Shanghai'
         FROM {StandingSpan._meta.db_table} JOIN files ON practitioner_id = file WHERE starts_on <= %s)
    ))
"""  # noqa: S608 - the only text put in are the names of our own tables


class _Begins(Func):
    """The instant at which a day begins in Shanghai."""

    template = "(%(expressions)s)::timestamp AT TIME ZONE 'Asia/Shanghai'"
    output_field = DateTimeField()


def people_touched(people: QuerySet[Practitioner], now: datetime) -> QuerySet[Practitioner]:
    """The people with `touched`, the instant at which their newest version began."""
    last = RawSQL(_LAST, [shanghai_day(now)], output_field=DateTimeField())  # noqa: S611 - our own text, above
    return people.annotate(touched=last)


def registrations_touched(rows: QuerySet[Registration], now: datetime) -> QuerySet[Registration]:
    """The registrations with `touched`, the instant at which their newest version began."""
    today = shanghai_day(now)
    versions = Registration.objects.filter(record=OuterRef(OuterRef("record"))).values("pk")
    written = Registration.history.filter(id__in=versions).order_by("-history_date")
    latest = Subquery(written.values("history_date")[:1])
    begun, ended = (
        Case(When(**{f"{day}__lte": today}, then=_Begins(day)), output_field=DateTimeField())
        for day in ("starts_on", "ends_on")
    )
    return rows.annotate(touched=Greatest(latest, "recorded_at", begun, ended))


def records_touched(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of a record with a history, with `touched`, the instant at which it was last written."""
    history = rows.model.history.filter(id=OuterRef("pk")).order_by("-history_date")
    touched: QuerySet[Any] = rows.annotate(touched=Subquery(history.values("history_date")[:1]))
    return touched
