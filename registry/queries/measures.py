"""Measures against institutions: what a year comes to, which measures hold, and where the agency owes one."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.db.models import Q

from registry.ledger.days import shanghai_day
from registry.models import Institution, InstitutionMeasure, MeasurePeriod
from registry.queries.ratio import MEASURES, Ratio, Threshold, places_with_times, ratio_of, ratios

Kind = InstitutionMeasure.Kind
State = InstitutionMeasure.State

OPEN = (State.PROPOSED, State.IN_FORCE)
KINDS = tuple(Kind(rule.removeprefix("ratios.")) for rule in MEASURES)
"""The kinds of measure, the lighter one first; each has its share in the policy under `ratios.`."""

_YEARS_OF_INSTITUTIONS = UUID("6d1f3c0e-6f0b-5f43-9b0a-2a4e6d1c7b55")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class MeasureOfYear:
    """A measure about a year or in force in it. `period` are its days as known now, None before it was decided.

    `days` is how many days of the year it has held, the day of the assessment included.
    """

    measure: InstitutionMeasure
    period: MeasurePeriod | None
    days: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """The yearly assessment of an institution, as known now; `ratio` is that of the end of the year, or of today."""

    ratio: Ratio
    measures: tuple[MeasureOfYear, ...]

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.ratio.on.year

    @property
    def is_final(self) -> bool:
        """The year has ended."""
        return self.ratio.on == _last_day(self.year)


@dataclass(frozen=True, slots=True)
class Due:
    """An institution whose share has reached `threshold`, and no answer of its agency yet."""

    ratio: Ratio
    threshold: Threshold

    @property
    def institution(self) -> Institution:
        """Whose share it is."""
        return self.ratio.institution

    @property
    def kind(self) -> InstitutionMeasure.Kind:
        """The measure that fits the share."""
        return kind_of(self.threshold)

    @property
    def subject(self) -> UUID:
        """What the agency's task is about."""
        return subject_of(self.institution, self.ratio.on.year)


def kind_of(threshold: Threshold) -> InstitutionMeasure.Kind:
    """The measure that follows from a threshold."""
    return Kind(threshold.rule.removeprefix("ratios."))


def threshold_of(ratio: Ratio, kind: str) -> Threshold | None:
    """The share from which a measure fits; None where no policy is in force."""
    return next((each for each in ratio.thresholds if kind_of(each) == kind), None)


def subject_of(institution: Institution, year: int) -> UUID:
    """The year of an institution as the subject of a task: the same for ever."""
    return uuid5(_YEARS_OF_INSTITUTIONS, f"{institution.code}:{year}")


def ratio_of_year(institution: Institution, year: int, *, today: date) -> Ratio:
    """The ratio on the last day of a past year, or today. Raises ValueError for a year to come."""
    if year > today.year:
        raise ValueError(f"{year} has not begun on {today}")
    return ratio_of(institution, min(_last_day(year), today))


def assessment(institution: Institution, year: int, *, today: date) -> Assessment:
    """What a year of the institution comes to. At most seven queries. Raises ValueError for a year to come."""
    ratio = ratio_of_year(institution, year, today=today)
    return Assessment(ratio, tuple(_of_year(measures_of(institution), ratio.on)))


def measures_of(institution: Institution) -> list[InstitutionMeasure]:
    """All measures against the institution, the latest first, with their days."""
    measures = InstitutionMeasure.objects.filter(institution=institution)
    return list(measures.prefetch_related("periods").order_by("-id"))


def days_of(measure: InstitutionMeasure) -> MeasurePeriod | None:
    """The days of a measure as known now; None before it was decided."""
    return next((period for period in measure.periods.all() if period.superseded_at is None), None)


def institutions_over(on: date) -> Iterator[Due]:
    """Institutions at or over a share on the day to which their agency owes an answer, in the order of their ids.

    An answer is an open measure at least as grave, or one of the year, even ended or dropped, that was proposed at the
    same threshold and with all the sanctions in view: what was weighed is not asked again until another begins.
    """
    ids = places_with_times(on)
    for begin in range(0, len(ids), _BATCH):
        places = Institution.objects.select_related("agency").filter(pk__in=ids[begin : begin + _BATCH])
        yield from _due(list(places.order_by("pk")), on)


def due_at(institution: Institution, on: date) -> Due | None:
    """What the agency owes for the institution on the day, if anything."""
    return next(_due([institution], on), None)


def _due(places: Collection[Institution], on: date) -> Iterator[Due]:
    found = ratios(places, [on])
    over = [
        Due(ratio, threshold) for place in places if (threshold := (ratio := found[place.pk, on]).reached) is not None
    ]
    answers = _answers(over, on)
    yield from (due for due in over if not any(_answered(due, each) for each in answers[due.institution.pk]))


def _answers(over: Iterable[Due], on: date) -> dict[int, list[InstitutionMeasure]]:
    answers: dict[int, list[InstitutionMeasure]] = {due.institution.pk: [] for due in over}
    if answers:
        open_or_of_year = Q(state__in=OPEN) | Q(year=on.year)
        for measure in InstitutionMeasure.objects.filter(open_or_of_year, institution__in=answers):
            answers[measure.institution_id].append(measure)
    return answers


def _answered(due: Due, measure: InstitutionMeasure) -> bool:
    if measure.state in OPEN and KINDS.index(Kind(measure.kind)) >= KINDS.index(due.kind):
        return True
    latest = due.ratio.times[0].from_
    in_view = measure.sanctions >= len(due.ratio.times) and latest <= shanghai_day(measure.proposed_at)
    at_threshold = measure.sanctions * 100 >= due.threshold.per_cent * measure.staff
    return measure.year == due.ratio.on.year and in_view and at_threshold


def _of_year(measures: Iterable[InstitutionMeasure], on: date) -> Iterator[MeasureOfYear]:
    for measure in measures:
        period = days_of(measure)
        days = _days_held(period, on) if period else 0
        if measure.year == on.year or days:
            yield MeasureOfYear(measure, period, days)


def _days_held(period: MeasurePeriod, on: date) -> int:
    """Days of the year of `on` on which the measure held, up to that day."""
    first, after = date(on.year, 1, 1), on + timedelta(days=1)
    until = min(period.ends_on or after, after)
    return max(0, (until - max(period.starts_on, first)).days)


def _last_day(year: int) -> date:
    return date(year, 12, 31)
