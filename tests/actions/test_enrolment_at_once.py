"""Several who come with one code at once: exactly one gets the file."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from registry.actions.enrolment import look_at_code
from registry.actions.own_access import enrol
from registry.models import Assignment, EnrolmentCode, Role, User
from tests.actions.test_at_once import together
from tests.enrolling import ADDRESS, PASSWORD, issued
from tests.town import TODAY, Town, at, build


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    yield build("510100")
    connection.close()


def test_of_four_who_use_one_code_at_once_exactly_one_gets_the_file(town: Town) -> None:
    code, text = issued(town)

    def come(number: int) -> Callable[[], Any]:
        return lambda: enrol(
            personal_code=code.practitioner.code,
            code=text,
            username=f"person-{number}",
            password=PASSWORD,
            address=f"192.0.2.{number}",
            now=at(TODAY, 11),
        )

    answers = together(*(come(number) for number in range(4)))
    assert answers.count("access_code_refused") == 3
    (held,) = Assignment.objects.filter(role=Role.PRACTITIONER)
    assert [user.username for user in User.objects.filter(username__startswith="person-")] == [held.user.username]


def test_of_ten_guesses_at_once_five_are_looked_at(town: Town) -> None:
    code, _text = issued(town)
    guess = [
        lambda: look_at_code(personal_code=code.practitioner.code, code="X", address=ADDRESS, now=at(TODAY, 11))
    ] * 10
    answers = together(*guess)
    assert (answers.count("access_code_refused"), answers.count("too_many_attempts")) == (5, 5)


def test_two_codes_issued_at_once_leave_one_that_opens(town: Town) -> None:
    issued(town)
    together(*[lambda: issued(town)] * 3)
    assert EnrolmentCode.objects.filter(used_at=None, ended_at=None).count() == 1
