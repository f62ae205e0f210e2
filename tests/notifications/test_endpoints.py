"""Endpoints: what is refused before it is written, who approves, and what wakes the dispatcher."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from celery import current_app
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from kombu.exceptions import OperationalError

from notifications.actions.endpoints import approve_endpoint, propose_endpoint, rotate_key, send_test
from notifications.models import Endpoint, Event, Notice
from notifications.tasks import announce, announce_everything, push
from notifications.waking import AnnounceSoon
from notifications.wire.connecting import Credentials
from registry.actions.errors import Refused
from registry.models import Assignment, ProcedureStep, Role, User
from registry.models.vault import Vault
from tests.notifications.exchange import country
from tests.notifications.pushing import administrator, endpoint_at, proposed, states
from tests.notifications.receiver import Receiver, issue, receiving
from tests.town import LAW_BEGINS, TODAY, Town, at, score

NOW = at(TODAY, 20)
OWN = issue("register")


@pytest.fixture
def town(db: None) -> Town:
    return country()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def propose(town: Town, **changed: Any) -> Endpoint:
    given: dict[str, Any] = {
        "body": town.hospital,
        "name": "HIS",
        "url": "https://his.example/inbox",
        "networks": ["93.184.216.0/24"],
        "by": administrator(),
        "now": NOW,
    }
    return propose_endpoint(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"url": "http://his.example/"}, "endpoint_address_malformed"),
        ({"url": "https://10.0.0.1/"}, "endpoint_address_malformed"),
        ({"networks": []}, "endpoint_networks_missing"),
        ({"networks": ["10.0.0.0/33"]}, "endpoint_network_malformed"),
        ({"networks": ["his.example"]}, "endpoint_network_malformed"),
        ({"name": " "}, "name_missing"),
        ({"credentials": Credentials("nonsense")}, "endpoint_certificate_malformed"),
        (
            {"credentials": Credentials("", issue("us").certificate, issue("them").key)},
            "endpoint_certificate_malformed",
        ),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused(town: Town, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        propose(town, **changed)
    assert not Endpoint.objects.exists()


def test_only_an_administrator_of_the_whole_register_approves(town: Town) -> None:
    endpoint = propose(town)
    regional = User.objects.create(username="regional")
    Assignment.objects.create(user=regional, role=Role.ADMINISTRATOR, region=town.region, starts_on=LAW_BEGINS)
    for user in (regional, town.officer):
        with pytest.raises(Refused, match="not_a_national_administrator"):
            approve_endpoint(endpoint=endpoint, by=user, now=NOW)
    approved = approve_endpoint(endpoint=endpoint, by=administrator(), now=NOW)
    assert (approved.state, approved.approved_by) == ("active", administrator())
    steps = ProcedureStep.objects.filter(subject=endpoint.uuid).order_by("pk")
    assert list(steps.values_list("act", flat=True)) == ["propose", "approve"]


def test_an_endpoint_that_was_not_approved_gets_nothing_and_is_owed_nothing(town: Town, receiver: Receiver) -> None:
    endpoint = proposed(receiver, town.hospital, NOW)
    score(town, 3, TODAY)
    announce_everything()
    assert states() == []
    with pytest.raises(Refused, match="not_possible_now"):
        send_test(endpoint=endpoint, by=administrator(), now=NOW)


def test_keys_stand_sealed_in_the_database(town: Town) -> None:
    endpoint = propose(town, credentials=Credentials("", OWN.certificate, OWN.key))
    [key] = endpoint.keys.all()
    private = Vault(key.uuid, "endpoint keys").unseal(bytes(key.sealed))
    assert len(private) == len(bytes(key.public)) == 32
    assert private not in bytes(key.sealed)
    assert endpoint.sealed_key is not None
    assert OWN.key.encode()[40:80] not in bytes(endpoint.sealed_key)


def test_keys_overlap_for_a_month_at_most(town: Town) -> None:
    with pytest.raises(Refused, match="key_overlap_refused"):
        rotate_key(endpoint=propose(town), overlap=timedelta(days=31), by=administrator(), now=NOW)


def test_a_test_is_about_nobody_and_told_to_the_owner_of_the_endpoint_alone(town: Town, receiver: Receiver) -> None:
    endpoint = endpoint_at(receiver, town.agency, NOW)
    send_test(endpoint=endpoint, by=administrator(), now=NOW)
    [event] = Event.objects.all()
    [notice] = Notice.objects.all()
    assert (event.practitioner, notice.agency, notice.because) == (None, town.agency, "tested")


# what wakes -----------------------------------------------------------------------------------------------------------


def test_tasks_and_command_announce_and_push(town: Town, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    hints: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_options: hints.append(name))
    endpoint_at(receiver, town.agency, NOW)
    score(town, 3, TODAY)
    assert announce() > 0
    assert hints == ["notifications.tasks.push"]
    assert announce_everything() == 0
    assert push() == len(receiver.effects) > 0
    score(town, 3, TODAY, number="罚字2号")
    out = StringIO()
    call_command("notices", stdout=out)
    assert "failed: 0\n" in out.getvalue()
    assert "announced: 0" not in out.getvalue()
    assert set(states()) == {"delivered"}


def answered(method: str, status: int, *, times: int = 1) -> list[str]:
    hints: list[str] = []
    watched = AnnounceSoon(lambda _request: HttpResponse(status=status))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(current_app, "send_task", lambda name, **_options: hints.append(name))
        for _ in range(times):
            request = HttpRequest()
            request.method = method
            watched(request)
    return hints


def test_a_request_that_may_have_written_wakes_the_dispatcher_and_a_busy_process_seldom_does() -> None:
    assert answered("POST", 302) == ["notifications.tasks.announce"]
    assert answered("POST", 200, times=100) == ["notifications.tasks.announce"]
    assert answered("GET", 200) == []
    assert answered("POST", 422) == []


def test_nobody_needs_the_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_args: Any, **_options: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(current_app, "send_task", nobody)
    request = HttpRequest()
    request.method = "POST"
    assert AnnounceSoon(lambda _request: HttpResponse(status=204))(request).status_code == 204
