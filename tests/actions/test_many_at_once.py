"""Two officers with the same department in their hands at the same moment."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection

from registry.actions.many import ManyRefused, propose_many
from registry.actions.proposals import Item, propose
from registry.models import Proposal
from tests.actions.test_at_once import together
from tests.actions.test_many import LIGHT, answering, case_of, department, suggested
from tests.casework import Desk, desk
from tests.town import TODAY, at, build, further_tasks

OTHER = (Item(situation="1-99"),)


@pytest.fixture
def here(committed: None) -> Iterator[Desk]:
    yield desk(build("510100"))
    connection.close()


def test_two_officers_who_propose_the_same_for_a_department_propose_it_once(here: Desk) -> None:
    case = case_of(here)
    rows = suggested(answering(here, case, department(here, 12)))
    one, other = together(
        lambda: propose_many(case=case, rows=rows, by=here.scorer, now=at(TODAY)),
        lambda: propose_many(case=case, rows=list(reversed(rows)), by=here.second, now=at(TODAY)),
    )
    assert {proposal.pk for proposal in one} == {proposal.pk for proposal in other}
    assert Proposal.objects.count() == further_tasks().count() == 12
    assert Proposal.objects.values("proposed_by").distinct().count() == 1


def test_of_two_officers_who_propose_otherwise_one_is_refused_for_everybody(here: Desk) -> None:
    case = case_of(here)
    found = answering(here, case, department(here, 8))
    answers = together(
        lambda: propose_many(case=case, rows=suggested(found), by=here.scorer, now=at(TODAY)),
        lambda: propose_many(case=case, rows=suggested(found, OTHER), by=here.second, now=at(TODAY)),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["list", "str"]
    assert ManyRefused([], among=0).code in answers
    assert Proposal.objects.values("proposed_by").distinct().count() == 1


def test_a_department_and_one_of_its_people_at_once_are_no_deadlock(here: Desk) -> None:
    case = case_of(here)
    found = answering(here, case, department(here, 12))
    answers = together(
        lambda: propose_many(case=case, rows=suggested(found), by=here.scorer, now=at(TODAY)),
        *(
            partial(propose, responsibility=one, items=LIGHT, by=here.second, now=at(TODAY))
            for one in (found[11], found[0], found[5])
        ),
    )
    assert len(answers[0]) == Proposal.objects.count() == 12
