"""Repair by several people at the same moment: one takes the last place, one grant is recorded."""

from collections.abc import Iterator

import pytest
from django.db import connection

from appeals.actions.activities import enrol
from appeals.actions.deliberations import replace_silent_deliberators
from appeals.models import Application
from registry.actions.procedure import for_practitioner
from registry.ledger.checking import file_differences
from registry.models import Fact, Practitioner, Task
from tests.actions.test_at_once import Act, together
from tests.appeals.repairs import called, completed, deliberated, expert, filed, granted, offered, signed, tasks
from tests.town import TODAY, Town, at, build, score


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    yield build("510100")
    connection.close()


def test_the_last_place_is_taken_by_one_of_two(town: Town) -> None:
    training = offered(town, TODAY, places=1)

    def enrolling(person: Practitioner) -> Act:
        return lambda: enrol(activity=training, practitioners=[person], acting=for_practitioner(), now=at(TODAY, 9))

    answers = together(enrolling(town.nurse), enrolling(town.surgeon))
    assert answers.count("activity_full") == 1
    assert training.attendances.count() == 1


def test_two_officers_grant_at_once_and_one_grant_is_recorded(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    application = filed(town, [completed(town, town.nurse, TODAY)], TODAY)
    application = deliberated(town, application, TODAY, expert("林"), expert("郑"))
    answers = together(*[lambda: granted(town, application, TODAY)] * 3)
    assert answers.count("not_possible_now") == 2
    assert Fact.objects.filter(kind="points_relieved").count() == 1
    assert list(file_differences()) == []


def test_an_activity_used_at_once_for_two_things_is_used_for_one(town: Town) -> None:
    score(town, 9, TODAY, who=town.nurse)
    part = completed(town, town.nurse, TODAY)
    answers = together(
        lambda: filed(town, [part], TODAY), lambda: filed(town, [part], TODAY, kind="shortening", amount=5)
    )
    assert answers.count("activity_used") == 1
    assert Application.objects.count() == 1


def test_two_experts_who_sign_at_once_both_count(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    two = [expert("林"), expert("郑")]
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, *two)
    together(*[lambda each=each: signed(application, each, TODAY) for each in two])
    application.refresh_from_db()
    assert (application.state, tasks(application)) == ("deliberated", ["grant"])


def test_an_expert_who_signs_while_the_call_lapses_is_heard_or_replaced_and_never_both(town: Town) -> None:
    score(town, 8, TODAY, who=town.nurse)
    two = [expert("林"), expert("郑")]
    application = called(town, filed(town, [completed(town, town.nurse, TODAY)], TODAY), TODAY, *two)
    late = Task.objects.filter(kind="deliberate").latest("id").due_on
    assert late is not None
    signing, lapsed = together(
        lambda: signed(application, two[0], late), lambda: replace_silent_deliberators(now=at(late.replace(day=30)))
    )
    heard = application.opinions.count()
    assert (heard, lapsed) in {(1, 1), (0, 2)}
    assert (signing == "not_asked_to_deliberate") == (heard == 0)
