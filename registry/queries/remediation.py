"""What repair may still bring on a day: the points that can be relieved, the days by which a period can be shortened.

Computed from the facts of one person under the policy of the deciding agency. The acts refuse beyond these sums, and
pages show them, so neither can disagree with the other.

An activity counts from the day it was completed, and only if a handling that it repairs had been made by then: repair
follows the violation. So for relief, whose points belong to the year of the handling, it lies in that calendar year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from registry.ledger.law import policies, policy_on
from registry.queries.explain import Source, source_of
from registry.rules import corrections, facts
from registry.rules.compute import standing
from registry.rules.periods import Period
from registry.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class ReliefRoom:
    """What can be relieved this year.

    `points` are those of the year, `relieved` what was relieved of it so far; `entries` are the ids of the entries
    that the points come from, `since` the first day on which one of their handlings was made (None without entries).
    """

    policy: Policy
    points: int
    relieved: int
    per_activity: int
    per_year: int
    entries: tuple[str, ...]
    since: date | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The provisions of the caps, each once."""
        rules = ("remediation.relief_per_year", "remediation.relief_per_activity")
        found = {(source.text, source.certainty): source for source in (source_of(self.policy, rule) for rule in rules)}
        return tuple(found.values())

    @property
    def left(self) -> int:
        """How many points can still be relieved, with enough activities."""
        return max(0, min(self.per_year - self.relieved, self.points))

    def most(self, activities: int) -> int:
        """How many points so many activities relieve."""
        return min(self.left, activities * self.per_activity)


@dataclass(frozen=True, slots=True)
class ShorteningRoom:
    """By how much the running bar, or the last suspension that has not ended, can be shortened.

    The period began on `start`, was decided to last until `original`, ends on `end` now and may end on `earliest` at
    the earliest (first days after). `excluded` says that the policy does not let it be shortened at all.
    """

    policy: Policy
    kind: str
    start: date
    original: date
    end: date
    earliest: date
    excluded: bool
    entries: tuple[str, ...]
    since: date | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The provision of what it rests on."""
        rule = "single_termination_shortened" if self.excluded else "shortest_percent"
        return (source_of(self.policy, f"remediation.{rule}"),)

    @property
    def most(self) -> int:
        """By how many days it can still be shortened."""
        return 0 if self.excluded else max(0, (self.end - self.earliest).days)


def relief_room(of_person: Sequence[facts.Fact], region: str, today: date) -> ReliefRoom:
    """What can be relieved by an agency of the region (six digits) on the day."""
    policy = policy_on(region, today)
    entries = entries_of_year(of_person, today)
    relieved = [
        fact.points
        for fact in of_person
        if isinstance(fact, facts.PointsRelieved) and fact.effective_on.year == today.year
    ]
    return ReliefRoom(
        policy=policy,
        points=standing(of_person, today, policies()).points_raw,
        relieved=sum(relieved),
        per_activity=int(policy.get("remediation.relief_per_activity")),
        per_year=int(policy.get("remediation.relief_per_year")),
        entries=tuple(entry.id for entry in entries),
        since=min((entry.counted_on for entry in entries), default=None),
    )


def shortening_room(of_person: Sequence[facts.Fact], region: str, today: date) -> ShorteningRoom | None:
    """What an agency of the region (six digits) can shorten on the day; None where nothing is running or to come."""
    period = period_to_shorten(of_person, today)
    if period is None:
        return None
    policy = policy_on(region, today)
    start, original = period.from_, _ending(_as_decided(of_person, period, today))
    kept_percent = int(policy.get("remediation.shortest_percent"))
    single_bar = period.kind == "termination" and period.single
    return ShorteningRoom(
        policy=policy,
        kind=period.kind,
        start=start,
        original=original,
        end=_ending(period),
        earliest=start + timedelta(days=ceil((original - start).days * kept_percent / 100)),
        excluded=single_bar and not policy.get("remediation.single_termination_shortened"),
        entries=period.because,
        since=_first_handling(of_person, period.because),
    )


def entries_of_year(of_person: Iterable[facts.Fact], today: date) -> list[facts.PointsScored]:
    """The entries that the points of the day's year come from; what was annulled is none."""
    return [
        fact
        for fact in corrections.read(of_person, None).facts
        if isinstance(fact, facts.PointsScored) and fact.counted_on.year == today.year and fact.effective_on <= today
    ]


def period_to_shorten(of_person: Sequence[facts.Fact], today: date) -> Period | None:
    """What a shortening would reach today: the running bar, else the last suspension that has not ended."""
    now = standing(of_person, today, policies())
    if now.status == "terminated":
        return (
            None if now.may_reregister else next(p for p in now.periods if p.kind == "termination" and p.covers(today))
        )
    suspensions = [p for p in now.periods if p.kind == "suspension" and p.end > today]
    return max(suspensions, key=lambda period: period.from_, default=None)


def _first_handling(of_person: Iterable[facts.Fact], entries: Sequence[str]) -> date | None:
    days = [fact.counted_on for fact in of_person if isinstance(fact, facts.PointsScored) and fact.id in entries]
    return min(days, default=None)


def _as_decided(of_person: Sequence[facts.Fact], period: Period, today: date) -> Period:
    """The same period as it would be had it, or a suspension joined into it, never been shortened.

    Shortenings of earlier periods stay: without them those might run into this one, and it would seem longer.
    """
    caused = "bar_shortened" if period.kind == "termination" else "suspension_shortened"
    steps = standing(of_person, today, policies()).steps
    ours = {step.id for step in steps if step.caused == caused and step.from_ and step.from_ >= period.from_}
    unshortened = [fact for fact in of_person if fact.id not in ours]
    renumbered = [replace(fact, seq=seq) for seq, fact in enumerate(unshortened, start=1)]
    periods = standing(renumbered, today, policies()).periods
    same = [p for p in periods if p.kind == period.kind and set(p.because) >= set(period.because)]
    return same[0] if same else period


def _ending(period: Period) -> date:
    ending = period.barred_until if period.kind == "termination" else period.until
    assert ending is not None  # a suspension has an end and a termination a bar
    return ending
