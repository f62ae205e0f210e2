"""The same histories under another policy: who would stand otherwise. Nothing is written, and no draft becomes law."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.ledger.checking import Done, Progress
from registry.ledger.examining import People
from registry.ledger.families import families
from registry.ledger.law import policies
from registry.ledger.reading import facts_by_practitioner
from registry.ledger.shares import Share, Spread, cut, here
from registry.models import FileMerge, Institution, Practitioner, Region, Registration, StandingSpan
from registry.rosters.cells import harmless
from registry.rules import facts, whatif
from registry.rules.compute import NORMAL
from registry.rules.spans import Span, spans

BATCH = 500
"""People whose histories are held at one time."""

MOST_AT_ONCE = 5_000
"""People compared while somebody waits for the answer."""

COLUMNS = (
    "code",
    "institutions",
    "points",
    "status_before",
    "until_before",
    "blocked_days_before",
    "status_after",
    "until_after",
    "blocked_days_after",
)
"""Of a table of everybody who differs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a person stands on the day asked, and on how many days of its year, up to that day, nothing was payable."""

    status: str
    until: date | None
    points: int
    may_reregister: bool
    blocked_days: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One person as it is and as it would be; `institutions` are those of the registrations on the day, by code."""

    code: str
    institutions: tuple[str, ...]
    before: Outcome
    after: Outcome

    @property
    def stands_otherwise(self) -> bool:
        """The standing on the day asked differs."""
        return self._on_the_day(self.before) != self._on_the_day(self.after)

    @property
    def differs(self) -> bool:
        """The standing differs on the day asked, or the number of blocked days of its year does."""
        return self.before != self.after

    @staticmethod
    def _on_the_day(outcome: Outcome) -> tuple[str, date | None, bool]:
        return outcome.status, outcome.until, outcome.may_reregister


@dataclass
class Tally:
    """Counts over all people compared: by status, and by institution and status, before and after."""

    people: int = 0
    stand_otherwise: int = 0
    blocked_otherwise: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    at_before: defaultdict[str, Counter[str]] = field(default_factory=partial(defaultdict, Counter))
    at_after: defaultdict[str, Counter[str]] = field(default_factory=partial(defaultdict, Counter))

    def count(self, comparison: Comparison) -> None:
        """Take one person in."""
        self.people += 1
        self.stand_otherwise += comparison.stands_otherwise
        self.blocked_otherwise += comparison.differs and not comparison.stands_otherwise
        self.before[comparison.before.status] += 1
        self.after[comparison.after.status] += 1
        for institution in comparison.institutions:
            self.at_before[institution][comparison.before.status] += 1
            self.at_after[institution][comparison.after.status] += 1

    def add(self, other: "Tally") -> None:
        """Take in everybody whom the other counted."""
        self.people += other.people
        self.stand_otherwise += other.stand_otherwise
        self.blocked_otherwise += other.blocked_otherwise
        self.before.update(other.before)
        self.after.update(other.after)
        for ours, theirs in ((self.at_before, other.at_before), (self.at_after, other.at_after)):
            for institution, counts in theirs.items():
                ours[institution].update(counts)

    def institutions_that_differ(self) -> list[str]:
        """The codes of institutions whose counts would be others, in order."""
        return sorted(code for code in self.at_before if self.at_before[code] != self.at_after[code])


class ScopeTooLarge(Exception):
    """More people than are compared at once."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What a share of the register gives: counts, and everybody who differs, by personal code."""

    tally: Tally
    differing: list[Comparison]
    files: int
    facts: int


def compare_everybody(
    *, policy: str, on: date, region: str | None = None, spread: Spread = here, progress: Progress | None = None
) -> Iterator[Portion]:
    """Everybody, counted share by share; `spread` says which processes compare. As `compared`, of which it is made."""
    shares, of_facts = cut()
    files = facts = 0
    for portion in spread(partial(_portion, policy=policy, on=on, region=region), shares):
        yield portion
        files, facts = files + portion.files, facts + portion.facts
        if progress:
            progress(Done(files, facts, of_facts))


def _portion(share: Share, *, policy: str, on: date, region: str | None) -> Portion:
    people = People(share)
    portion = Portion(Tally(), [], len(people.rows), people.facts)
    for comparison in compared(people, policy=policy, on=on, region=region):
        portion.tally.count(comparison)
        if comparison.differs:
            portion.differing.append(comparison)
    return portion


def compared(people: People, *, policy: str, on: date, region: str | None = None) -> Iterator[Comparison]:
    """These people, as far as they have facts, as they stand on `on` and as they would under `policy`, maybe a draft.

    With `region` (six digits) only those registered on that day at an institution inside it. Raises KeyError for an
    unknown policy and Region.DoesNotExist.
    """
    policies()[policy]
    return _compared(people.histories(), policy, on, _inside(region))


def _inside(region: str | None) -> QuerySet[Institution] | None:
    """The institutions of the region; None for everybody everywhere."""
    if region is None:
        return None
    return Institution.objects.filter(region__code__startswith=Region.objects.get(pk=region).prefix)


def compare_at(
    institutions: QuerySet[Institution], *, policy: str, on: date, most: int = MOST_AT_ONCE, batch: int = BATCH
) -> Iterator[Comparison]:
    """People with facts who are registered on the day at one of the institutions, and those only.

    `batch` people are held at one time: more take fewer queries. Raises ScopeTooLarge where they are more than `most`,
    before anything is computed.
    """
    spans = StandingSpan.objects.filter(practitioner=OuterRef("practitioner"))
    with_facts = Exists(spans) | Exists(FileMerge.objects.filter(undone_at=None, absorbed=OuterRef("practitioner")))
    registered = _registered(on).filter(with_facts, institution__in=institutions).order_by()
    files = list(registered.values_list("practitioner", flat=True).distinct()[: most + 1])
    if len(files) > most:
        raise ScopeTooLarge(most)
    members = sorted(file for members in families(files).members.values() for file in members)
    batches = (members[start : start + batch] for start in range(0, len(members), batch))
    return _over(batches, policy, on, institutions)


def _over(
    batches: Iterable[list[int]], policy: str, on: date, institutions: QuerySet[Institution] | None
) -> Iterator[Comparison]:
    policies()[policy]
    seen: set[int] = set()
    for batch in batches:
        known = facts_by_practitioner(batch)
        people = {kept: history for kept, history in known.items() if kept not in seen}
        seen |= people.keys()
        yield from _compared(people, policy, on, institutions)


def _compared(
    people: dict[int, list[facts.Fact]], policy: str, on: date, institutions: QuerySet[Institution] | None
) -> Iterator[Comparison]:
    codes = dict(Practitioner.objects.filter(pk__in=people).values_list("pk", "code"))
    places = _institutions(people, on, institutions)
    for kept in sorted(people, key=lambda kept: codes[kept]):
        if institutions is not None and kept not in places:
            continue
        history = people[kept]
        yield Comparison(
            code=codes[kept],
            institutions=tuple(sorted(places.get(kept, ()))),
            before=_outcome(history, on),
            after=_outcome(whatif.recompute(history, policies(), policy), on),
        )


def _registered(on: date) -> QuerySet[Registration]:
    """The registrations that hold on the day, as known now."""
    return Registration.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), superseded_at=None, starts_on__lte=on)


def _institutions(people: Iterable[int], on: date, institutions: QuerySet[Institution] | None) -> dict[int, set[str]]:
    """Where each person is registered on the day, among these institutions: over all files of the person."""
    found = families(people)
    kept_of = {member: kept for kept, members in found.members.items() for member in members}
    registered = _registered(on).filter(practitioner_id__in=kept_of)
    if institutions is not None:
        registered = registered.filter(institution__in=institutions)
    places: dict[int, set[str]] = {}
    for member, code in registered.order_by().values_list("practitioner_id", "institution__code"):
        places.setdefault(kept_of[member], set()).add(code)
    return places


def _outcome(history: Iterable[facts.Fact], on: date) -> Outcome:
    runs = spans(history, policies())
    run = next(run for run in reversed(runs) if run.from_ <= on)
    blocked = sum(_days_in(run, on) for run in runs if run.status != NORMAL)
    return Outcome(run.status, run.until, run.points, run.may_reregister, blocked)


def _days_in(run: Span, on: date) -> int:
    """How many days of the run lie between 1 January of the year and the day, both included."""
    first = max(run.from_, date(on.year, 1, 1))
    end = min(run.to or date.max, on + timedelta(1))
    return max(0, (end - first).days)


def row_of(comparison: Comparison) -> list[str]:
    """One line of a table, in the order of `COLUMNS`; codes are opaque and made harmless for spreadsheets."""
    before, after = comparison.before, comparison.after
    return [
        harmless(comparison.code),
        " ".join(comparison.institutions),
        str(before.points),
        before.status,
        str(before.until or ""),
        str(before.blocked_days),
        after.status,
        str(after.until or ""),
        str(after.blocked_days),
    ]
