"""Several workers at once publish one list, and several systems at once are given each place once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from registry.actions.people import register_practitioner
from registry.actions.status_lists import give_places, publish_status_list
from registry.models import ListPlace, StatusList
from tests.actions.test_at_once import together
from tests.town import TODAY, Town, at, build

NOON = at(TODAY, 12)


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    yield build("510100")
    connection.close()


def test_of_four_workers_one_publishes(town: Town) -> None:
    together(*[lambda: publish_status_list(now=NOON)] * 4)
    assert list(StatusList.objects.values_list("sequence", flat=True)) == [1]


def test_whoever_asks_at_once_is_told_the_same_places_and_none_is_left_out(town: Town) -> None:
    told: dict[str, Any] = {"name": "某", "category": "nurse", "by": town.officer, "now": NOON}
    codes = [register_practitioner(code=f"X{number:03d}", **told).code for number in range(30)]

    def ask(start: int) -> Callable[[], Any]:
        return lambda: dict(zip(asked := codes[start : start + 15], give_places(codes=asked, now=NOON), strict=True))

    answers = together(*(ask(start) for start in (0, 5, 10, 15)))
    kept = dict(ListPlace.objects.values_list("practitioner__code", "place"))
    assert sorted(kept.values()) == list(range(30))
    for answer in answers:
        assert answer == {code: kept[code] for code in answer}
