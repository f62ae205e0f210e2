"""Standings asked one after the other are those that are computed anew for each."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rules import learning
from registry.rules.compute import standing
from registry.rules.course import Course
from registry.rules.facts import Fact, PointsScored
from registry.rules.learning import Learning
from tests.rules.random_files import FIRST, RECORDED, days, files, instants
from tests.rules.stories import POLICIES


@settings(deadline=None, max_examples=300)
@given(files(), st.lists(st.tuples(days, instants), min_size=1, max_size=12))
def test_each_standing_is_that_of_the_day_as_known_at_the_time(
    facts: list[Fact], asked: list[tuple[date, datetime]]
) -> None:
    moments = zip(sorted(day for day, _known in asked), sorted(known for _day, known in asked), strict=True)
    one = Learning(facts, POLICIES)
    for day, known in moments:
        assert one.standing(day, known) == standing(facts, day, POLICIES, known=known)


def test_of_facts_that_come_one_after_the_other_each_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    class Counting(Course):
        def take(self, fact: Fact) -> None:
            taken.append(fact.id)
            super().take(fact)

    monkeypatch.setattr(learning, "Course", Counting)
    facts = [_entry(number) for number in range(1, 101)]
    one = Learning(facts, POLICIES)
    for fact in facts:
        one.standing(fact.effective_on, fact.recorded_at)
    assert taken == [fact.id for fact in facts]


def _entry(number: int) -> PointsScored:
    day = FIRST + timedelta(days=number)
    return PointsScored(f"e{number}", number, day, RECORDED + timedelta(days=number), 1, day, "cn-2025")
