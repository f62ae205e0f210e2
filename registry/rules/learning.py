"""The standings of one person as they were learnt: for days and instants of knowledge that only go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from operator import attrgetter

from registry.rules.compute import Standing, take_until, told
from registry.rules.corrections import CORRECTING, read
from registry.rules.course import Course
from registry.rules.facts import Fact
from registry.rules.policy import Policies

_ORDER = attrgetter("effective_on", "seq")


class Learning:
    """One course for all of them: whoever asks for one after the other has each fact taken once.

    A fact that counts after those before it, as nearly all do, is taken when it is known. One that counts earlier, or
    corrects another, changes what was taken, and the course begins anew.
    """

    def __init__(self, facts: Iterable[Fact], policies: Policies) -> None:
        self._facts = sorted(facts, key=lambda fact: fact.recorded_at)
        self._policies = policies
        self._known = 0
        self._corrected: set[str] = set()
        self._last: tuple[date, int] = (date.min, 0)
        self._later: Sequence[Fact] = ()
        self._course = Course(policies, {})

    def standing(self, on: date, known: datetime) -> Standing:
        """What `registry.rules.compute.standing` says of the day and the instant; neither may lie before those asked
        before.
        """
        fresh = self._learn(known)
        self._corrected.update(fact.entry for fact in fresh if isinstance(fact, CORRECTING))
        if any(self._upsets(fact) for fact in fresh):
            reading = read(self._facts[: self._known], None)
            self._course, facts = Course(self._policies, reading.revised_by), reading.facts
        else:
            facts = sorted([*self._later, *fresh], key=_ORDER)
        self._later = take_until(self._course, facts, on)
        if taken := facts[: len(facts) - len(self._later)]:
            self._last = _ORDER(taken[-1])
        return told(self._course.copy() if self._later else self._course, self._later, on)

    def _learn(self, known: datetime) -> list[Fact]:
        first = self._known
        while self._known < len(self._facts) and self._facts[self._known].recorded_at <= known:
            self._known += 1
        return self._facts[first : self._known]

    def _upsets(self, fact: Fact) -> bool:
        """Whether what was taken is no longer so, now that the fact is known."""
        return isinstance(fact, CORRECTING) or fact.id in self._corrected or _ORDER(fact) < self._last
