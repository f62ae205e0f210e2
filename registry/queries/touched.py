"""When something of a record changed last, as a column: what was written, and the days that changed it by coming."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, DateTimeField, Func, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Case, RawSQL, When
from django.db.models.functions import Greatest

from registry.ledger.days import shanghai_day
from registry.models import Fact, FileMerge, Practitioner, Registration, StandingSpan

_PERSON = Practitioner._meta.db_table
_REGISTRATION = Registration._meta.db_table
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


# Whoever may have changed since an instant: few, found by reading each table once instead of looking at everybody. As
# an array it is found first, and the last change is looked up for these rows only.
_PEOPLE_SINCE = f"""
    {_PERSON}.id = ANY(ARRAY(WITH RECURSIVE near(file) AS (
        (SELECT practitioner_id FROM {Fact._meta.db_table} WHERE recorded_at >= %s
         UNION SELECT practitioner_id FROM {StandingSpan._meta.db_table} WHERE starts_on BETWEEN %s AND %s
         UNION SELECT kept_id FROM {_MERGE} WHERE GREATEST(recorded_at, undone_at) >= %s)
        UNION
        SELECT other FROM near CROSS JOIN LATERAL (
            SELECT kept_id FROM {_MERGE} WHERE absorbed_id = file
            UNION ALL
            SELECT absorbed_id FROM {_MERGE} WHERE kept_id = file
        ) AS neighbour(other)
    )
    SELECT file FROM near
    UNION SELECT id FROM {Practitioner.history.model._meta.db_table} WHERE history_date >= %s))
"""  # noqa: S608 - the only text put in are the names of our own tables
_REGISTRATIONS_SINCE = f"""
    {_REGISTRATION}.id = ANY(ARRAY(
        SELECT id FROM {_REGISTRATION} WHERE starts_on BETWEEN %s AND %s OR ends_on BETWEEN %s AND %s
        UNION
        SELECT same.id FROM {Registration.history.model._meta.db_table} AS written
        JOIN {_REGISTRATION} AS version ON version.id = written.id
        JOIN {_REGISTRATION} AS same ON same.record = version.record
        WHERE written.history_date >= %s))
"""  # noqa: S608 - the only text put in are the names of our own tables
RECENT = timedelta(days=92)
"""How far back few have changed: before that, going through everybody in order finds a page sooner."""


class _Begins(Func):
    """The instant at which a day begins in Shanghai."""

    template = "(%(expressions)s)::timestamp AT TIME ZONE 'Asia/Shanghai'"
    output_field = DateTimeField()


def people_touched(
    people: QuerySet[Practitioner], now: datetime, *, since: datetime | None = None
) -> QuerySet[Practitioner]:
    """The people with `touched`, the instant at which their newest version began.

    `since` leaves out most of those who were not touched from then on, but not all: filter by `touched`.
    """
    today = shanghai_day(now)
    if since and since > now - RECENT:
        days = (min(shanghai_day(since), today), today)
        people = people.filter(_either(_PEOPLE_SINCE, [since, *days, since, since]))
    last = RawSQL(_LAST, [today], output_field=DateTimeField())  # noqa: S611 - our own text, above
    return people.annotate(touched=last)


def registrations_touched(
    rows: QuerySet[Registration], now: datetime, *, since: datetime | None = None
) -> QuerySet[Registration]:
    """The registrations with `touched`, the instant at which their newest version began; `since` as of people."""
    today = shanghai_day(now)
    if since and since > now - RECENT:
        days = (min(shanghai_day(since), today), today)
        rows = rows.filter(_either(_REGISTRATIONS_SINCE, [*days, *days, since]))
    versions = Registration.objects.filter(record=OuterRef(OuterRef("record"))).values("pk")
    latest = Registration.history.filter(id__in=versions).order_by("-history_date").values("history_date")
    begun, ended = (
        Case(When(**{f"{day}__lte": today}, then=_Begins(day)), output_field=DateTimeField())
        for day in ("starts_on", "ends_on")
    )
    return rows.annotate(touched=Greatest(Subquery(latest[:1]), "recorded_at", begun, ended))


def records_touched(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of a record with a history, with `touched`, the instant at which it was last written."""
    history = rows.model.history.filter(id=OuterRef("pk")).order_by("-history_date")
    touched: QuerySet[Any] = rows.annotate(touched=Subquery(history.values("history_date")[:1]))
    return touched


def _either(condition: str, values: list[Any]) -> RawSQL:
    return RawSQL(condition, values, output_field=BooleanField())  # noqa: S611 - our own text, above
