"""A policy as lines to read: every rule in words, what it says, where that differs from the nation, and its sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from registry.ledger.law import policies
from registry.queries.explain import Source, source_of, wording
from registry.queries.law_words import GROUPS, rule_words, rules_of, says
from registry.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Line:
    """One rule in words, what it says here and (where that differs) in the nation, and the sources of its values.

    A rule may have several values, as a band has a lowest and a highest; `keys` are those of the policy file.
    """

    keys: tuple[str, ...]
    words: str
    value: str
    national: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Values that belong together."""

    title: str | Promise
    lines: tuple[Line, ...]


def groups_of(law: Policy) -> Iterator[Group]:
    """Every value of the policy, in groups."""
    nation = policies().national(law.first_day)
    keys = [key for key, _value in law.values()]
    for prefixes, title in GROUPS:
        rules = rules_of([key for key in keys if key.startswith(prefixes)])
        if rules:
            yield Group(title, tuple(line_of(law, nation, rule) for rule in rules))


def line_of(law: Policy, nation: Policy, keys: tuple[str, ...]) -> Line:
    """One rule of the policy."""
    known = dict(nation.values())
    here = says(keys, {key: law.get(key) for key in keys})
    there = says(keys, {key: nation.get(key) for key in keys}) if all(key in known for key in keys) else None
    sources = {(source.text, source.certainty): source for source in (source_of(law, key) for key in keys)}
    return Line(keys, rule_words(keys), here, there if there != here else None, tuple(sources.values()))


def situations_of(law: Policy) -> list[dict[str, Any]]:
    """The catalogue of situations with the points of their bands."""
    return [
        {
            "item": item,
            "text": wording(item),
            "points": "{}–{}".format(*law.bands[item.band]),
            "provision": wording(law.provisions[item.provision]),
        }
        for item in law.situations.values()
    ]
