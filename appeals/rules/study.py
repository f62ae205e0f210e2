"""The test of a study: which questions are drawn from the bank, in which order they are shown, and what answers score.

A draw follows from its seed and the bank alone, so it can be drawn again years later: everything is sorted by SHA-256
of the seed and the thing's number.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

FULL_MARKS = 100


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question of a paper by its number, and the order in which its choices are shown (their places in the bank)."""

    question: int
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """What a paper scored: how many of how many questions were right, and which were not."""

    right: int
    of: int
    wrong: tuple[int, ...]

    @property
    def score(self) -> int:
        """Of 100, rounded down: nobody passes by rounding."""
        return FULL_MARKS * self.right // self.of if self.of else 0


def draw(seed: str, bank: Mapping[int, int], size: int) -> tuple[Drawn, ...]:
    """`size` questions of a bank that says of each number how many choices it has; all where there are fewer."""
    chosen = _shuffled(seed, "question", bank)[:size]
    return tuple(Drawn(number, tuple(_shuffled(seed, f"choice of {number}", range(bank[number])))) for number in chosen)


def mark(right: Mapping[int, Collection[int]], answers: Mapping[int, Collection[int]]) -> Marked:
    """A question is right if all the right choices were taken and no other; one that was left out is wrong."""
    wrong = tuple(number for number, choices in right.items() if set(answers.get(number, ())) != set(choices))
    return Marked(len(right) - len(wrong), len(right), wrong)


def _shuffled(seed: str, what: str, numbers: Iterable[int]) -> Sequence[int]:
    return sorted(numbers, key=lambda number: (sha256(f"{seed}/{what}/{number}".encode()).digest(), number))
