"""Long files: the facts are read at once and quickly, and of many steps those are told that the answer rests on."""

from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from pytest_django import DjangoAssertNumQueries

from registry.actions.merging import merge_files
from registry.ledger.reading import columns_of, history_of, numbered
from registry.ledger.writing import Draft, append
from registry.models import Fact
from registry.queries import explain
from registry.queries.explain import telling
from registry.queries.file import file_of
from registry.rules import facts as rules
from registry.rules.compute import standing
from tests.entries import annul_entry
from tests.rules.random_files import days, files
from tests.rules.stories import POLICIES
from tests.town import TODAY, Town, at, build, score


@pytest.fixture
def town(db: None) -> Town:
    return build()


def test_the_history_is_what_the_rows_of_all_files_of_the_person_say(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    entry = score(town, 12, TODAY)
    score(town, 2, TODAY + timedelta(days=1), who=town.nurse, number="罚字2号")
    later: dict[str, dict[str, Any]] = {
        "entry_revised": {"entry": entry.fact, "points": 9, "months": 2},
        "points_relieved": {"points": 1},
        "period_shortened": {"days": 20},
        "reregistered": {},
    }
    for number, (kind, said) in enumerate(later.items(), 3):
        day = TODAY + timedelta(days=number)
        append(practitioner=town.surgeon, draft=Draft(kind=kind, effective_on=day, **said), now=at(day))
    merge_files(
        kept=town.nurse,
        absorbed=town.surgeon,
        reason="同一人",
        by=town.officer,
        second=town.second,
        now=at(date(2025, 4, 1)),
    )
    for person in (town.surgeon, town.nurse):
        with django_assert_num_queries(1):
            history = history_of(person)
        assert history.kept == town.nurse.pk
        assert set(history.files) == {town.surgeon.pk, town.nurse.pk}
        assert history.facts == numbered([columns_of(row) for row in Fact.objects.select_related("entry")])
        assert {type(fact) for fact in history.facts} == {*rules.KINDS.values()} - {rules.EntryAnnulled}


def test_who_was_never_scored_has_a_history_without_facts(town: Town) -> None:
    history = history_of(town.nurse)
    assert (history.kept, set(history.files), len(history.facts)) == (town.nurse.pk, {town.nurse.pk}, 0)


def test_what_happened_takes_one_question_however_much_of_it_corrects_something(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    entries = [score(town, 1, TODAY + timedelta(days=number), number=f"罚字{number}") for number in range(5)]
    annul_entry(entry=entries[0].fact, reason="撤销", by=town.officer, second=town.second, now=at(date(2025, 3, 20)))
    file = file_of(town.surgeon, date(2025, 3, 21))
    for whole in (False, True):
        with django_assert_num_queries(1):
            assert len(file.newest(whole=whole)) == 6


@settings(deadline=None)
@given(files(), days)
def test_the_steps_that_are_told_are_a_part_of_all_of_them_that_says_why(facts: list[rules.Fact], day: date) -> None:
    answer = standing(facts, day, POLICIES)
    with mock.patch.multiple(explain, LONG=2, MOST_SHOWN=1):
        told = telling(answer)
        assert telling(answer, whole=True) == answer.steps
    if len(answer.steps) <= 2:
        assert told == answer.steps
        return
    assert told == tuple(step for step in answer.steps if step in told)
    assert told[-1] == answer.steps[-1]
    assert len(told) <= 4
    of_year = [step.total for step in told if step.year == day.year]
    assert answer.points_raw == (of_year[-1] if of_year else 0)
    if answer.period:
        made = [step for step in answer.steps if step.id in answer.period.because]
        assert made[0] in told
        assert answer.until in {edge for step in told for edge in (step.until, step.barred_until)}
