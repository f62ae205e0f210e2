"""The core: rows in, findings out, a chunk at a time. It keeps nothing, writes nothing and can go on anywhere."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from registry.actions.checks import EmergencyClaim
from registry.claims.corrections import Behind, corrections_behind
from registry.claims.rows import Row
from registry.ledger.law import policies
from registry.queries.as_known import answers_as_known
from registry.queries.eligibility import Answer
from registry.queries.reach import RECLAIMED

CHUNK = 10_000

PAYABLE, NOT_PAYABLE, MALFORMED = "payable", "not_payable", "malformed"
BECOMES_PAYABLE, NO_LONGER_PAYABLE, UNCHANGED = "becomes_payable", "no_longer_payable", "unchanged"
OUTCOMES = (PAYABLE, NOT_PAYABLE, MALFORMED, BECOMES_PAYABLE, NO_LONGER_PAYABLE, UNCHANGED)
UNTOLD = frozenset({PAYABLE, UNCHANGED})
"""What stands in the result only where every row is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked about a file: as known at which moment and, for restitution, as known at which earlier one.

    `past` says that `known_at` itself was asked for, and is not merely when the check began.
    """

    known_at: datetime
    since: datetime | None = None
    past: bool = False
    every: bool = False
    language: str = "zh-hans"

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The moments of knowledge, the one that counts first."""
        return (self.known_at,) if self.since is None else (self.known_at, self.since)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out of one row. `before` is the answer as it was known earlier, where that was asked.

    `reclaimed` tells of a row that was payable whether its policy claims it back.
    """

    row: Row
    outcome: str
    answer: Answer | None = None
    before: Answer | None = None
    reclaimed: bool = False
    behind: tuple[Behind, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """The findings of some rows that follow each other; `rows` is how many were read."""

    findings: Sequence[Finding]
    counts: Mapping[str, int]
    emergencies: Sequence[EmergencyClaim] = field(default=())

    @property
    def rows(self) -> int:
        """How many rows it is about."""
        return len(self.findings)

    def told(self, asked: Asked) -> list[Finding]:
        """The findings that belong into the result."""
        return [each for each in self.findings if asked.every or each.outcome not in UNTOLD]


def check(rows: Iterable[Row], asked: Asked, *, size: int = CHUNK) -> Iterator[Chunk]:
    """Check the rows in chunks of `size`. The same rows in other chunks have the same findings."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield _chunk(batch, asked)


def _chunk(batch: Sequence[Row], asked: Asked) -> Chunk:
    questions = [row.question for row in batch if row.question]
    known = zip(*answers_as_known(questions, *asked.moments), strict=True)
    findings = [_finding(row, next(known)) if row.question else Finding(row, MALFORMED) for row in batch]
    if asked.since:
        behind = corrections_behind(
            {each.answer.file for each in findings if each.outcome == BECOMES_PAYABLE and each.answer},
            since=asked.since,
            until=asked.known_at,
        )
        findings = [_with(each, behind) for each in findings]
    return Chunk(findings, _counts(findings), tuple(_emergencies(findings, asked)))


def _finding(row: Row, answers: tuple[Answer, ...]) -> Finding:
    answer, before = answers[0], answers[1] if answers[1:] else None
    if before is None:
        return Finding(row, PAYABLE if answer.payable else NOT_PAYABLE, answer)
    if answer.payable == before.payable:
        return Finding(row, UNCHANGED, answer, before)
    if answer.payable:
        return Finding(row, BECOMES_PAYABLE, answer, before)
    law = answer.policy or policies().national(answer.known_at.date())
    return Finding(row, NO_LONGER_PAYABLE, answer, before, reclaimed=bool(law.get(RECLAIMED)))


def _with(finding: Finding, behind: Mapping[int, tuple[Behind, ...]]) -> Finding:
    found = behind.get(finding.answer.file or 0) if finding.answer else None
    return replace(finding, behind=found) if found and finding.outcome == BECOMES_PAYABLE else finding


def _counts(findings: Iterable[Finding]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in findings:
        counts["rows"] += 1
        counts[each.outcome] += 1
        counts["reclaimed"] += each.reclaimed
        if each.answer:
            counts["emergency_exempt"] += each.answer.emergency_exempt
            told = each.before if each.outcome == BECOMES_PAYABLE and each.before else each.answer
            counts.update(f"reason:{reason.code}" for reason in told.reasons if _is_told(each))
    return counts


def _is_told(finding: Finding) -> bool:
    return finding.outcome not in UNTOLD


def _emergencies(findings: Iterable[Finding], asked: Asked) -> Iterator[EmergencyClaim]:
    """What the single check keeps of each question that claimed an emergency."""
    for each in findings:
        question, answer = each.row.question, each.answer
        if question and question.emergency and answer and answer.file is not None and answer.place is not None:
            yield EmergencyClaim(
                practitioner_id=answer.file,
                institution_id=answer.place,
                service_on=question.on,
                reason=question.emergency_reason,
                granted=answer.emergency_exempt,
                known_at=asked.known_at if asked.past else None,
            )
