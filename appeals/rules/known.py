"""The names and codes that are to be hidden, and where a text has them, however they are written.

A *name* is found with spaces, dots and hyphens between Chinese characters (王 伟), and between the words of a Latin
name where it has some itself; a Latin name only as a whole word, so that Li is not found in “client”. A *code* (that of
a person or an institution, the number of a document) of six characters and more is found anywhere, with spaces and
hyphens anywhere inside; a shorter one only by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from appeals.rules.folding import folded

SEPARATORS = frozenset(" ·-'’")
SHORTEST_CODE_FOUND_INSIDE = 6

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Bare:
    """Folded text without its separators; the character at `position` stands at `places[position]` of the folded."""

    text: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name or a code without its separators.

    `breaks` are the positions before which a separator may stand. A `whole_word` is not found where it runs on: a name
    into a further letter after a letter or digit after a digit, a code into any letter or digit.
    """

    text: str
    breaks: frozenset[int]
    whole_word: bool
    is_code: bool

    def found_in(self, bare: Bare, text: str) -> Iterator[tuple[int, int]]:
        """Where the folded text has it: [start, end), overlapping places included."""
        at = bare.text.find(self.text)
        while at >= 0:
            places = bare.places[at : at + len(self.text)]
            if self._unbroken(places) and self._by_itself(text, places[0], places[-1] + 1):
                yield places[0], places[-1] + 1
            at = bare.text.find(self.text, at + 1)

    def _unbroken(self, places: tuple[int, ...]) -> bool:
        return all(
            places[position] == places[position - 1] + 1 or position in self.breaks
            for position in range(1, len(places))
        )

    def _by_itself(self, text: str, start: int, end: int) -> bool:
        if not self.whole_word:
            return True
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (self._runs_on(self.text[0], before) or self._runs_on(self.text[-1], after))

    def _runs_on(self, edge: str, beside: str) -> bool:
        if self.is_code:
            return beside in _LETTERS | _DIGITS
        return any(edge in alike and beside in alike for alike in (_LETTERS, _DIGITS))


def bare(text: str) -> Bare:
    """The folded text without separators."""
    places = tuple(at for at, character in enumerate(text) if character not in SEPARATORS)
    return Bare("".join(text[at] for at in places), places)


def name(written: str) -> Identifier | None:
    """A name to look for; None where nothing is written."""
    return _identifier(written, is_code=False)


def code(written: str) -> Identifier | None:
    """A code or number to look for; None where nothing is written."""
    return _identifier(written, is_code=True)


def _identifier(written: str, *, is_code: bool) -> Identifier | None:
    text, places = (each := bare(folded(written))).text, each.places
    if not text:
        return None
    long_code = is_code and len(text) >= SHORTEST_CODE_FOUND_INSIDE
    breaks = {at for at in range(1, len(text)) if places[at] > places[at - 1] + 1}
    if long_code:
        breaks = set(range(1, len(text)))
    elif not is_code:
        breaks |= {at for at in range(1, len(text)) if not (text[at - 1].isascii() and text[at].isascii())}
    return Identifier(text, frozenset(breaks), whole_word=not long_code, is_code=is_code)
