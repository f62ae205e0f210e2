"""What applications above the register put on the page of the own file. The register never knows who fills it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from registry.models import Practitioner


@dataclass(frozen=True, slots=True)
class Card:
    """A part of the page: a template, and what it shows as `it`."""

    template: str
    it: Any


_CARDS: list[Callable[[Practitioner], Card]] = []


def offer_card(provider: Callable[[Practitioner], Card]) -> None:
    """Put a part after the standing."""
    _CARDS.append(provider)


def cards_for(person: Practitioner) -> list[Card]:
    """The parts offered for the holder of the file."""
    return [provider(person) for provider in _CARDS]
