"""The file of one practitioner, told day by day, and what it says when asked. Days are ISO texts."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from registry.rules.compute import Standing, standing
from registry.rules.course import Step
from registry.rules.facts import (
    EntryAnnulled,
    EntryRevised,
    Fact,
    PeriodShortened,
    PointsRelieved,
    PointsScored,
    Reregistered,
)
from registry.rules.periods import SUSPENSION, Period
from registry.rules.policy import load_policies
from registry.rules.replay import as_json
from registry.rules.spans import Span, spans

NATIONAL = "cn-2025"
HUNAN = "cn-43-2025"
LIAONING = "cn-21-2025"
TIANJIN = "cn-12-2025"
DRAFT = "cn-2023-draft"

POLICIES = load_policies()
SHANGHAI = ZoneInfo("Asia/Shanghai")


class View(NamedTuple):
    """A standing as one reads it: every day as text, every period as one line."""

    status: str
    until: str | None
    points: int
    points_raw: int
    may_reregister: bool
    changes_on: str | None
    periods: list[str]
    errors: list[str]


class File:
    """One practitioner's file. Every act is numbered as it comes and returns its id: e1, e2, r3 ..."""

    def __init__(self, policy: str = NATIONAL) -> None:
        self.policy = policy
        self.facts: list[Fact] = []

    def scored(
        self,
        points: int,
        on: str,
        *,
        counted_on: str | None = None,
        policy: str | None = None,
        months: int | None = None,
        recorded: str | None = None,
    ) -> str:
        """An entry; its handling was on the same day unless said."""
        handling = date.fromisoformat(counted_on or on)
        return self._add(
            "e",
            PointsScored,
            on,
            recorded,
            points=points,
            counted_on=handling,
            policy=policy or self.policy,
            months=months,
        )

    def annulled(self, entry: str, on: str, *, recorded: str | None = None) -> str:
        """The entry never existed."""
        return self._add("a", EntryAnnulled, on, recorded, entry=entry)

    def revised(
        self, entry: str, points: int, on: str, *, months: int | None = None, recorded: str | None = None
    ) -> str:
        """The entry always had these points."""
        return self._add("v", EntryRevised, on, recorded, entry=entry, points=points, months=months)

    def relieved(self, points: int, on: str, *, recorded: str | None = None) -> str:
        """Points taken off the year."""
        return self._add("r", PointsRelieved, on, recorded, points=points)

    def shortened(self, days: int, on: str, *, recorded: str | None = None) -> str:
        """A period that ends earlier."""
        return self._add("s", PeriodShortened, on, recorded, days=days)

    def reregistered(self, on: str, *, recorded: str | None = None) -> str:
        """Registered again."""
        return self._add("g", Reregistered, on, recorded)

    def standing(self, on: str, *, known: str | None = None) -> Standing:
        """The standing itself."""
        instant = None if known is None else datetime.fromisoformat(known)
        return standing(self.facts, date.fromisoformat(on), POLICIES, known=instant)

    def on(self, day: str, *, known: str | None = None) -> View:
        """What one reads on the day."""
        answer = self.standing(day, known=known)
        fields: dict[str, Any] = as_json(answer)
        return View(**{**fields, "periods": [line(period) for period in answer.periods]})

    def steps(self, on: str) -> list[Step]:
        """The explanation."""
        return list(self.standing(on).steps)

    def causes(self, on: str) -> list[str]:
        """What each fact caused, in order."""
        return [step.caused for step in self.steps(on)]

    def spans(self) -> tuple[Span, ...]:
        """The whole life of the file."""
        return spans(self.facts, POLICIES)

    def _add(self, letter: str, kind: type[Fact], on: str, recorded: str | None, **fields: Any) -> str:
        seq = len(self.facts) + 1
        effective_on = date.fromisoformat(on)
        noon = datetime.combine(effective_on, time(12), SHANGHAI)
        instant = noon if recorded is None else datetime.fromisoformat(recorded)
        self.facts.append(kind(f"{letter}{seq}", seq, effective_on, instant, **fields))
        return self.facts[-1].id


def line(period: Period) -> str:
    """A period as one reads it: `suspension 2025-03-10 2025-05-10 e1`, or `termination … barred 2026-08-15 e2`."""
    bar = [] if period.kind == SUSPENSION else ["barred", str(period.barred_until)]
    edges = [period.kind, str(period.from_), str(period.until) if period.until else "open"]
    return " ".join([*edges, *bar, *period.because])
