"""Whole numbers on the command line: what is none, or none of those that will do, is refused by name."""

from argparse import ArgumentTypeError
from collections.abc import Callable

_LONGEST = 18
"""Digits; nothing that is asked for here has more, and so many are read at once."""


def number_of(what: str, *, least: int, most: int, why: str = "") -> Callable[[str], int]:
    """What reads a number of such things from `least` to `most`; `why` says in a sentence what the bound comes from."""

    def read(text: str) -> int:
        bare = text.removeprefix("-")
        number = int(text) if bare.isascii() and bare.isdecimal() and len(bare) <= _LONGEST else None
        if number is None or not least <= number <= most:
            shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
            raise ArgumentTypeError(f"{shown} is no number of {what}: give {least} to {most}.{why and ' ' + why}")
        return number

    return read
