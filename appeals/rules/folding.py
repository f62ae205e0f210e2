"""Text made alike for comparing, with the way back to the text as it was written.

What differs without meaning anything else becomes the same: full-width and half-width letters and digits, capital and
small letters, accents, kinds of brackets, dashes, dots and spaces. Characters that cannot be seen vanish.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_ALIKE = {
    **dict.fromkeys("[{〔［【〖〈《「『〘⟨", "("),
    **dict.fromkeys("]}〕］】〗〉》」』〙⟩", ")"),
    **dict.fromkeys("•‧・･⋅∙●․", "·"),
    "−": "-",
}


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` made alike; the character at `position` of it comes from `origins[position]` of the text as written.

    `length` is that of the text as written.
    """

    text: str
    origins: tuple[int, ...]
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded [start, end) stands in the text as written, accents and invisible characters behind it
        included.
        """
        last = self.origins[end - 1]
        following = self.origins[end] if end < len(self.origins) else self.length
        return self.origins[start], max(last + 1, following)


def fold(text: str) -> Folded:
    """The text made alike, each character by itself, so that every place in it leads back."""
    pieces = [_alike(character) for character in text]
    origins = tuple(at for at, piece in enumerate(pieces) for _ in piece)
    return Folded("".join(pieces), origins, len(text))


def folded(text: str) -> str:
    """The text made alike, alone."""
    return fold(text).text


@lru_cache(maxsize=65_536)
def _alike(character: str) -> str:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(map(_plain, letters))


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    return " " if character.isspace() else _ALIKE.get(character, character)
