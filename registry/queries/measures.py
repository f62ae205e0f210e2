"""Measures against institutions: what a year comes to, which measures hold, and where the agency owes one."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.db.models import Q
from django.utils.translation import gettext, ngettext

from registry.ledger.days import shanghai_day
from registry.models import Institution, InstitutionMeasure, MeasurePeriod
from registry.queries.ratio import MEASURES, Ratio, Threshold, places_with_times, ratio_of, ratios

Kind = InstitutionMeasure.Kind
State = InstitutionMeasure.State

OPEN = (State.PROPOSED, State.IN_FORCE)
_PREFIX = "ratios."
KINDS = tuple(Kind(rule.removeprefix(_PREFIX)) for rule in MEASURES)
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
    """The yearly assessment of an institution, as known now; `ratio` is that of the end of the year, or of today.

    `is_final` tells that the year has ended.
    """

    ratio: Ratio
    measures: tuple[MeasureOfYear, ...]
    is_final: bool

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.ratio.on.year


@dataclass(frozen=True, slots=True)
class Notice:
    """A measure that is not over on the day: `period` are its days, None while it is proposed."""

    measure: InstitutionMeasure
    period: MeasurePeriod | None
    today: date

    @property
    def is_proposed(self) -> bool:
        """It waits for a decision."""
        return self.measure.state == State.PROPOSED

    @property
    def holds(self) -> bool:
        """Nothing is payable today."""
        return self.period is not None and self.period.starts_on <= self.today and not self._is_over

    @property
    def is_to_come(self) -> bool:
        """It is decided and begins later."""
        return self.period is not None and self.period.starts_on > self.today and not self._never_holds

    @property
    def _is_over(self) -> bool:
        return self.period is not None and self.period.ends_on is not None and self.period.ends_on <= self.today

    @property
    def _never_holds(self) -> bool:
        return self.period is not None and self.period.ends_on == self.period.starts_on


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
    return Kind(threshold.rule.removeprefix(_PREFIX))


def threshold_of(ratio: Ratio, kind: str) -> Threshold | None:
    """The share from which a measure fits; None where no policy is in force."""
    return next((each for each in ratio.thresholds if kind_of(each) == kind), None)


def rule_of(kind: str) -> str:
    """The key of the policy under which the share of a measure stands."""
    return f"{_PREFIX}{kind}"


def sum_of(ratio: Ratio) -> str:
    """The sum that shows the share, in words."""
    counted = {"times": len(ratio.times), "staff": ratio.staff, "year": ratio.on.year}
    if ratio.per_cent is None:
        return gettext("%(year)s: %(times)s person-times, and nobody registered, so there is no share.") % counted
    return _sum(**counted, share=ratio.per_cent)


def share_of(measure: InstitutionMeasure) -> str:
    """The sum on the day of the proposal, in words; a measure is proposed only where somebody is registered."""
    return _sum(times=measure.sanctions, staff=measure.staff, year=measure.year, share=per_cent_of(measure))


def per_cent_of(measure: InstitutionMeasure) -> float:
    """The share on the day of the proposal, cut off after one decimal as that of a ratio."""
    return measure.sanctions * 1000 // measure.staff / 10


def _sum(*, times: int, staff: int, year: int, share: float) -> str:
    numbers = {"times": times, "staff": staff, "year": year, "share": f"{share:g}"}
    text = ngettext(
        "%(year)s: %(times)s person-time × 100 ÷ %(staff)s staff = %(share)s%%.",
        "%(year)s: %(times)s person-times × 100 ÷ %(staff)s staff = %(share)s%%.",
        times,
    )
    return text % numbers


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
    return assessed(ratio_of_year(institution, year, today=today), measures_of(institution), today=today)


def assessed(ratio: Ratio, measures: Iterable[InstitutionMeasure], *, today: date) -> Assessment:
    """The assessment of the ratio's year, where ratio and measures of the institution were read already."""
    return Assessment(ratio, tuple(_of_year(measures, ratio.on)), is_final=ratio.on.year < today.year)


def notices(measures: Iterable[InstitutionMeasure], today: date) -> tuple[Notice, ...]:
    """What holds today or is to come, and what is proposed; the graver kind first."""
    found = [Notice(measure, days_of(measure), today) for measure in measures]
    standing = [each for each in found if each.is_proposed or each.holds or each.is_to_come]
    return tuple(sorted(standing, key=lambda each: (each.is_proposed, -KINDS.index(Kind(each.measure.kind)))))


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
