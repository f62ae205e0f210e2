"""A register made by chance that goes on: points, corrections, merges and their undoing, files that get a place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from registry.actions.errors import Refused
from registry.actions.merging import merge_files, undo_merge
from registry.actions.status_lists import give_places
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.reading import facts_by_practitioner
from registry.ledger.writing import Draft, append
from registry.models import Fact, FileMerge, PersonalCode, Practitioner, User
from registry.rules.compute import standing
from tests.queries.random_register import ALL_KNOWN, POLICIES, build

STEPS = [timedelta(minutes=1)] * 4 + [timedelta(minutes=20), timedelta(days=1), timedelta(days=20), timedelta(days=150)]


@dataclass
class Going:
    """The register at `now`, and what chance does with it next."""

    random: Random
    now: datetime = ALL_KNOWN
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        build(self.random, people=24)
        self.files = list(Practitioner.objects.order_by("pk"))
        self.codes = list(PersonalCode.objects.order_by("pk").values_list("code", flat=True))
        self.by, self.second = User.objects.order_by("pk")[:2]
        self.place(12)

    def step(self) -> None:
        """Time passes, and something happens, or nothing."""
        self.now += self.random.choice(STEPS)
        happening = self.random.choice([self.score, self.score, self.correct, self.merge, self.part, self.place, None])
        if happening:
            happening()

    def score(self) -> None:
        """Points, or a bar that is over."""
        kind = self.random.choice(["points_scored", "points_scored", "reregistered"])
        scored: dict[str, Any] = {
            "points": self.random.choice([3, 9, 12]),
            "policy": self.random.choice(POLICIES),
            "counted_on": shanghai_day(self.now),
        }
        self._add(self.random.choice(self.files), kind, **(scored if kind == "points_scored" else {}))

    def correct(self) -> None:
        """An annulment, which brings people back to normal."""
        entries = Fact.objects.filter(kind="points_scored", corrections=None).order_by("pk")
        entry = self.random.choice(list(entries))
        self._add(entry.practitioner, "entry_annulled", entry=entry)

    def merge(self) -> None:
        """Two files are one person."""
        kept, absorbed = self.random.sample(self.files, 2)
        with suppress(Refused):
            merge_files(kept=kept, absorbed=absorbed, reason="同", by=self.by, second=self.second, now=self.now)

    def part(self) -> None:
        """They are two after all."""
        if links := list(FileMerge.objects.filter(undone_at=None).order_by("pk")):
            merge = self.random.choice(links)
            undo_merge(merge=merge, reason="异", by=self.by, second=self.second, now=self.now)

    def place(self, most: int = 3) -> None:
        """A settlement system asks for places."""
        give_places(codes=self.random.sample(self.codes, most), now=self.now)

    def _add(self, person: Practitioner, kind: str, **more: Any) -> None:
        draft = Draft(kind=kind, origin="chance", origin_seq=next(self.numbers), **more)
        append(practitioner=person, draft=draft, now=self.now)


def wanted(day: date) -> dict[int, str]:
    """How the person of each place stands on the day: merges followed one by one, standings computed from the facts."""
    kept_by = dict(FileMerge.objects.filter(undone_at=None).values_list("absorbed_id", "kept_id"))
    facts = facts_by_practitioner(list(Practitioner.objects.values_list("pk", flat=True)))
    found = {}
    for file, place in Practitioner.objects.exclude(list_place=None).values_list("pk", "list_place__place"):
        kept = file
        while kept in kept_by:
            kept = kept_by[kept]
        answer = standing(facts.get(kept, []), day, policies()).answer
        found[place] = "not_reregistered" if answer.may_reregister else answer.status
    return found
