"""Chance that is the same every time: what the seed decides, and nothing that has to be secret."""

from random import Random


def dice(purpose: str, seed: int) -> Random:
    """The dice for one purpose; throwing more of them for one purpose changes nothing in another."""
    return Random(f"{purpose} {seed}")  # noqa: S311
