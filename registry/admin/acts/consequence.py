"""What an act would do, as it is shown before it is done, with a fingerprint by which its confirmation knows it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from registry.actions.corrections import Difference
from registry.ledger.law import policies
from registry.queries.explain import Sentence, in_words
from registry.queries.ratio import Threshold
from registry.queries.reach import ActReach
from registry.rules.compute import Standing

Words = str | Promise


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What an act on many people does for one of them: cells of text under the heads, and the standing it leads to."""

    name: str
    code: str
    cells: tuple[str, ...] = ()
    status: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Consequence:
    """The standing without and with the act. `details` are pairs of label and value that are worth seeing first.

    `reach` is what a correction changes on other days and for others; acts that leave the past alone have none.
    `people` is what an act on many does for each, under `heads`.
    """

    before: Standing | None = None
    after: Standing | None = None
    details: Sequence[tuple[Words, Any]] = ()
    warnings: Sequence[Words] = ()
    needs_second: bool = False
    grave: bool = False
    reach: ActReach | None = None
    heads: Sequence[Words] = ()
    people: Sequence[PersonLine] = ()

    @property
    def sentences(self) -> list[Sentence]:
        """The steps that the act adds or changes, in words."""
        if self.after is None:
            return []
        old = set(self.before.steps) if self.before else set()
        return [in_words(step, policies()) for step in self.after.steps if step not in old]

    @property
    def lines(self) -> list[tuple[PersonLine, list[tuple[Words, str]]]]:
        """Everybody with the cells under their heads."""
        return [(line, list(zip(self.heads, line.cells, strict=True))) for line in self.people]

    @property
    def labels(self) -> set[str]:
        """The labels of the details, which stand for what was entered under the same ones."""
        return {str(label) for label, _value in self.details}

    @property
    def changes_standing(self) -> bool:
        """Whether the answer of today differs."""
        return bool(self.before and self.after and self.before.answer != self.after.answer)

    def fingerprint(self) -> str:
        """The same for the same consequence, whenever and by whom it is computed."""
        shown = [
            _plain(self.before),
            _plain(self.after),
            [[str(a), str(b)] for a, b in self.details],
            self.needs_second,
            _plain_reach(self.reach),
        ]
        warnings = [str(warning) for warning in self.warnings]
        shown.append([[line.code, *line.cells, line.status, *line.remarks] for line in self.people])
        return hashlib.sha256(json.dumps([*shown, warnings], default=str).encode()).hexdigest()


def correction_consequence(
    found: Difference, reach: ActReach, *, needs_second: bool, grave: bool = False, warnings: Sequence[Words] = ()
) -> Consequence:
    """What a correction of one entry or of several would do, today, on other days and for others."""
    return Consequence(
        before=found.before, after=found.after, needs_second=needs_second, grave=grave, warnings=warnings, reach=reach
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """One thing the officer entered, as it is read back to them."""

    label: Words
    value: Any
    long: bool = field(default=False)


def _plain(standing: Standing | None) -> Any:
    return None if standing is None else [standing.on, standing.answer, standing.points_raw, standing.steps]


def _plain_reach(reach: ActReach | None) -> Any:
    """What follows for the person, and the thresholds that institutions cross; not what others move meanwhile.

    Those are the counts of an institution, and the agencies and authorities that come with where the person works.
    """
    if reach is None:
        return None
    windows = [[each.from_, each.until, each.status, *map(str, each.institutions)] for each in reach.restitution]
    crossed = [
        [str(change.institution), change.before.on, _rule(change.before.reached), _rule(change.after.reached)]
        for change in reach.ratios
    ]
    told = [[each.kind, each.ref] for each in reach.recipients if each.follows_from_the_file]
    return [str(reach.standing), windows, crossed, told]


def _rule(threshold: Threshold | None) -> str:
    return threshold.rule if threshold else ""
