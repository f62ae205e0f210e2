"""What a day brings by itself, told once."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from registry.actions.sweep import tell_what_day_brought
from registry.ledger.writing import Draft, append
from registry.models import StandingChange
from registry.tasks import tell_what_day_brought as tell_by_task
from tests.actions.deeds import annul, register_again, shorten
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build("510100")


def sweep(today: date, *, since: date | None = None) -> int:
    return tell_what_day_brought(today=today, now=at(today, 1), since=since)


def told() -> list[tuple[date, str, str]]:
    rows = StandingChange.objects.filter(cause="day").order_by("pk")
    return [(row.on_day, row.status_before, row.status_after) for row in rows]


def test_the_end_of_a_suspension_is_told_on_its_day_and_once(town: Town) -> None:
    score(town, 9, TODAY)
    assert [sweep(date(2025, 5, day)) for day in (8, 9, 10, 10, 11)] == [0, 0, 1, 0, 0]
    assert told() == [(date(2025, 5, 10), "suspended", "normal")]


def test_what_a_fact_did_on_its_own_day_is_not_told_again(town: Town) -> None:
    score(town, 9, TODAY)
    score(town, 12, date(2025, 4, 1))
    for day in range(30):
        assert sweep(TODAY + timedelta(days=day)) == 0
    assert StandingChange.objects.count() == 2


def test_a_suspension_decided_earlier_is_told_when_it_begins() -> None:
    hunan = build("430100")
    score(hunan, 9, TODAY)
    assert sweep(date(2025, 3, 31)) == 0
    assert sweep(date(2025, 4, 1)) == 1
    assert told() == [(date(2025, 4, 1), "normal", "suspended")]
    change = StandingChange.objects.get(cause="day")
    assert (change.until_after, change.points_after) == (date(2025, 6, 1), 9)


def test_the_end_of_a_bar_is_told_although_the_person_stays_terminated(town: Town) -> None:
    score(town, 12, TODAY)
    assert sweep(date(2028, 3, 10)) == 1
    assert told() == [(date(2028, 3, 10), "terminated", "terminated")]


def test_registration_again_is_told_by_its_fact_alone(town: Town) -> None:
    score(town, 12, TODAY)
    register_again(town, date(2028, 3, 10))
    assert sweep(date(2028, 3, 11)) == 0


def test_after_a_week_off_everything_missed_is_told_once(town: Town) -> None:
    score(town, 9, TODAY)
    score(town, 9, TODAY + timedelta(days=2), who=town.nurse)
    assert sweep(date(2025, 5, 4)) == 0
    assert sweep(date(2025, 5, 14)) == 2
    assert told() == [
        (date(2025, 5, 10), "suspended", "normal"),
        (date(2025, 5, 12), "suspended", "normal"),
    ]
    assert sweep(date(2025, 5, 20)) == sweep(date(2025, 5, 20), since=TODAY) == 0


def test_a_suspension_extended_before_its_end_ends_later(town: Town) -> None:
    score(town, 9, TODAY)
    score(town, 1, date(2025, 5, 1))  # the total is 10: four months from 1 May
    assert sweep(date(2025, 5, 10)) == 0
    assert sweep(date(2025, 9, 1)) == 1


def test_a_shortened_suspension_is_told_on_its_new_day(town: Town) -> None:
    score(town, 9, TODAY)
    shorten(town, 10, date(2025, 4, 1))
    assert sweep(date(2025, 4, 30)) == 1
    assert sweep(date(2025, 5, 10)) == 0


def test_an_annulled_suspension_has_no_end_to_tell(town: Town) -> None:
    entry = score(town, 9, TODAY)
    annul(town, entry, date(2025, 4, 1))
    assert sweep(date(2025, 5, 10)) == 0


def test_a_beginning_learnt_of_when_it_had_passed_was_told_by_its_fact(town: Town) -> None:
    late = Draft(
        kind="points_scored",
        points=9,
        counted_on=date(2025, 3, 1),
        effective_on=date(2025, 3, 1),
        policy="cn-2025",
        legacy=True,
    )
    append(practitioner=town.surgeon, draft=late, now=at(date(2025, 4, 10)))
    assert sweep(date(2025, 4, 11), since=LAW_BEGINS) == 0
    assert sweep(date(2025, 5, 1)) == 1


def test_two_suspensions_back_to_back_are_no_end_and_no_beginning() -> None:
    hunan = build("430100")
    score(hunan, 9, date(2025, 3, 10))  # April and May
    score(hunan, 1, date(2025, 5, 20))  # four months from June: it follows directly
    assert [sweep(day) for day in (date(2025, 4, 1), date(2025, 6, 1), date(2025, 10, 1))] == [1, 0, 1]


def test_the_command_and_the_task_tell_what_is_not_told_yet(town: Town) -> None:
    score(town, 9, TODAY)
    out = StringIO()
    call_command("sweep", since="2025-01-01", stdout=out)
    assert out.getvalue() == "1 changes told.\n"
    assert tell_by_task() == 0
    with pytest.raises(CommandError, match="--since yesterday: that is no day"):
        call_command("sweep", since="yesterday")
