"""When the next list comes, what it says around midnight, and what becomes of old ones."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from registry.actions.merging import merge_files, undo_merge
from registry.actions.people import register_practitioner
from registry.actions.retention import purge
from registry.actions.status_lists import AHEAD, RENEWED, give_places, publish_status_list
from registry.kit.verify_status_list import Lists, read_list
from registry.kit.verify_status_list import StatusList as Held
from registry.models import ListPlace, StandingChange, StatusList
from registry.models.certificate_keys import published_keys
from registry.queries.status_lists import _STANDINGS, recorded
from registry.rules.status_list import differences, packed
from tests.actions.deeds import annul
from tests.town import TODAY, Town, at, build, score

NOON = at(TODAY, 12)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(db: None) -> Town:
    """A town whose surgeon has place 0."""
    town = build("510100")
    assert give_places(codes=[town.surgeon.code], now=NOON) == [0]
    return town


def published(now: datetime) -> StatusList:
    found = publish_status_list(now=now)
    assert found is not None
    return found


def read(published: StatusList) -> Held:
    return read_list(published.token, published_keys(), published.known_at.timestamp())


def answer(published: StatusList) -> str:
    return read(published).check(0, published.day, published.known_at.timestamp())


# when -----------------------------------------------------------------------------------------------------------------


def test_nothing_new_makes_no_list_and_costs_three_questions_and_a_lock(town: Town) -> None:
    published(NOON)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert publish_status_list(now=NOON + MINUTE) is None
    said = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
    assert len(said) == 3
    assert not any("registry_standingspan" in each or '"token"' in each for each in said)


def test_a_suspension_is_in_the_next_list_and_its_annulment_in_the_one_after(town: Town) -> None:
    assert answer(published(NOON)) == "normal"
    entry = score(town, 9, TODAY)
    assert answer(published(NOON + MINUTE)) == "suspended"
    annul(town, entry, on=TODAY)
    assert answer(published(NOON + 2 * MINUTE)) == "normal"


def test_points_that_change_no_standing_make_no_list_and_are_not_looked_at_twice(town: Town) -> None:
    published(NOON)
    score(town, 3, TODAY)
    assert publish_status_list(now=NOON + MINUTE) is None
    with CaptureQueriesContext(connection) as asked:
        assert publish_status_list(now=NOON + 2 * MINUTE) is None
    assert not any("registry_standingspan" in each["sql"] for each in asked)


def test_a_change_that_is_committed_after_a_later_one_is_not_missed(town: Town) -> None:
    """Numbers are taken in one order and seen in another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_standingchange', 'id'))")
        [earlier] = cursor.fetchone()
    score(town, 3, TODAY)
    before, later = recorded(), StandingChange.objects.get()
    assert earlier < later.pk
    later.pk, later.fact, later.cause = earlier, None, StandingChange.Cause.DAY
    later.save(force_insert=True)
    assert recorded() != before


def test_only_spans_that_are_not_normal_are_read_by_their_index(town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {_STANDINGS}", {"day": TODAY})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "span_by_status" in plan, plan


def test_a_list_is_published_anew_after_an_hour_and_says_the_same(town: Town) -> None:
    first = published(NOON)
    assert publish_status_list(now=NOON + RENEWED - MINUTE) is None
    second = published(NOON + RENEWED)
    assert (second.root, second.sequence, second.day) == (first.root, 2, first.day)
    assert second.expires_at - first.expires_at == RENEWED
    held = Lists(published_keys())
    held.take(first.token, [second.delta], (NOON + RENEWED).timestamp())


def test_a_clock_that_runs_behind_makes_no_older_list(town: Town) -> None:
    newest = published(at(TODAY, 23) + timedelta(minutes=55))
    score(town, 9, TODAY)
    again = published(at(TODAY, 23))
    assert (again.day, again.known_at) == (newest.day, newest.known_at)


def test_a_list_holds_for_the_hours_of_the_policy(town: Town) -> None:
    assert published(NOON).expires_at == NOON + timedelta(hours=24)


# which day ------------------------------------------------------------------------------------------------------------


def test_before_midnight_comes_the_list_of_the_next_day(town: Town) -> None:
    midnight = at(TODAY + timedelta(days=1), 0)
    assert published(midnight - AHEAD - MINUTE).day == TODAY
    assert published(midnight - AHEAD).day == TODAY + timedelta(days=1)
    assert publish_status_list(now=midnight + MINUTE) is None


def test_a_suspension_ends_because_the_day_came(town: Town) -> None:
    entry = score(town, 9, TODAY, months=1)
    ends_on = entry.practitioner.periods.get().ends_on
    assert ends_on is not None
    last = ends_on - timedelta(days=1)
    assert answer(published(at(last))) == "suspended"
    following = published(at(last, 23) + timedelta(minutes=50))
    assert (following.day, answer(following)) == (ends_on, "normal")


def test_after_the_bar_it_says_that_nobody_registered_again(town: Town) -> None:
    score(town, 12, TODAY)
    assert answer(published(NOON)) == "terminated"
    assert answer(published(at(date(2029, 1, 1)))) == "not_reregistered"


# places ---------------------------------------------------------------------------------------------------------------


def test_a_place_given_out_later_is_unknown_to_the_list_and_known_to_the_next(town: Town) -> None:
    before = published(NOON)
    score(town, 12, TODAY, who=town.nurse)
    [place] = give_places(codes=[town.nurse.code], now=NOON)
    held = Lists(published_keys())
    second = (NOON + MINUTE).timestamp()
    held.take(before.token, now=second)
    assert held.check(1, TODAY, second) == "unknown"
    held.follow([published(NOON + MINUTE).delta], second)
    assert (place, held.check(1, TODAY, second)) == (1, "terminated")


def test_files_that_are_one_person_stand_alike_in_both_places_until_they_are_two_again(town: Town) -> None:
    give_places(codes=[town.nurse.code], now=NOON)
    score(town, 12, TODAY, who=town.nurse)

    def stand(published: StatusList) -> list[str]:
        held, second = read(published), published.known_at.timestamp()
        return [held.check(place, TODAY, second) for place in (0, 1)]

    assert stand(published(NOON)) == ["normal", "terminated"]
    two: dict[str, Any] = {"by": town.officer, "second": town.second, "reason": "同一人"}
    merge = merge_files(kept=town.nurse, absorbed=town.surgeon, now=NOON, **two)
    assert stand(published(NOON + MINUTE)) == ["terminated", "terminated"]
    undo_merge(merge=merge, now=NOON + MINUTE, **two)
    assert stand(published(NOON + 2 * MINUTE)) == ["normal", "terminated"]


def test_many_places_are_given_out_in_an_order_made_by_chance(town: Town) -> None:
    told: dict[str, Any] = {"name": "某", "category": "nurse", "by": town.officer, "now": NOON}
    codes = [register_practitioner(code=f"X{number:03d}", **told).code for number in range(40)]
    given = give_places(codes=codes, now=NOON)
    assert sorted(place for place in given if place is not None) == list(range(1, 41))
    assert given != sorted(place for place in given if place is not None)


# old ones -------------------------------------------------------------------------------------------------------------


def test_old_lists_are_forgotten_but_never_the_newest(town: Town) -> None:
    for day in range(5):
        published(NOON + timedelta(days=day))
    assert purge(now=NOON + timedelta(days=4))["status_lists"] == 1
    assert purge(now=NOON + timedelta(days=400))["status_lists"] == 3
    assert StatusList.objects.get().sequence == 5
    assert published(NOON + timedelta(days=401)).sequence == 6


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE registry_statuslist SET token = token",
        "UPDATE registry_statuslist SET known_at = now()",
        "TRUNCATE registry_statuslist",
        "UPDATE registry_listplace SET id = 7",
        "DELETE FROM registry_listplace",
    ],
)
def test_the_application_alters_no_list_and_no_place(town: Town, change: str) -> None:
    published(NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE registry_app")
        with pytest.raises(DatabaseError):
            cursor.execute(change)


def test_the_application_publishes_and_forgets(town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE registry_app")
    published(NOON)
    score(town, 3, TODAY)
    assert publish_status_list(now=NOON + MINUTE) is None
    published(NOON + timedelta(days=9))
    assert purge(now=NOON + timedelta(days=9))["status_lists"] == 1
    assert ListPlace.objects.count() == 1


# the bytes ------------------------------------------------------------------------------------------------------------


def test_differences_are_found_wherever_they_lie() -> None:
    size = 40_000
    before = packed(size, [(0, 1), (3, 2), (16_383, 3), (16_384, 1), (39_999, 2)])
    after = packed(size + 3, [(0, 1), (3, 1), (16_384, 3), (39_999, 2), (40_002, 2)])
    assert list(differences(before, after)) == [(3, 1), (16_383, 0), (16_384, 3), (40_002, 2)]
    assert list(differences(after, after)) == []
