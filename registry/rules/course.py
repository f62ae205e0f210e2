"""The course of one file: each fact taken in order changes the totals and the periods, and says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from registry.rules.facts import Fact, PeriodShortened, PointsRelieved, PointsScored, Reregistered
from registry.rules.periods import (
    SUSPENSION,
    TERMINATION,
    Period,
    add_months,
    earlier,
    first_of_next_month,
    next_day,
)
from registry.rules.policy import Policies, Policy

_STARTS: Mapping[str, Callable[[date], date]] = {
    "same_day": lambda day: day,
    "next_day": next_day,
    "next_month": first_of_next_month,
}


class Step(NamedTuple):
    """What one fact did, in codes and data.

    `points` is by how much it changed the `total` of `year`. `caused` is one of the codes of `CAUSES`. `from_`,
    `until`, `barred_until` and `single` describe the period as the fact left it, `months` the length of a new
    suspension or bar. `rules` are the keys, in `policy`, of the values it rests on; `provision` and `certainty` are
    those of the first.
    """

    id: str
    kind: str
    on: date
    year: int
    points: int
    total: int
    caused: str
    from_: date | None
    until: date | None
    barred_until: date | None
    single: bool | None
    months: int | None
    policy: str
    rules: tuple[str, ...]
    provision: str
    certainty: str
    revised_by: str | None


CAUSES = (
    "counted",
    "suspended",
    "suspension_extended",
    "already_terminated",
    "terminated",
    "termination_extended",
    "relieved",
    "bar_shortened",
    "suspension_shortened",
    "suspension_dropped",
    "nothing_to_shorten",
    "reregistered",
    "not_terminated",
    "still_barred",
)


class _Effect(NamedTuple):
    caused: str
    rules: tuple[str, ...]
    period: Period | None = None
    months: int | None = None


class _Told(NamedTuple):
    """What one fact did; `under` is the policy that it was done under, None for the national one of the day."""

    fact: Fact
    year: int
    points: int
    total: int
    effect: _Effect
    under: Policy | None


class Course:
    """Totals by year and periods after the facts taken so far.

    The suspensions are in order and never overlap; so the last in the list is the one with the latest start.
    `termination` is the one that no re-registration has closed; which entries are behind it, `terminations` tells.
    """

    def __init__(self, policies: Policies, revised_by: Mapping[str, str]) -> None:
        self._policies = policies
        self._revised_by = revised_by
        self.totals: dict[int, int] = {}
        self.suspensions: list[Period] = []
        self.termination: Period | None = None
        self._behind: list[str] = []
        self._closed: list[Period] = []
        self.errors: list[str] = []
        self._told: list[_Told] = []
        self._steps: list[Step] = []

    def copy(self) -> Course:
        """Another course that has taken the same facts."""
        other = Course(self._policies, self._revised_by)
        for name, value in vars(self).items():
            setattr(other, name, value.copy() if isinstance(value, list | dict) else value)
        return other

    @property
    def steps(self) -> list[Step]:
        """What each fact did, in the order in which they were taken."""
        self._steps += [self._step(told) for told in self._told[len(self._steps) :]]
        return self._steps

    @property
    def terminations(self) -> list[Period]:
        """In order and never overlapping; only the last can be open."""
        if self.termination is None:
            return self._closed
        return [*self._closed, self.termination._replace(because=tuple(self._behind))]

    def take(self, fact: Fact) -> None:
        """Apply the next fact. They must come by (`effective_on`, `seq`), corrections already applied."""
        _TAKES[type(fact)](self, fact)

    def _score(self, entry: PointsScored) -> None:
        policy = self._policies[entry.policy]
        year = (entry.counted_on if policy.year_of == "handling" else entry.effective_on).year
        self.totals[year] = self.totals.get(year, 0) + entry.points
        self._explain(entry, year, entry.points, self._sanction(entry, policy, year), policy)

    def _sanction(self, entry: PointsScored, policy: Policy, year: int) -> _Effect:
        total = self.totals[year]
        if entry.points >= policy.terminate_at:
            return self._terminate(entry, policy.bar_single, "bars.single")
        if total >= policy.terminate_at:
            return self._terminate(entry, policy.bar_cumulative, "bars.cumulative")
        if total >= policy.suspend_at:
            return self._suspend(entry, policy, total, "thresholds.suspend")
        if self._reaches_in_two_years(policy.two_years_at, year):
            return self._suspend(entry, policy, total, "thresholds.each_of_two_years")
        return _Effect("counted", ("counting.year",))

    def _reaches_in_two_years(self, threshold: int | None, year: int) -> bool:
        if threshold is None or self.totals[year] < threshold:
            return False
        return max(self.totals.get(year - 1, 0), self.totals.get(year + 1, 0)) >= threshold

    def _suspend(self, entry: PointsScored, policy: Policy, total: int, rule: str) -> _Effect:
        if self.termination:
            return _Effect("already_terminated", (rule,), self.termination)
        single = entry.points >= policy.suspend_at
        months = entry.months or policy.months(total, single=single).default
        start = _STARTS[policy.suspension_start](entry.effective_on)
        new = Period(SUSPENSION, start, add_months(start, months), None, (entry.id,), single)
        rules = (rule, "suspension.start", *self._length_rules(entry, total, single))
        return self._join(new, rules, months)

    @staticmethod
    def _length_rules(entry: PointsScored, total: int, single: bool) -> tuple[str, ...]:
        grid = f"months.{'single' if single else 'cumulative'}.{total}"
        return (f"{grid}.min", f"{grid}.max") if entry.months else (f"{grid}.default",)

    def _join(self, new: Period, rules: tuple[str, ...], months: int) -> _Effect:
        running = [period for period in self.suspensions if period.end > new.from_]
        if not running:
            self._keep(self.suspensions, new)
            return _Effect("suspended", rules, new, months)
        joined = _joined([*running, new])
        self.suspensions = [period for period in self.suspensions if period.end <= new.from_] + [joined]
        return _Effect("suspension_extended", (*rules, "suspension.overlapping"), joined, months)

    @staticmethod
    def _keep(periods: list[Period], period: Period) -> None:
        if not period.is_empty:
            periods.append(period)

    def _terminate(self, entry: PointsScored, months: int, bar: str) -> _Effect:
        day = entry.effective_on
        barred_until, single = add_months(day, months), bar == "bars.single"
        rules = ("thresholds.terminate", bar)
        old = self.termination
        if old is None:
            self._cut_suspensions(day)
            self.termination = Period(TERMINATION, day, None, barred_until, (), single)
            self._behind = [entry.id]
            return _Effect("terminated", rules, self.termination, months)
        barred_until = max(_bar(old), barred_until)
        self.termination = Period(TERMINATION, old.from_, None, barred_until, (), old.single or single)
        self._behind.append(entry.id)
        return _Effect("termination_extended", rules, self.termination, months)

    def _cut_suspensions(self, day: date) -> None:
        begun = [period for period in self.suspensions if period.from_ < day]
        self.suspensions = [period._replace(until=min(period.end, day)) for period in begun]

    def _relieve(self, relief: PointsRelieved) -> None:
        year = relief.effective_on.year
        before = self.totals.get(year, 0)
        self.totals[year] = max(0, before - relief.points)
        effect = _Effect("relieved", ("remediation.relief_per_activity", "remediation.relief_per_year"))
        self._explain(relief, year, self.totals[year] - before, effect)

    def _shorten(self, shortening: PeriodShortened) -> None:
        effect = self._shorten_bar(shortening) or self._shorten_suspension(shortening)
        nothing = _Effect("nothing_to_shorten", ("remediation.shortest_percent",))
        self._explain(shortening, shortening.effective_on.year, 0, effect or nothing)

    def _shorten_bar(self, shortening: PeriodShortened) -> _Effect | None:
        termination, day = self.termination, shortening.effective_on
        if termination is None or day >= _bar(termination):
            return None
        barred_until = earlier(_bar(termination), shortening.days, not_before=day)
        self.termination = termination._replace(barred_until=barred_until)
        return _Effect("bar_shortened", ("remediation.shortest_percent",), self.termination)

    def _shorten_suspension(self, shortening: PeriodShortened) -> _Effect | None:
        day = shortening.effective_on
        if not self.suspensions or self.suspensions[-1].end <= day:
            return None
        last = self.suspensions.pop()
        until = earlier(last.end, shortening.days, not_before=max(day, last.from_))
        shorter = last._replace(until=until)
        self._keep(self.suspensions, shorter)
        caused = "suspension_dropped" if shorter.is_empty else "suspension_shortened"
        return _Effect(caused, ("remediation.shortest_percent",), shorter)

    def _reregister(self, fact: Reregistered) -> None:
        self._explain(fact, fact.effective_on.year, 0, self._end_termination(fact))

    def _end_termination(self, fact: Reregistered) -> _Effect:
        termination = self.termination
        if termination is None or fact.effective_on < _bar(termination):
            self.errors.append(fact.id)
            caused = "still_barred" if termination else "not_terminated"
            return _Effect(caused, ("thresholds.terminate",), termination)
        closed = termination._replace(until=fact.effective_on, because=tuple(self._behind))
        self.termination = None
        self._keep(self._closed, closed)
        return _Effect("reregistered", ("bars.single" if closed.single else "bars.cumulative",), closed)

    def _explain(self, fact: Fact, year: int, points: int, effect: _Effect, under: Policy | None = None) -> None:
        """Remember it; in words it is put only where somebody asks, which most who compute do not."""
        self._told.append(_Told(fact, year, points, self.totals.get(year, 0), effect, under))

    def _step(self, told: _Told) -> Step:
        fact, effect, period = told.fact, told.effect, told.effect.period
        policy = told.under or self._policies.national(fact.effective_on)
        source = policy.value(effect.rules[0])
        return Step(
            id=fact.id,
            kind=fact.kind,
            on=fact.effective_on,
            year=told.year,
            points=told.points,
            total=told.total,
            caused=effect.caused,
            from_=period.from_ if period else None,
            until=period.until if period else None,
            barred_until=period.barred_until if period else None,
            single=period.single if period else None,
            months=effect.months,
            policy=policy.id,
            rules=effect.rules,
            provision=source.provision,
            certainty=source.certainty,
            revised_by=self._revised_by.get(fact.id),
        )


def _joined(periods: list[Period]) -> Period:
    return Period(
        SUSPENSION,
        min(period.from_ for period in periods),
        max(period.end for period in periods),
        None,
        tuple(entry for period in periods for entry in period.because),
        any(period.single for period in periods),
    )


def _bar(termination: Period) -> date:
    return termination.barred_until or date.max


_TAKES: Mapping[type[Fact], Callable[[Course, Any], None]] = {
    PointsScored: Course._score,
    PointsRelieved: Course._relieve,
    PeriodShortened: Course._shorten,
    Reregistered: Course._reregister,
}
