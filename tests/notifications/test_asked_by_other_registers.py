"""What another province's register may ask of us: the account behind its notices, its letters, and their digest."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from notifications.models import Notice, Push
from notifications.queries.exchange.letters import on_day
from notifications.rules.exchange import account, arrived, merkle_root
from registry.actions.keys import issue_key
from registry.ledger.reading import facts_of
from registry.models import AccessRecord, ApiKey, Region
from tests.actions.deeds import annul
from tests.notifications.exchange import announce, country
from tests.notifications.pushing import endpoint_at
from tests.notifications.receiver import Receiver, issue
from tests.town import TODAY, Town, at, score

pytestmark = pytest.mark.django_db
NOW = at(TODAY, 15)
Asks = Callable[[str], Any]


@pytest.fixture(autouse=True)
def _that_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town() -> Town:
    """Suspended, annulled, scored again: three changes, which Hunan's register is told."""
    found = country()
    somewhere = Receiver(443, issue("Test authority").certificate)
    hunan = Region.objects.get(code="430000")
    endpoint_at(somewhere, hunan, at(TODAY, 1), url="https://hunan.example/registers/cn/letters/")
    entry = score(found, 9, TODAY, number="罚1号")
    annul(found, entry, TODAY)
    score(found, 10, TODAY, number="罚2号")
    announce()
    return found


def register_of(code: str) -> Asks:
    """How the register of a province asks."""
    region = Region.objects.get(code=code)
    _key, text = issue_key(
        name=f"register {code}",
        scope=ApiKey.Scope.REGION,
        region=region,
        expires_at=NOW + timedelta(days=9),
        by=None,
        now=NOW,
    )

    def asks(path: str) -> Any:
        return Client().get(f"/api/v1/{path}", headers={"authorization": f"Bearer {text}"})

    return asks


def test_an_account_holds_every_fact_as_the_other_side_reads_it(town: Town) -> None:
    hunan = register_of("430000")
    notice = Notice.objects.filter(region="430000").latest("pk")
    document = hunan(f"notices/{notice.uuid}/account/").json()
    read = account(document)
    assert (read.name, read.codes) == (town.surgeon.name, (town.surgeon.code,))
    assert [(each.kind, str(each.origin_id)) for each in read.facts] == [
        (type_of(each), each.id) for each in facts_of(town.surgeon)
    ]
    assert set(read.policies) == {each.policy for each in read.facts if each.policy}
    assert AccessRecord.objects.filter(practitioner=town.surgeon, key__region="430000").exists()
    assert [receipt.key.region_id for receipt in notice.receipts.all() if receipt.key] == ["430000"]
    assert town.surgeon.documents.count() == 0 or "document" not in json.dumps(document["person"])


def type_of(fact: object) -> str:
    """The kind of a fact of the rules."""
    return {"PointsScored": "points_scored", "EntryAnnulled": "entry_annulled"}[type(fact).__name__]


def test_nobody_but_the_region_that_was_told_is_shown_the_account(town: Town) -> None:
    notice = Notice.objects.filter(region="430000").latest("pk")
    assert register_of("120000")(f"notices/{notice.uuid}/account/").status_code == 404
    to_the_hospital = Notice.objects.filter(institution=town.hospital).latest("pk")
    assert register_of("430000")(f"notices/{to_the_hospital.uuid}/account/").status_code == 404
    assert Client().get(f"/api/v1/notices/{notice.uuid}/account/").status_code == 401


def test_every_letter_that_is_owed_can_be_asked_for_as_it_is_pushed(town: Town) -> None:
    hunan = register_of("430000")
    answer = hunan("letters/?order=oldest").json()
    letters = [arrived(json.dumps(each).encode()) for each in answer["items"]]
    owed = Push.objects.filter(endpoint__region="430000").order_by("sequence")
    assert [letter.id for letter in letters] == [push.notice.event.uuid for push in owed]
    assert [letter.sequence for letter in letters] == [1, 2, 3]
    one = hunan(f"letters/?subject={town.surgeon.uuid}&above=1&below=3").json()["items"]
    assert [each["id"] for each in one] == [str(letters[1].id)]
    assert register_of("120000")("letters/").json()["items"] == []


def test_a_day_is_compared_by_count_and_root(town: Town) -> None:
    hunan = register_of("430000")
    ids = [push.notice.event.uuid for push in Push.objects.filter(endpoint__region="430000").order_by("pk")]
    assert hunan("letters/digest/?day=2025-03-10").json() == {"day": "2025-03-10", "count": 3, "root": merkle_root(ids)}
    assert hunan("letters/digest/?day=2025-03-09").json()["count"] == 0
    assert [each["id"] for each in hunan("letters/?day=2025-03-10&order=oldest").json()["items"]] == list(map(str, ids))
    assert hunan("letters/digest/").status_code == 400


def test_the_root_depends_on_every_id_and_on_nothing_else() -> None:
    ids = [UUID(int=number) for number in range(1, 8)]
    roots = {merkle_root(ids[:count]) for count in range(8)}
    assert len(roots) == 8
    assert merkle_root(ids[::-1]) == merkle_root(ids)
    assert merkle_root([*ids[:-1], UUID(int=9)]) != merkle_root(ids)


def test_a_day_ends_at_midnight_in_china(town: Town) -> None:
    hunan = register_of("430000")
    days = [hunan(f"letters/digest/?day={day}").json()["count"] for day in (date(2025, 3, 10), date(2025, 3, 11))]
    assert days == [3, 0]


def test_days_are_those_of_china() -> None:
    begins, ends = on_day(date(2026, 12, 31))
    assert (begins.isoformat(), (ends - begins).days) == ("2026-12-31T00:00:00+08:00", 1)
