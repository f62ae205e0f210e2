from datetime import date

import pytest

from registry.queries.calendar import calendar, missing_years
from tests.actions.notices import enter
from tests.town import at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), ()),
        (date(2026, 11, 1), (2027,)),
        (date(2027, 1, 1), (2027,)),
        (date(2028, 12, 31), (2027, 2028, 2029)),
        (date(2025, 3, 10), ()),
    ],
)
def test_the_next_year_is_wanted_from_november_on(today: date, missing: tuple[int, ...]) -> None:
    assert missing_years(today) == missing


def test_an_entered_year_is_missing_no_longer() -> None:
    enter()
    assert missing_years(date(2026, 11, 21)) == ()
    assert missing_years(date(2027, 11, 1)) == (2028,)


def test_nothing_was_known_before_the_register_began() -> None:
    assert calendar(known=at(date(2020, 1, 1))).years == frozenset()


def test_the_calendar_takes_two_questions(django_assert_num_queries: pytest.FixtureRequest) -> None:
    for known in (None, at(date(2030, 1, 1))):
        with django_assert_num_queries(2):  # type: ignore[operator]
            calendar(known)
