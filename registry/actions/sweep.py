"""What a day brings by itself: suspensions begin and end, bars run out. Told once, never decided here."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet

from registry.ledger.days import SHANGHAI
from registry.ledger.law import policies
from registry.ledger.writing import lock_many
from registry.models import Practitioner, SanctionPeriod, StandingChange
from registry.rules import facts
from registry.rules.compute import Standing, standing

_COLUMNS = ("starts_on", "ends_on", "barred_until")
_FIRST_SWEEP_LOOKS_BACK = timedelta(days=31)
_BATCH = 500


def tell_what_day_brought(*, today: date, now: datetime, since: date | None = None) -> int:
    """Write one StandingChange for each edge of a period from `since` up to `today`, and say how many were new.

    An edge is the first day of a suspension that was decided earlier, the day after its last day, or the day a bar is
    over. Idempotent: an edge is told once for each period, however often this runs and however long it did not.
    `since` None goes on from the last day told.
    """
    first = since or _last_day_told() or today - _FIRST_SWEEP_LOOKS_BACK
    between = Q()
    for column in _COLUMNS:
        between |= Q(**{f"{column}__gte": first, f"{column}__lte": today})
    periods = SanctionPeriod.objects.filter(between)
    people = periods.order_by("practitioner_id").values_list("practitioner_id", flat=True).distinct()
    waiting, told = people.iterator(chunk_size=_BATCH), 0
    while batch := list(islice(waiting, _BATCH)):
        told += _tell(batch, periods, first, today, now)
    return told


def _last_day_told() -> date | None:
    told = StandingChange.objects.filter(cause=StandingChange.Cause.DAY)
    return told.order_by("-on_day").values_list("on_day", flat=True).first()


def _tell(people: list[int], periods: QuerySet[SanctionPeriod], first: date, last: date, now: datetime) -> int:
    """Under the locks of their files, so that nothing is recorded or merged between looking and telling."""
    with transaction.atomic():
        held = lock_many(list(Practitioner.objects.filter(pk__in=people).order_by("pk")))
        found = [
            change
            for period in periods.filter(practitioner__in=people).order_by("pk")
            for change in _of_period(period, first, last, held[period.practitioner_id].facts, now)
        ]
        told = set(
            StandingChange.objects.filter(practitioner_id__in=people)
            .exclude(edge="")
            .values_list("practitioner_id", "edge")
        )
        new = [change for change in found if (change.practitioner_id, change.edge) not in told]
        StandingChange.objects.bulk_create(new, ignore_conflicts=True)
        return len(new)


def _of_period(
    period: SanctionPeriod, first: date, last: date, of_person: list[facts.Fact], now: datetime
) -> Iterator[StandingChange]:
    for column in _COLUMNS:
        day = getattr(period, column)
        if day is not None and first <= day <= last and (brought := _brought(of_person, day)):
            before, after = brought
            yield StandingChange(
                practitioner_id=period.practitioner_id,
                cause=StandingChange.Cause.DAY,
                edge=f"{period.kind}:{period.starts_on}:{column}:{day}",
                on_day=day,
                recorded_at=now,
                status_before=before.status,
                status_after=after.status,
                until_before=before.until,
                until_after=after.until,
                points_before=before.points,
                points_after=after.points,
            )


def _brought(of_person: list[facts.Fact], day: date) -> tuple[Standing, Standing] | None:
    """The standing before and on `day` where the day alone changed it; None where a fact did, which told it itself.

    What was known when the day began must foretell the change, and what is known now must not have taken it back.
    """
    known = datetime.combine(day, time(), SHANGHAI)
    eve = day - timedelta(days=1)
    before, foretold = (standing(of_person, on, policies(), known=known) for on in (eve, day))
    present = standing(of_person, day, policies())
    changed = (before.status, before.may_reregister) != (foretold.status, foretold.may_reregister)
    came = (present.status, present.may_reregister) == (foretold.status, foretold.may_reregister)
    return (before, present) if changed and came else None
