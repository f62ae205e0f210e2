"""A settlement system takes the offline list and its deltas, and answers for itself while the line is down."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.actions.status_lists import publish_status_list
from registry.kit.verify_status_list import Lists
from registry.models import ApiKey, Authority, ListPlace, StatusList
from registry.models.certificate_keys import published_keys
from tests.api.conftest import NOW
from tests.api.settlement import Settlement, errors, problem
from tests.town import score

LIST, PLACES = "/api/v1/status-list", "/api/v1/status-list/places"
TODAY = NOW.date()
A_MINUTE = timedelta(minutes=1)


def published() -> StatusList:
    found = publish_status_list(now=timezone.now())
    assert found is not None
    return found


def got(asking: Settlement, address: str, **headers: str) -> Any:
    sent = {"authorization": f"Bearer {asking.key}", "accept-language": "en", **headers}
    return Client(raise_request_exception=False).get(address, headers=sent)


def places(asking: Settlement, *codes: Any) -> Any:
    return asking.post(PLACES, json.dumps({"codes": list(codes)}))


def test_a_system_learns_the_places_and_answers_as_the_register_does(settlement: Settlement) -> None:
    surgeon, nurse = settlement.town.surgeon, settlement.town.nurse
    answer = places(settlement, surgeon.code, "D9", nurse.code, surgeon.code.lower())
    [one, unknown, other, again] = answer.json()["places"]
    assert (unknown, again, {one, other}) == (None, one, {0, 1})
    score(settlement.town, 12, TODAY, who=nurse)
    published()
    lists = Lists(json.loads(Client().get("/verify/keys.json").content))
    lists.take(got(settlement, LIST).content.decode())
    assert [lists.check(place, TODAY) for place in (one, other, 2)] == ["normal", "terminated", "unknown"]


def test_a_place_is_given_out_once_and_never_changes(settlement: Settlement) -> None:
    codes = [settlement.town.surgeon.code, settlement.town.nurse.code]
    first = places(settlement, *codes).json()
    assert [places(settlement, *codes).json() for _ in range(3)] == [first] * 3
    assert ListPlace.objects.count() == 2


def test_the_list_is_not_sent_again_to_who_has_it(settlement: Settlement) -> None:
    places(settlement, settlement.town.surgeon.code)
    published()
    answer = got(settlement, LIST, accept="application/statuslist+jwt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/statuslist+jwt")
    assert answer["Cache-Control"] == "private, max-age=60"
    for tag in (answer["ETag"], f'"another", {answer["ETag"]}'):
        same = got(settlement, LIST, **{"if-none-match": tag})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", answer["ETag"])
    score(settlement.town, 9, TODAY)
    published()
    assert got(settlement, LIST, **{"if-none-match": answer["ETag"]}).status_code == 200


def test_deltas_lead_from_the_list_held_to_the_newest(settlement: Settlement) -> None:
    places(settlement, settlement.town.surgeon.code)
    published()
    lists = Lists(published_keys())
    lists.take(got(settlement, LIST).content.decode())
    for minute, points in enumerate((9, 3), 1):
        with time_machine.travel(NOW + minute * A_MINUTE, tick=False):
            score(settlement.town, points, TODAY, number=f"罚{points}号")
            published()
    with time_machine.travel(NOW + 3 * A_MINUTE, tick=False):
        found = got(settlement, f"{LIST}/deltas?after=1").json()
        assert (len(found["deltas"]), found["newest"]) == (2, 3)
        held = lists.follow(found["deltas"])
        assert lists.check(0, TODAY) == "terminated"
        assert got(settlement, f"{LIST}/deltas?after=3").json() == {"deltas": [], "newest": 3}
        newest = Lists(published_keys()).take(got(settlement, f"{LIST}/3").content.decode())
        assert (held.content, held.identity) == (newest.content, newest.identity)


def test_what_is_kept_no_longer_or_was_never_made_is_not_there(settlement: Settlement) -> None:
    problem(got(settlement, LIST), 404, "not-found")
    problem(got(settlement, f"{LIST}/deltas?after=1"), 404, "not-found")
    published()
    for address in (f"{LIST}/2", f"{LIST}/{10**18}", f"{LIST}/{10**30}", f"{LIST}/deltas?after=2"):
        problem(got(settlement, address), 404, "not-found")
    assert errors(got(settlement, f"{LIST}/deltas")) == [("after", "required")]
    assert errors(got(settlement, f"{LIST}/deltas?after=0")) == [("after", "too_small")]


@pytest.mark.parametrize(
    ("codes", "wrong"),
    [
        (["D1", 7], [("codes[1]", "wrong_type")]),
        (["D" * 65], [("codes[0]", "too_long")]),
        (["D1"] * 10_001, [("codes", "too_long")]),
        ("D1", [("codes", "wrong_type")]),
    ],
)
def test_what_are_no_codes_is_named(settlement: Settlement, codes: Any, wrong: list[tuple[str, str]]) -> None:
    assert errors(settlement.post(PLACES, json.dumps({"codes": codes}))) == wrong
    assert not ListPlace.objects.exists()


def test_who_is_suspended_is_for_settlement_systems_alone(settlement: Settlement) -> None:
    published()
    town = settlement.town
    office = Authority.objects.create(code="WJ510100", name="市卫健委", kind="health", region=town.region)
    about: dict[str, Any] = {"scope": ApiKey.Scope.AUTHORITY, "authority": office, "by": town.officer}
    _, key = issue_key(name="卫健系统", expires_at=NOW + timedelta(days=9), now=NOW, **about)
    asking = Settlement(town, key)
    for address in (LIST, f"{LIST}/1", f"{LIST}/deltas?after=1"):
        problem(got(asking, address), 403, "forbidden")
        assert Client().get(address).status_code == 401
    problem(places(asking, town.surgeon.code), 403, "forbidden")
    assert not ListPlace.objects.exists()
