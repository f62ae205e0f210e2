"""What applications above the register put on the pages of the own file. The register never knows who fills them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from registry.models import Practitioner

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Card:
    """A part of the page: a template, and what it shows as `it`."""

    template: str
    it: Any


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that the holder can do now, at `url`; `until` is the last day for it, where there is one.

    `pressing` is what has consequences when it is not done.
    """

    title: Words
    text: Words
    url: str
    until: date | None = None
    pressing: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened about the file and is no fact of the ledger, such as an objection that was filed."""

    on: date
    title: Words
    text: Words = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A page in the row of ways; `current` where the page shown is that one or one below it."""

    title: Words
    url: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class _Offer:
    title: Words
    name: str
    order: int
    count: Callable[[Practitioner], str] | None


_CARDS: list[Callable[[Practitioner], Card]] = []
_DEEDS: list[Callable[[Practitioner, date], Iterable[Deed]]] = []
_HAPPENINGS: list[Callable[[Practitioner], Iterable[Happening]]] = []
_WAYS: list[_Offer] = []


def offer_card(provider: Callable[[Practitioner], Card]) -> None:
    """Put a part after the standing."""
    _CARDS.append(provider)


def offer_deed(provider: Callable[[Practitioner, date], Iterable[Deed]]) -> None:
    """Say what the holder can do on a day; under “What I can do now”."""
    _DEEDS.append(provider)


def offer_happenings(provider: Callable[[Practitioner], Iterable[Happening]]) -> None:
    """Say what else happened about a file; among the facts on its time line."""
    _HAPPENINGS.append(provider)


def offer_way(title: Words, name: str, order: int, count: Callable[[Practitioner], str] | None = None) -> None:
    """Put the page of that name into the row of ways; `count` says in few letters how much waits there, or nothing."""
    _WAYS.append(_Offer(title, name, order, count))
    _WAYS.sort(key=lambda each: each.order)


def cards_for(person: Practitioner) -> list[Card]:
    """The parts offered for the holder of the file."""
    return [provider(person) for provider in _CARDS]


def deeds_for(person: Practitioner, today: date) -> list[Deed]:
    """What the holder can do today: what presses first, then by the last day."""
    found = [deed for provider in _DEEDS for deed in provider(person, today)]
    return sorted(found, key=lambda each: (not each.pressing, each.until or date.max))


def happenings_for(person: Practitioner) -> list[Happening]:
    """What else happened, in no order."""
    return [each for provider in _HAPPENINGS for each in provider(person)]


def ways_for(person: Practitioner, path: str) -> list[Way]:
    """The row of ways, as seen from the page at `path`."""
    urls = [reverse(each.name) for each in _WAYS]
    here = max((url for url in urls if path.startswith(url)), key=len, default="")
    return [
        Way(each.title, url, each.count(person) if each.count else "", current=url == here)
        for each, url in zip(_WAYS, urls, strict=True)
    ]
