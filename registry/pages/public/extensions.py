"""Kinds of papers that applications above the register put out, for the one page on which all are checked."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Paper(NamedTuple):
    """A paper that is genuine: the template that says so, and what it shows."""

    template: str
    shown: Mapping[str, Any]


_KINDS: list[Callable[[str, str], Paper | None]] = []


def offer_paper(find: Callable[[str, str], Paper | None]) -> None:
    """Let papers of a kind be found by number and code, with full sight; None for what is none of them."""
    _KINDS.append(find)


def paper_with(number: str, code: str) -> Paper | None:
    """The paper of any kind that has this number and this code."""
    return next((found for find in _KINDS if (found := find(number, code)) is not None), None)
