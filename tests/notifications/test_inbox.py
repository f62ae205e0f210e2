"""A practitioner reads what they were told: on the page of the own file, in the list, and notice by notice."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from notifications.models import Notice, Receipt
from registry.models import User
from tests.enrolling import enrolled
from tests.notifications.exchange import announce, country
from tests.notifications.told import scored_and_told, signed_in, to_the_surgeon
from tests.town import TODAY, Town, at, score

LIST = "/my/notices/"


@pytest.fixture(autouse=True)
def _english_and_that_evening() -> Iterator[None]:
    with translation.override("en"), time_machine.travel(at(TODAY, 21), tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    found = country()
    scored_and_told(found)
    return found


@pytest.fixture
def surgeon(town: Town) -> Client:
    return signed_in(enrolled(town))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def address_of(notice: Notice) -> str:
    return f"{LIST}{notice.uuid}/"


def test_what_is_new_stands_on_the_page_of_the_own_file(town: Town, surgeon: Client) -> None:
    found = page(surgeon, "/my/")
    assert "1 unread" in found
    assert address_of(to_the_surgeon(town)) in found
    assert "3 points recorded." in found


def test_opening_a_notice_reads_it_once(town: Town, surgeon: Client) -> None:
    address = address_of(to_the_surgeon(town))
    assert "unread" in page(surgeon, LIST)
    for _ in range(2):
        assert "0 before, 3 now" in page(surgeon, address)
    receipt = Receipt.objects.get()
    assert (receipt.kind, receipt.by) == ("read", User.objects.get(username="wangwei"))
    assert address not in page(surgeon, f"{LIST}?unread=on")
    assert "1 unread" not in page(surgeon, "/my/")


def test_a_notice_is_acknowledged_with_a_button_and_stays_so(town: Town, surgeon: Client) -> None:
    address = address_of(to_the_surgeon(town))
    assert "You acknowledged" not in page(surgeon, address)
    for _ in range(2):
        assert surgeon.post(address)["Location"] == address
    assert "You acknowledged" in page(surgeon, address)
    assert sorted(Receipt.objects.values_list("kind", flat=True)) == ["acknowledged", "read"]


def test_the_list_is_narrowed_to_a_kind(town: Town, surgeon: Client) -> None:
    address = address_of(to_the_surgeon(town))
    assert address in page(surgeon, f"{LIST}?kind=points.recorded")
    found = page(surgeon, f"{LIST}?kind=standing.suspended")
    assert address not in found
    assert "There is no such notice." in found


def test_older_notices_come_page_by_page_and_none_twice(town: Town, surgeon: Client) -> None:
    for number in range(22):
        score(town, 1, TODAY, number=f"罚字{number}号")
    announce()
    first = surgeon.get(LIST)
    second = surgeon.get(LIST + first.context["older"])
    rows = [row.notice.pk for each in (first, second) for row in each.context["rows"]]
    assert rows == list(Notice.objects.filter(practitioner=town.surgeon).order_by("-pk").values_list("pk", flat=True))
    assert second.context["older"] == ""


def test_nobody_opens_what_was_told_to_somebody_else(town: Town, surgeon: Client) -> None:
    to_the_hospital = Notice.objects.filter(institution=town.hospital).latest("pk")
    nurse = signed_in(enrolled(town, town.nurse, number="E12345678", username="lina"))
    for client, notice in ((surgeon, to_the_hospital), (nurse, to_the_surgeon(town))):
        for method in (client.get, client.post):
            assert method(address_of(notice)).status_code == 404
    assert surgeon.get(f"{LIST}{uuid4()}/").status_code == 404
    assert not Receipt.objects.exists()
    assert "You were told nothing yet." in page(nurse, LIST)


def test_whoever_is_not_signed_in_is_asked_to(town: Town) -> None:
    answer = Client().get(LIST)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
