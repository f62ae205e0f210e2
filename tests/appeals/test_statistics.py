"""Figures about objections: how many there are, what became of them, and how long it took."""

from datetime import date, timedelta

import pytest

from appeals.actions.reviews import assign_reviewer
from appeals.models import Objection
from appeals.queries import statistics
from appeals.queries.reviewers import compared, reviewers
from appeals.queries.statistics import OBJECTIONS_BY, OF_POINTS, OUTCOMES_BY, outcomes
from registry.models import Assignment, Certificate, Role, Task
from registry.queries.scope import Scope, scope_of
from registry.queries.statistics import During, Table
from tests.appeals.disputes import NEXT_DAY, decided, in_review, objected
from tests.casework import Desk, desk, received
from tests.town import TODAY, at, build

pytestmark = pytest.mark.django_db

EVERYWHERE = Scope((Assignment(role=Role.AUDITOR),))
MARCH = During(date(2025, 3, 1), date(2025, 3, 31))
DISPUTED = 2
"""Points of dispute of the surgeon's objection."""


def filed(seen: Scope, during: During, *, by: str, today: date = TODAY) -> Table:
    return statistics.filed(seen, during, today=today, by=by)


@pytest.fixture
def here() -> Desk:
    """The surgeon's objection about two entries is decided, the nurse's waits for a reviewer."""
    found = desk()
    decided(found, in_review(found, objected(received(found, 4, 2), "不是我做的", "情节较轻")), "annulled", 1)
    objected(received(found, 3, who=found.nurse, number="罚字2号"), "不是我做的")
    return found


def test_objections_are_counted_by_how_far_they_are(here: Desk) -> None:
    (line,) = filed(EVERYWHERE, MARCH, by="agency").lines
    assert (line.key, line.name) == (here.town.agency.code, here.town.agency.name)
    figures = dict(line.figures)
    assert figures.pop("took") == timedelta(hours=5)
    assert figures == {
        "filed": 2, "late": 0, "open": 1, "overdue": 0, "decided": 1, "decided_in_time": 1, "decided_late": 0,
        "refused": 0, "withdrawn": 0, "out_of_scope": 0, "upheld": 0, "reduced": 1, "annulled": 1,
    }  # fmt: skip
    assert {line.key for line in filed(EVERYWHERE, MARCH, by="category").lines} == {"physician", "nurse"}
    assert [line.name for line in filed(EVERYWHERE, MARCH, by="kind").lines] == [
        str(Objection.Kind.PROPOSED_POINTS.label)
    ]
    assert [line.key for line in filed(EVERYWHERE, MARCH, by="institution").lines] == [here.town.hospital.code]
    assert filed(EVERYWHERE, During(date(2025, 4, 1), date(2025, 4, 30)), by="agency").lines == ()


def test_what_became_of_each_point_of_dispute_is_counted_when_it_is_decided(here: Desk) -> None:
    (line,) = outcomes(EVERYWHERE, MARCH, by="reviewer").lines
    assert line.key == here.reviewer.username
    assert dict(line.figures) == {
        "disputed": DISPUTED, "objections": 1, "upheld": 0, "reduced": 1, "annulled": 1, "professional": 0
    }  # fmt: skip
    by_situation = {line.key: line.figures for line in outcomes(EVERYWHERE, MARCH, by="situation").lines}
    assert (by_situation["2-99"]["annulled"], by_situation["1-99"]["reduced"]) == (1, 1)


def test_objections_and_outcomes_are_told_by_the_specialty_of_the_day(here: Desk) -> None:
    theirs = Certificate.objects.filter(practitioner=here.town.surgeon)
    for number, (scope, day) in enumerate([("外科", TODAY), ("骨科", NEXT_DAY), ("急诊", date(2025, 4, 1))]):
        theirs.create(practitioner=here.town.surgeon, number=f"证{number}", scope=scope, recorded_at=at(day, 23))
    assert {line.key for line in filed(EVERYWHERE, MARCH, by="specialty").lines} == {"骨科", ""}
    (line,) = outcomes(EVERYWHERE, MARCH, by="specialty").lines
    assert (line.key, line.figures["disputed"]) == ("骨科", DISPUTED)


def test_an_objection_is_counted_once_for_each_situation_and_each_grade_that_it_disputes(here: Desk) -> None:
    situations = {line.key: line.figures for line in filed(EVERYWHERE, MARCH, by="situation").lines}
    assert {key: figures["filed"] for key, figures in situations.items()} == {"1-99": 2, "2-99": 1}
    assert (situations["1-99"]["reduced"], situations["1-99"]["annulled"], situations["1-99"]["decided"]) == (1, 0, 1)
    assert situations["2-99"]["annulled"] == 1
    (grade,) = filed(EVERYWHERE, MARCH, by="grade").lines
    assert (grade.key, grade.figures["filed"], grade.figures["reduced"], grade.figures["annulled"]) == (
        "principal", 2, 1, 1
    )  # fmt: skip
    assert grade.name != grade.key


def test_a_decision_is_measured_by_the_last_day_of_its_review(here: Desk) -> None:
    objection = objected(received(here, 2, who=here.nurse, number="罚字3号"), "不是我做的")
    last_day = Task.objects.get(subject=in_review(here, objection).uuid, kind=Task.Kind.REVIEW).due_on
    assert last_day is not None
    morning_after = last_day + timedelta(days=1)
    overdue = [
        filed(EVERYWHERE, MARCH, by="kind", today=day).lines[0].figures["overdue"]
        for day in (TODAY, last_day, morning_after)
    ]
    assert overdue == [0, 1, 2], "first nobody is assigned, then the review lasts too long"
    decided(here, objection, "upheld", now=at(morning_after))
    (line,) = filed(EVERYWHERE, MARCH, by="kind", today=morning_after).lines
    assert (line.figures["decided_in_time"], line.figures["decided_late"], line.figures["upheld"]) == (1, 1, 1)


def test_reviewers_stand_beside_each_other_for_the_same_situation(here: Desk) -> None:
    later = objected(received(here, 2, who=here.nurse, number="罚字3号"), "不是我做的")
    assign_reviewer(objection=later, reviewer=here.second, by=here.another, now=at(NEXT_DAY, 11))
    decided(here, later, "upheld", by=here.second)
    found = {each.outcomes.key: each for each in reviewers(EVERYWHERE, MARCH)}
    assert {key: (each.objections, each.outcomes.disputed, each.outcomes.changed) for key, each in found.items()} == {
        here.reviewer.username: (1, 2, 1.0),
        here.second.username: (1, 1, 0.0),
    }
    assert (found[here.second.username].in_time, found[here.second.username].late) == (1, 0)
    both, alone = compared(EVERYWHERE, MARCH, fewest=1)
    assert (both.situation, both.disputed, both.difference) == ("1-99", 2, 1.0)
    assert (alone.situation, alone.difference) == ("2-99", None)
    assert all(each.difference is None for each in compared(EVERYWHERE, MARCH, fewest=2))
    assert compared(scope_of(desk(build("320100")).scorer, TODAY), MARCH) == ()


@pytest.mark.parametrize("by", sorted(OBJECTIONS_BY.keys() - OF_POINTS.keys()))
def test_every_way_of_grouping_objections_counts_all_of_them(here: Desk, by: str) -> None:
    assert sum(line.figures["filed"] for line in filed(EVERYWHERE, MARCH, by=by).lines) == 2


@pytest.mark.parametrize("by", OUTCOMES_BY)
def test_every_way_of_grouping_outcomes_counts_all_of_them(here: Desk, by: str) -> None:
    assert sum(line.figures["disputed"] for line in outcomes(EVERYWHERE, MARCH, by=by).lines) == DISPUTED


def test_objections_of_another_region_are_not_counted(here: Desk) -> None:
    stranger = scope_of(desk(build("320100")).scorer, TODAY)
    assert filed(stranger, MARCH, by="region").lines == ()
    assert outcomes(stranger, MARCH, by="region").lines == ()
    ours = scope_of(here.scorer, TODAY)
    assert [line.key for line in filed(ours, MARCH, by="province").lines] == ["430000"]
    assert filed(ours, During(MARCH.from_, MARCH.until, prefix="32"), by="region").lines == ()
