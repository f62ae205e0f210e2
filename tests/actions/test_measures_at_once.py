"""Measures when two act at the same moment, each on a connection of their own."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection

from registry.actions.measures import propose_due
from registry.models import InstitutionMeasure, MeasurePeriod, ProcedureStep, Task
from tests.actions.measuring import decide, drop, hire, propose
from tests.actions.test_at_once import together
from tests.town import TODAY, Town, at, build, score

NEXT_DAY = date(2025, 3, 11)


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    town = build("510100")
    hire(town, 3)
    score(town, 9, TODAY)
    yield town
    connection.close()


def test_of_two_officers_who_decide_at_once_one_does(town: Town) -> None:
    third = type(town.officer).objects.create(username="wu")
    measure = propose(town)
    answers = together(
        lambda: decide(town, measure, number="停拨1号"),
        lambda: decide(town, measure, number="停拨2号", by=third),
    )
    assert answers.count("not_possible_now") == 1
    (won,) = (answer for answer in answers if isinstance(answer, InstitutionMeasure))
    measure.refresh_from_db()
    assert (measure.decided_by, measure.document_number) == (won.decided_by, won.document_number)
    assert MeasurePeriod.objects.get().reason == won.document_number


def test_a_decision_and_a_drop_at_once_are_one_of_the_two(town: Town) -> None:
    measure = propose(town)
    answers = together(lambda: decide(town, measure), lambda: drop(town, measure))
    assert answers.count("not_possible_now") == 1
    measure.refresh_from_db()
    assert MeasurePeriod.objects.count() == (1 if measure.state == "in_force" else 0)


def test_proposals_at_once_are_one_proposal(town: Town) -> None:
    assert len({measure.pk for measure in together(*[lambda: propose(town)] * 4)}) == 1
    assert ProcedureStep.objects.filter(procedure="measure").count() == 1


def test_clocks_at_once_open_one_task_and_none_after_a_proposal(town: Town) -> None:
    assert sorted(together(*[lambda: propose_due(now=at(NEXT_DAY))] * 3)) == [0, 0, 1]
    Task.objects.update(state="done", closed_at=at(NEXT_DAY))
    together(lambda: propose(town, on=NEXT_DAY), lambda: propose_due(now=at(NEXT_DAY, 12)))
    propose_due(now=at(NEXT_DAY, 18))
    assert [task.subject for task in Task.objects.filter(state="open")] == [InstitutionMeasure.objects.get().uuid]
