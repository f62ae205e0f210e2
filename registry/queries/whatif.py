"""The same histories under another policy: who would stand otherwise. Nothing is written, and no draft becomes law."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from registry.ledger.families import families
from registry.ledger.law import policies
from registry.ledger.reading import facts_by_practitioner
from registry.models import Fact, Practitioner, Region, Registration
from registry.rules import facts, whatif
from registry.rules.compute import NORMAL
from registry.rules.spans import Span, spans

BATCH = 500
"""People whose histories are held at one time."""


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
    at_before: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    at_after: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

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

    def institutions_that_differ(self) -> list[str]:
        """The codes of institutions whose counts would be others, in order."""
        return sorted(code for code in self.at_before if self.at_before[code] != self.at_after[code])


def compare(*, policy: str, on: date, region: str | None = None) -> Iterator[Comparison]:
    """Everybody whose file holds facts, as they stand on `on` and as they would under `policy`, which may be a draft.

    With `region` (six digits) only people registered on that day at an institution inside it. People are read in
    batches, so a province fits in memory. Raises KeyError for an unknown policy and Region.DoesNotExist.
    """
    policies()[policy]
    prefix = Region.objects.get(pk=region).prefix if region else ""
    seen: set[int] = set()
    for batch in _batches():
        known = facts_by_practitioner(batch)
        people = {kept: history for kept, history in known.items() if kept not in seen}
        seen |= people.keys()
        yield from _compared(people, policy, on, prefix)


def _batches() -> Iterator[list[int]]:
    last = 0
    while batch := list(
        Fact.objects.filter(practitioner_id__gt=last)
        .order_by("practitioner_id")
        .values_list("practitioner_id", flat=True)
        .distinct()[:BATCH]
    ):
        yield batch
        last = batch[-1]


def _compared(people: dict[int, list[facts.Fact]], policy: str, on: date, prefix: str) -> Iterator[Comparison]:
    codes = dict(Practitioner.objects.filter(pk__in=people).values_list("pk", "code"))
    places = _institutions(people, on, prefix)
    for kept in sorted(people, key=lambda kept: codes[kept]):
        if prefix and kept not in places:
            continue
        history = people[kept]
        yield Comparison(
            code=codes[kept],
            institutions=tuple(sorted(places.get(kept, ()))),
            before=_outcome(history, on),
            after=_outcome(whatif.recompute(history, policies(), policy), on),
        )


def _institutions(people: Iterable[int], on: date, prefix: str) -> dict[int, set[str]]:
    """Where each person is registered on the day, inside the region: over all files of the person."""
    found = families(people)
    kept_of = {member: kept for kept, members in found.members.items() for member in members}
    registered = Registration.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on),
        superseded_at=None,
        starts_on__lte=on,
        practitioner_id__in=kept_of,
        institution__region__code__startswith=prefix,
    )
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
