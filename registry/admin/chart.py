"""Bars drawn by the server: no script, nothing fetched. What they show stands in words and in a table beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

HEIGHT, HEAD, FOOT = 72, 16, 18
"""Points of the drawing: of the highest bar, of the room for the sums above it, and of that for the names below."""
SHARE = 0.7
"""The part of its room that a bar fills."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each place on the axis; `look` is `good` or `stop`."""

    words: str | Promise
    look: str
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a bar, measured from the top."""

    look: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One place on the axis: its pieces, its sum, and what a reader hears of it."""

    label: str
    says: str
    total: int
    left: str
    middle: str
    above: str
    pieces: tuple[Piece, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars with the sentence that says the same; `axis` is what the places are, for the head of the table."""

    title: str
    says: str
    axis: str
    bars: tuple[Bar, ...]
    series: tuple[Series, ...]
    width: str
    most: int
    numbered: bool

    @property
    def height(self) -> int:
        """Of the whole drawing."""
        return HEAD + HEIGHT + FOOT if self.numbered else HEIGHT

    @property
    def top(self) -> int:
        """Where the ground of the bars begins."""
        return HEAD if self.numbered else 0

    @property
    def ground(self) -> int:
        """How high the ground of the bars is."""
        return HEIGHT

    @property
    def foot(self) -> int:
        """Where the names of the places stand."""
        return self.height - 4

    @property
    def is_empty(self) -> bool:
        """Nothing happened at any place."""
        return not any(bar.total for bar in self.bars)


def chart(
    labels: Sequence[str], series: Sequence[Series], *, title: str, says: str, axis: str, numbered: bool = True
) -> Chart:
    """The series on top of each other, the first one lowest. `numbered` ones say sums and names; others are small."""
    columns = list(zip(*(each.numbers for each in series), strict=True))
    most = max([1, *map(sum, columns)])
    room = 100 / max(1, len(labels))
    top = HEAD if numbered else 0
    bars = tuple(
        _bar(label, column, series, most=most, left=room * number, room=room, top=top)
        for number, (label, column) in enumerate(zip(labels, columns, strict=True))
    )
    return Chart(title, says, axis, bars, tuple(series), _per_cent(room * SHARE), most, numbered)


def _bar(
    label: str, column: Sequence[int], series: Sequence[Series], *, most: int, left: float, room: float, top: int
) -> Bar:
    y, pieces = float(top + HEIGHT), []
    for each, number in zip(series, column, strict=True):
        height = HEIGHT * number / most
        y -= height
        if number:
            pieces.append(Piece(each.look, f"{y:.1f}", f"{height:.1f}"))
    told = ", ".join(f"{each.words} {number}" for each, number in zip(series, column, strict=True))
    start = left + room * (1 - SHARE) / 2
    middle = _per_cent(left + room / 2)
    return Bar(
        label, f"{label}: {told}", sum(column), _per_cent(start), middle, f"{y - 4:.1f}", tuple(pieces), tuple(column)
    )


def _per_cent(share: float) -> str:
    return f"{share:.3f}%"
