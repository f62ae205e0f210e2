"""A file without names, for experts: whatever tells who a case is about is replaced by a label.

The caller says who and what is to be hidden (people, institutions, officers, agencies, documents) and under which
label, so that labels are in the reader's language: Person 1, 当事人1, Institution A, 机构甲. Every name, earlier name,
code and number of one subject becomes its label, however it is written (see `known` and `folding`). Numbers that look
like identity numbers, telephone numbers, codes or bank cards are masked whoever they belong to (see `traces`).

This finds what is known and what has a form. It knows no nicknames, no “the surgeon with the red car”, and nothing in
pictures: `remaining` lists what a person should look at, and a person releases the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from appeals.rules import known, traces
from appeals.rules.folding import fold, folded
from appeals.rules.surnames import parts_of
from appeals.rules.traces import CODE, DOCUMENT, E_MAIL, INSTITUTION, NUMBER, Trace

KNOWN = "known"
PART_OF_A_NAME = "part_of_a_name"

KINDS = (KNOWN, NUMBER, E_MAIL, CODE, DOCUMENT, INSTITUTION, PART_OF_A_NAME)
"""What `remaining` finds, the surest first."""

MASK = "***"
"""What stands for a number that belongs to nobody known, unless the caller says something else."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something that is to be hidden under a label.

    `names` are all names, earlier ones too; `codes` all codes, identity and document numbers. Empty ones are skipped.
    """

    label: str
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class Finding(NamedTuple):
    """Something in a text that may tell who it is about: one of `KINDS`, and where, [start, end)."""

    kind: str
    text: str
    start: int
    end: int


class InvalidLabels(ValueError):
    """Labels that would hide somebody badly: which one, and why."""

    def __init__(self, label: str, reason: str) -> None:
        super().__init__(f"label = {label!r}: {reason}")
        self.label = label
        self.reason = reason


class _Hit(NamedTuple):
    """Something to replace: [start, end) of the text as written, and by what; of several in one place the one with
    the most weight. That is the number of its characters, and half of it where it only looks like a number.
    """

    start: int
    end: int
    weight: float
    label: str


class _Piece(NamedTuple):
    """A stretch of text, as written or put in by us."""

    text: str
    put_in: bool


class Anonymiser:
    """Replaces what is known of the subjects, and masks what looks like identifying numbers.

    Names or codes that two subjects share become both labels (Person 1/Person 2), because the text does not say who is
    meant. Raises `InvalidLabels` for a blank label, and for one that is used twice.
    """

    def __init__(self, subjects: Iterable[Subject], *, mask: str = MASK) -> None:
        self._subjects = tuple(subjects)
        self._mask = mask
        labels = [mask, *(subject.label for subject in self._subjects)]
        _check_labels(labels)
        self._labels = _pattern_of(labels)
        self._known = _by_identifier(self._subjects)
        self._parts = frozenset(part for subject in self._subjects for each in subject.names for part in parts_of(each))

    def anonymised(self, text: str) -> str:
        """The text without what tells who it is about. Doing it again changes nothing more."""
        waiting, done = self._split(text)[::-1], []
        while waiting:
            piece = waiting.pop()
            if not piece.put_in and (hits := _merged(self._hits(piece.text))):
                waiting.extend(_cut(piece.text, hits)[::-1])
            else:
                done.append(piece)
        return _joined(done)

    def remaining(self, text: str) -> tuple[Finding, ...]:
        """What in the text still may tell who it is about, from its beginning to its end; labels are passed over.

        After `anonymised` no finding is of the kind `known`. A finding is a hint for a person, not a proof.
        """
        found: list[Finding] = []
        at = 0
        for piece in self._split(text):
            if not piece.put_in:
                found.extend(_without_covered(self._findings(piece.text, at)))
            at += len(piece.text)
        return tuple(found)

    def _split(self, text: str) -> list[_Piece]:
        pieces = self._labels.split(text)
        return [_Piece(piece, put_in=at % 2 == 1) for at, piece in enumerate(pieces) if piece]

    def _hits(self, text: str) -> Iterator[_Hit]:
        written = fold(text)
        bare = known.bare(written.text)
        for identifier, label in self._known.items():
            for start, end in identifier.found_in(bare, written.text):
                yield _Hit(*written.span(start, end), end - start, label)
        for trace in traces.sure(written.text):
            yield _Hit(*written.span(trace.start, trace.end), (trace.end - trace.start) / 2, self._mask)

    def _findings(self, text: str, at: int) -> Iterator[Finding]:
        written = fold(text)
        for trace in self._traces(written.text):
            start, end = written.span(trace.start, trace.end)
            yield Finding(trace.kind, text[start:end], at + start, at + end)

    def _traces(self, text: str) -> Iterator[Trace]:
        bare = known.bare(text)
        for identifier in self._known:
            yield from (Trace(*place, KNOWN) for place in identifier.found_in(bare, text))
        yield from traces.sure(text)
        yield from traces.possible(text)
        for part in self._parts:
            yield from (Trace(*place, PART_OF_A_NAME) for place in part.found_in(bare, text))


def lettered(position: int, letters: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ") -> str:
    """The mark of the first, second, … subject, from 0: A, B, … Z, AA, AB; with other letters 甲, 乙, … 癸, 甲甲."""
    marks = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, len(letters))
        marks = letters[letter] + marks
    return marks


def _check_labels(labels: Sequence[str]) -> None:
    for label in labels:
        if not label.strip() or label != label.strip():
            raise InvalidLabels(label, "must be a text that neither begins nor ends with a space")
        if labels.count(label) > 1:
            raise InvalidLabels(label, "stands for two subjects")


def _pattern_of(labels: Iterable[str]) -> re.Pattern[str]:
    """Finds the labels, the longest first, and none of them inside a longer word."""
    longest_first = sorted(labels, key=len, reverse=True)
    return re.compile("(" + "|".join(map(_whole, longest_first)) + ")")


def _whole(label: str) -> str:
    before = r"(?<![A-Za-z0-9])" if _runs_on(label[0], label[0]) else ""
    after = r"(?![A-Za-z0-9])" if _runs_on(label[-1], label[-1]) else ""
    return before + re.escape(label) + after


def _by_identifier(subjects: Iterable[Subject]) -> dict[known.Identifier, str]:
    labels: dict[known.Identifier, dict[str, None]] = {}
    for subject in subjects:
        for identifier in (*map(known.name, subject.names), *map(known.code, subject.codes)):
            if identifier is not None:
                labels.setdefault(identifier, {})[subject.label] = None
    return {identifier: "/".join(of) for identifier, of in labels.items()}


def _merged(hits: Iterable[_Hit]) -> list[_Hit]:
    """Hits that overlap become one, with the label of the weightiest."""
    merged: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: hit.start):
        if merged and hit.start < merged[-1].end:
            weightiest = max(merged[-1], hit, key=lambda each: each.weight)
            merged[-1] = weightiest._replace(start=merged[-1].start, end=max(merged[-1].end, hit.end))
        else:
            merged.append(hit)
    return merged


def _cut(text: str, hits: Iterable[_Hit]) -> list[_Piece]:
    pieces, at = [], 0
    for hit in hits:
        pieces += [_Piece(text[at : hit.start], put_in=False), _Piece(hit.label, put_in=True)]
        at = hit.end
    pieces.append(_Piece(text[at:], put_in=False))
    return [piece for piece in pieces if piece.text]


def _joined(pieces: Iterable[_Piece]) -> str:
    """The pieces in a row, with a space where a label would run on: “Person 1” before “2 times” is not “Person 12”."""
    text = ""
    before = _Piece("", put_in=False)
    for piece in pieces:
        apart = before.text and (before.put_in or piece.put_in) and _runs_on(before.text[-1], piece.text[0])
        text += f" {piece.text}" if apart else piece.text
        before = piece
    return text


def _runs_on(one: str, other: str) -> bool:
    return all(any(each.isascii() and each.isalnum() for each in folded(character)) for character in (one, other))


def _without_covered(findings: Iterable[Finding]) -> list[Finding]:
    """Without those that lie inside surer ones, in the order of the text."""
    kept: list[Finding] = []
    covered: set[int] = set()
    for each in sorted(findings, key=lambda finding: (KINDS.index(finding.kind), finding.start, -finding.end)):
        if not covered.issuperset(places := range(each.start, each.end)):
            kept.append(each)
            covered.update(places)
    return sorted(kept, key=lambda finding: (finding.start, finding.end))
