"""Facts and answers cannot be changed, and time is always said by name."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.rules.compute import standing
from registry.rules.facts import KINDS
from registry.rules.history import parse_question
from registry.rules.spans import life, spans
from tests.rules.stories import POLICIES, File


def full_file() -> File:
    chen = File()
    entry = chen.scored(9, "2025-03-10")
    chen.revised(entry, 10, "2025-03-11")
    chen.annulled(chen.scored(1, "2025-03-12"), "2025-03-13")
    chen.relieved(1, "2025-03-14")
    chen.shortened(1, "2025-03-15")
    chen.reregistered("2025-03-16")
    return chen


def everything_the_law_hands_out() -> list[Any]:
    chen = full_file()
    answer = chen.standing("2025-03-20")
    question = parse_question({"id": "h1", "facts": [], "on": "2025-03-20"}, ())
    return [*chen.facts, answer, *answer.periods, chen.spans()[0], question]


def test_every_kind_of_fact_is_in_the_full_file() -> None:
    assert {fact.kind for fact in full_file().facts} == set(KINDS)


@pytest.mark.parametrize("thing", everything_the_law_hands_out(), ids=lambda thing: type(thing).__name__)
def test_nothing_can_be_changed_or_added(thing: Any) -> None:
    fields = getattr(type(thing), "_fields", None) or type(thing).__dataclass_fields__
    name = next(iter(fields))
    with pytest.raises(AttributeError):  # of a dataclass FrozenInstanceError, which is one
        setattr(thing, name, None)
    assert not hasattr(thing, "__dict__")


def test_the_instant_of_knowledge_is_said_by_name() -> None:
    instant: Any = datetime(2025, 3, 10, tzinfo=UTC)
    ask: Any = standing
    with pytest.raises(TypeError):
        ask([], date(2025, 3, 10), POLICIES, instant)
    for ask in (spans, life):
        with pytest.raises(TypeError):
            ask([], POLICIES, instant)
