"""Endpoints, the board of deliveries and what did not get through, in the office."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notifications.actions.claiming import claim_due, report
from notifications.actions.endpoints import approve_endpoint, propose_endpoint
from notifications.models import Endpoint, Push
from notifications.models.pushes import Problem
from notifications.wire.sending import Answer
from registry.models import Assignment, Role, User
from tests.notifications.exchange import announce, country
from tests.notifications.pushing import administrator
from tests.notifications.told import signed_in
from tests.town import LAW_BEGINS, TODAY, Town, at, score

NOW = at(TODAY, 21)
ENDPOINTS, PUSHES, BOARD = "/admin/notifications/endpoint/", "/admin/notifications/push/", "/admin/delivery/"
MOST = 15


@pytest.fixture(autouse=True)
def _english_and_that_evening() -> Iterator[None]:
    with translation.override("en"), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return country()


@pytest.fixture
def root(town: Town) -> Client:
    return signed_in(administrator())


def asked_for(town: Town) -> Endpoint:
    address: dict[str, Any] = {"url": "https://his.example/inbox", "networks": ["93.184.216.0/24"]}
    return propose_endpoint(body=town.hospital, name="HIS", **address, by=administrator(), now=NOW)


def failing(town: Town) -> Endpoint:
    """An endpoint that refuses the first letter."""
    endpoint = approve_endpoint(endpoint=asked_for(town), by=administrator(), now=NOW)
    score(town, 3, TODAY)
    announce()
    (claim, *_others) = claim_due(now=NOW, room=1)
    report(claim, Answer(Problem.REFUSED, status=400), now=NOW, chance=0)
    return endpoint


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def confirmed(client: Client, address: str, **said: str) -> Any:
    """Show what follows, and confirm it."""
    shown = client.post(address, {**said, "step": "form"})
    return client.post(address, {**said, "step": "confirm", "seen": shown.context["seen"]})


def test_an_administrator_approves_after_seeing_where_letters_would_go(town: Town, root: Client) -> None:
    endpoint = asked_for(town)
    address = f"/admin/endpoints/{endpoint.pk}/approve/"
    assert address in text(root, f"{ENDPOINTS}{endpoint.pk}/change/")
    assert "93.184.216.0/24" in root.post(address, {"step": "form"}).content.decode()
    assert Endpoint.objects.get().state == "proposed"
    assert confirmed(root, address).status_code == 302
    assert Endpoint.objects.get().state == "active"


def test_an_endpoint_is_asked_for_with_one_body(town: Town, root: Client) -> None:
    said = {"name": "HIS", "url": "https://his.example/inbox", "networks": "93.184.216.0/24", "step": "form"}
    assert root.post("/admin/endpoints/ask/", said).status_code == 422
    root.post("/admin/endpoints/ask/", {**said, "institution": town.hospital.pk})
    assert Endpoint.objects.get().institution == town.hospital


def test_what_did_not_get_through_says_why_and_is_sent_again(town: Town, root: Client) -> None:
    endpoint = failing(town)
    push = Push.objects.get(failures=1)
    assert "the receiver does not accept it" in text(root, f"{ENDPOINTS}{endpoint.pk}/change/")
    assert f"{PUSHES}{push.pk}/change/" in text(root, f"{PUSHES}?endpoint__id__exact={endpoint.pk}&dead=yes")
    assert "400" in text(root, f"{PUSHES}{push.pk}/change/")
    assert root.post(f"/admin/pushes/{push.pk}/replay/", {"step": "form"}).status_code == 302
    assert Push.objects.filter(failures=1).count() == 0
    assert f"{PUSHES}{push.pk}/change/" not in text(root, f"{PUSHES}?dead=yes")


def test_the_board_draws_the_last_day_of_each_endpoint(town: Town, root: Client) -> None:
    failing(town)
    page = text(root, BOARD)
    assert "In 24 hours 0 came through and 1 tries failed." in page
    assert page.count("rg-bar-ground") == 24
    assert page.count("rg-bar-stop") == 1


def test_what_is_to_receive_and_does_not_is_called_failing(town: Town, root: Client) -> None:
    endpoint = failing(town)
    assert "failing" not in text(root, BOARD), "one failure is none"
    Endpoint.objects.update(failures=22)
    for page in (BOARD, ENDPOINTS, f"{ENDPOINTS}{endpoint.pk}/change/"):
        assert '<span class="rg-tag rg-tag-warn">failing</span>' in text(root, page), page
        assert ">active<" not in text(root, page), page
    assert "The last 22 tries in a row failed. The oldest letter waits since" in text(root, BOARD)


def test_a_compliance_officer_sees_the_own_system_and_does_nothing_to_it(town: Town) -> None:
    endpoint = failing(town)
    officers = []
    for place in (town.hospital, town.clinic):
        user = User.objects.create_user(place.code)
        Assignment.objects.create(user=user, role=Role.COMPLIANCE_OFFICER, institution=place, starts_on=LAW_BEGINS)
        officers.append(signed_in(user))
    own, other = officers
    assert "/pause/" not in text(own, f"{ENDPOINTS}{endpoint.pk}/change/")
    assert own.get(f"/admin/endpoints/{endpoint.pk}/pause/").status_code == 403
    assert other.get(f"{ENDPOINTS}{endpoint.pk}/change/").status_code == 404
    assert other.get(f"{PUSHES}{Push.objects.earliest('pk').pk}/change/").status_code == 404
    assert "HIS" not in text(other, BOARD)


def test_the_pages_ask_little(town: Town, root: Client) -> None:
    endpoint = failing(town)
    push = Push.objects.get(failures=1)
    for address in (ENDPOINTS, PUSHES, BOARD, f"{ENDPOINTS}{endpoint.pk}/change/", f"{PUSHES}{push.pk}/change/"):
        with CaptureQueriesContext(connection) as asked:
            text(root, address)
        assert len(asked) <= MOST, (address, len(asked))


def test_an_empty_board_leads_on_to_what_has_to_be_done_first(town: Town) -> None:
    officer = User.objects.create(username="gao")
    Assignment.objects.create(
        user=officer, role=Role.COMPLIANCE_OFFICER, institution=town.hospital, starts_on=LAW_BEGINS
    )
    auditor = User.objects.create(username="shen")
    Assignment.objects.create(user=auditor, role=Role.AUDITOR, starts_on=LAW_BEGINS)
    for user, may_ask in ((officer, True), (auditor, False)):
        page = text(signed_in(user), BOARD)
        assert "No system receives yet." in page
        assert ('<a class="rg-button rg-button-main" href="/admin/endpoints/ask/">' in page) is may_ask
        assert f'<a class="rg-button" href="{ENDPOINTS}">' in page
