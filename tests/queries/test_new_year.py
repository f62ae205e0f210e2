"""The year changes because the day came: nothing runs at midnight, nothing is written, and nobody reads more for it."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.ledger.checking import file_differences
from registry.ledger.days import SHANGHAI, shanghai_day
from registry.ledger.reading import standing_of
from registry.models import Assignment, Practitioner, Role, User
from registry.queries.eligibility import Answer, Question, eligibility
from registry.queries.file import file_of
from registry.queries.scope import scope_of
from registry.queries.standings import standings_on
from tests.town import LAW_BEGINS, Town, build, score

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2027, 1, 1, tzinfo=SHANGHAI)
BEFORE, AFTER = MIDNIGHT - timedelta(seconds=1), MIDNIGHT
OVER = date(2027, 2, 20)


class Touched(NamedTuple):
    """Rows written and rows read in the transaction of the test, of all tables."""

    written: int
    read: int


def touched() -> Touched:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del), sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))"
            " FROM pg_stat_xact_user_tables"
        )
        return Touched(*map(int, cursor.fetchone()))


@pytest.fixture
def town() -> Town:
    """On the last day of the year the surgeon is suspended, the nurse has points, and both have those of this year."""
    town = build("510100")
    score(town, 9, date(2026, 12, 20))
    score(town, 4, date(2026, 12, 21), who=town.nurse)
    return town


def check(town: Town, who: Practitioner, now: datetime) -> Answer:
    question = Question(practitioner=who.code, institution=town.hospital.code, on=shanghai_day(now))
    return eligibility(question, now=now)


def shown(now: datetime) -> dict[str, tuple[str, int]]:
    """Standing and points of everybody with facts, as lists and programs show them."""
    user, _ = User.objects.get_or_create(username="guan")
    Assignment.objects.get_or_create(user=user, role=Role.ADMINISTRATOR, starts_on=LAW_BEGINS)
    day = shanghai_day(now)
    return {row.practitioner.name: (row.status, row.points) for row in standings_on(scope_of(user, day), day)}


def test_at_midnight_nothing_runs_and_the_points_of_everybody_begin_anew_while_a_suspension_runs_on(town: Town) -> None:
    assert shown(BEFORE) == {"王伟": ("suspended", 9), "李娜": ("normal", 4)}
    before = touched()
    assert shown(AFTER) == {"王伟": ("suspended", 0), "李娜": ("normal", 0)}
    assert standing_of(town.surgeon, shanghai_day(AFTER)).until == OVER
    assert file_of(town.nurse, shanghai_day(AFTER)).standing.points == 0
    assert touched().written == before.written
    assert list(file_differences()) == []


def test_the_check_answers_alike_on_both_sides_of_new_year_and_asks_as_much(town: Town) -> None:
    check(town, town.surgeon, BEFORE)  # what a process reads once is read
    answers, queries, rows = [], [], []
    for now in (BEFORE, AFTER):
        before = touched()
        with CaptureQueriesContext(connection) as asked:
            surgeon, nurse = (check(town, who, now) for who in (town.surgeon, town.nurse))
        after = touched()
        answers.append([(each.payable, each.status, each.until) for each in (surgeon, nurse)])
        queries.append(len(asked))
        rows.append(after.read - before.read)
        assert after.written == before.written
    assert answers == [[(False, "suspended", OVER), (True, "normal", None)]] * 2
    assert queries[0] == queries[1] > 0
    assert 0 < rows[0] <= rows[1] <= rows[0] + 2  # the span that began that day, one for each of the two


def test_the_points_of_another_year_do_not_add_to_those_of_the_new_one(town: Town) -> None:
    score(town, 8, date(2027, 1, 4), who=town.nurse)
    assert check(town, town.nurse, datetime(2027, 1, 5, 12, tzinfo=SHANGHAI)).payable
    assert standing_of(town.nurse, date(2027, 1, 5)).points == 8
