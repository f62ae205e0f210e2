"""The advance notice on the portal: the person opens it, that is its receipt, and the window opens."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from registry.actions.deliveries import notify
from registry.models import Delivery, Proposal, Task, User
from tests.casework import Desk, desk, proposed
from tests.enrolling import enrolled
from tests.notifications.told import signed_in
from tests.town import TODAY, at

OPENED = at(TODAY + timedelta(days=1), 21)


@pytest.fixture(autouse=True)
def _english_and_the_evening_after() -> Iterator[None]:
    with translation.override("en"), time_machine.travel(OPENED, tick=False):
        yield


@pytest.fixture
def here(db: None) -> Desk:
    return desk()


@pytest.fixture
def told(here: Desk) -> Proposal:
    """Four points proposed for the surgeon, and the notice sent to the portal."""
    found = proposed(here, 4)
    return notify(proposal=found, channel=Delivery.Channel.PORTAL, by=here.scorer, now=at(TODAY, 11))


@pytest.fixture
def surgeon(here: Desk) -> Client:
    return signed_in(enrolled(here.town))


def address_of(proposal: Proposal) -> str:
    return f"/my/advance-notices/{proposal.uuid}/"


def test_the_own_file_says_first_that_a_notice_waits_and_until_when(told: Proposal, surgeon: Client) -> None:
    until = Task.objects.get(subject=told.uuid, kind=Task.Kind.OPEN_NOTICE).due_on
    page = surgeon.get("/my/")
    deed = page.context["deeds"][0]
    assert (deed.url, deed.until, deed.pressing) == (address_of(told), until, True)


def test_looking_at_the_page_opens_nothing_and_shows_nothing_of_the_proposal(told: Proposal, surgeon: Client) -> None:
    page = surgeon.get(address_of(told))
    told.refresh_from_db()
    assert told.state == Proposal.State.NOTIFIED
    assert "letter" not in page.context
    assert told.responsibility.grounds not in page.content.decode()


def test_pressing_the_button_is_the_receipt_and_the_window_runs(told: Proposal, surgeon: Client) -> None:
    shown = surgeon.post(address_of(told), follow=True)
    told.refresh_from_db()
    assert (told.state, told.received_on) == (Proposal.State.RECEIVED, OPENED.date())
    window = Task.objects.get(subject=told.uuid, kind=Task.Kind.OBJECT)
    assert shown.context["letter"]["last_day"] == window.due_on
    assert told.responsibility.grounds in shown.content.decode()


def test_an_open_notice_leads_on_to_objecting_until_its_window_is_over(told: Proposal, surgeon: Client) -> None:
    assert "deeds" not in surgeon.get(address_of(told)).context, "first it is to be opened"
    shown = surgeon.post(address_of(told), follow=True)
    (deed,) = shown.context["deeds"]
    assert (deed.url, deed.until) == ("/my/objections/", Task.objects.get(subject=told.uuid, kind="object").due_on)
    assert '<a href="/my/objections/">Object to 4 proposed points</a>' in shown.content.decode()
    with time_machine.travel(OPENED + timedelta(days=60), tick=False):
        surgeon.force_login(User.objects.get(assignments__practitioner=told.practitioner))
        assert surgeon.get(address_of(told)).context["deeds"] == []


def test_pressing_it_again_another_day_changes_nothing(told: Proposal, surgeon: Client) -> None:
    surgeon.post(address_of(told))
    with time_machine.travel(OPENED + timedelta(days=3), tick=False):
        assert surgeon.post(address_of(told)).status_code == 302
    told.refresh_from_db()
    assert told.received_on == OPENED.date()
    assert told.deliveries.filter(event=Delivery.Event.RECEIVED).count() == 1


def test_a_notice_received_stands_on_the_line_of_time(told: Proposal, surgeon: Client) -> None:
    surgeon.post(address_of(told))
    line = surgeon.get("/my/").context["line"]
    assert address_of(told) in [moment.happening.url for moment in line if moment.happening]


def test_somebody_else_finds_no_such_page_and_opens_nothing(here: Desk, told: Proposal) -> None:
    nurse = signed_in(enrolled(here.town, here.nurse, number="E12345678", username="nurse"))
    assert nurse.get(address_of(told)).status_code == 404
    assert nurse.post(address_of(told)).status_code == 404
    told.refresh_from_db()
    assert told.received_on is None


def test_what_was_only_proposed_is_not_there_for_the_person(here: Desk, surgeon: Client) -> None:
    waiting = proposed(here, 4)
    assert surgeon.get(address_of(waiting)).status_code == 404
    assert surgeon.get("/my/").context["deeds"] == []
