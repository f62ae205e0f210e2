"""Once a week an officer reads by e-mail how many need an eye at the institution, and nothing about anybody."""

from collections.abc import Iterator
from datetime import date, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.test.utils import override_settings

from notifications.actions import background, digests
from notifications.actions.mail_addresses import take_back_address
from notifications.actions.mail_claiming import claim_next
from notifications.actions.mail_delivering import mail_due
from notifications.models import DigestWish, Mail, Notice
from notifications.queries.digests import week_of, without_digest
from notifications.queries.mail_addresses import addresses_of
from registry.actions.errors import Refused
from registry.actions.people import register_practitioner
from registry.actions.registrations import register_at
from registry.actions.talks import TALKS
from registry.models import Assignment, Institution, Role, Task, User
from tests.actions.talking import look
from tests.appeals.disputes import objected
from tests.casework import desk, received
from tests.enrolling import compliance_officer
from tests.notifications.addressed import with_confirmed
from tests.notifications.exchange import Ticking, announce, country
from tests.notifications.told import signed_in
from tests.town import LAW_BEGINS, TODAY, Town, at, score

MONDAY = TODAY + timedelta(days=7)
ADDRESS = "he@hospital.example"


@pytest.fixture(autouse=True)
def _with_a_mail_server() -> Iterator[None]:
    with override_settings(REGISTRY_MAIL=True, REGISTRY_ADDRESS="https://register.example"):
        yield


@pytest.fixture
def town(db: None) -> Town:
    """One at the hospital is near the threshold; whoever else is asked for comes later."""
    town = country()
    score(town, 7, TODAY, who=town.nurse)
    return town


@pytest.fixture
def officer(town: Town) -> User:
    user = compliance_officer(town)
    User.objects.filter(pk=user.pk).update(language="en")
    return with_confirmed(user, ADDRESS, now=at(TODAY, 8))


def run(day: date = MONDAY, hour: int = 8) -> int:
    """What beat asks for at this hour; how many mails went out."""
    clock, before = Ticking(at(day, hour)), len(mail.outbox)
    background.digests(clock=clock)
    mail_due(clock=clock)
    return len(mail.outbox) - before


def last() -> list[str]:
    """The subject, the text and the HTML of the last mail."""
    sent = mail.outbox[-1]
    return [str(sent.subject), str(sent.body), str(getattr(sent, "alternatives")[0][0])]  # noqa: B009


def busy(town: Town) -> None:
    """Somebody is suspended, and a talk, an objection and notices wait."""
    objected(received(desk(town), 3, number="罚字7号"), "王伟没有主刀")
    late = register_practitioner(
        code="D51010000000077", name="赵敏", category="physician", by=town.officer, now=at(LAW_BEGINS)
    )
    register_at(practitioner=late, institution=town.hospital, starts_on=LAW_BEGINS, by=town.officer, now=at(LAW_BEGINS))
    score(town, 9, TODAY, who=late)
    look(TODAY, 13)
    announce(at(TODAY, 20))


def test_the_officer_reads_on_monday_how_many_and_nothing_about_anybody(town: Town, officer: User) -> None:
    busy(town)
    april = date(2025, 4, 14)  # a Monday; the suspension has begun and the talks are overdue but for one
    talk = Task.objects.filter(institution=town.hospital, kind__in=TALKS, state="open").first()
    assert talk is not None
    Task.objects.filter(pk=talk.pk).update(due_on=april)
    unread = Notice.objects.filter(institution=town.hospital).count()
    assert run(april, hour=7) == 0
    assert run(april) == 1
    assert mail.outbox[-1].to == [ADDRESS]
    for part in last()[1:]:
        for line in (
            "1 person is near the threshold of a suspension.",
            "1 person is suspended.",
            "1 objection waits for the countersignature of the institution.",
            "5 talks are owed; overdue: 4.",
            f"Unread notices to the institution: {unread}.",
            "sanctioned this year: 33.3%; measures against the institution from 20% / 50%.",
            "https://register.example/admin/",
            "https://register.example/account/mail/",
        ):
            assert line in part, (line, part)
    people = [(person.name, person.code) for person in (town.surgeon, town.nurse)]
    for word in ("赵敏", "D51010000000077", "罚字", "points", "记分", *(each for pair in people for each in pair)):
        assert not any(word in part for part in last()), word


def test_however_often_and_wherever_it_runs_there_is_one_for_a_week(town: Town, officer: User) -> None:
    read_before = list(without_digest(MONDAY))
    assert read_before == [officer.pk]
    assert [run(), run(), run(hour=23)] == [1, 0, 0]
    with patch.object(
        digests, "without_digest", lambda _today: read_before
    ):  # another run that looked at the same time
        digests.owe_digests(now=at(MONDAY, 8))
    digests.wish_digest(user=officer, weekday=3, now=at(MONDAY, 12))
    assert run(MONDAY + timedelta(days=3)) == 0
    row = Mail.objects.get()
    assert (row.occasion, row.week, row.state) == ("digest", MONDAY, "sent")
    assert run(MONDAY + timedelta(days=10)) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(
            user=officer, occasion="digest", week=MONDAY, gathered=False, since=at(MONDAY), next_at=at(MONDAY)
        )


def test_where_there_is_nothing_to_say_there_is_no_mail(town: Town, officer: User) -> None:
    Assignment.objects.filter(user=officer).update(institution=town.clinic)  # the one near is of the hospital
    assert run() == 0
    assert Mail.objects.get().state == "withdrawn"
    assert run() == 0


@pytest.mark.parametrize("why", ["no address", "not confirmed", "no digest", "Tuesday", "left", "closed", "no server"])
def test_no_digest_is_owed_to_who_is_not_to_have_it(town: Town, officer: User, why: str) -> None:
    change(officer, why)
    with override_settings(REGISTRY_MAIL=why != "no server"):
        assert background.digests(clock=Ticking(at(MONDAY, 8))) == 0
    assert not Mail.objects.filter(occasion="digest").exists()
    if why == "Tuesday":
        assert [run(), run(MONDAY + timedelta(days=1))] == [0, 1]


@pytest.mark.parametrize("why", ["no address", "no digest", "left", "closed", "a later one"])
def test_what_is_owed_and_is_needed_no_more_does_not_go_out(town: Town, officer: User, why: str) -> None:
    digests.owe_digests(now=at(MONDAY, 8))
    if why == "a later one":
        digests.owe_digests(now=at(MONDAY + timedelta(days=7), 8))
        assert mail_due(clock=Ticking(at(MONDAY + timedelta(days=7), 9))) == 2
    else:
        change(officer, why)
        mail_due(clock=Ticking(at(MONDAY, 9)))
    assert len(mail.outbox) == (why == "a later one")
    assert Mail.objects.get(week=MONDAY).state == "withdrawn"


def change(officer: User, why: str) -> None:
    """Why the officer is to have none any more."""
    if why == "no address":
        counting = addresses_of(officer).counting
        assert counting is not None
        take_back_address(address=counting, by=officer, now=at(TODAY, 9))
        Mail.objects.filter(occasion="ended").delete()
    elif why == "not confirmed":
        officer.mail_addresses.update(confirmed_at=None)
    elif why in ("no digest", "Tuesday"):
        digests.wish_digest(user=officer, weekday=1 if why == "Tuesday" else None, now=at(TODAY, 9))
    elif why == "left":
        Assignment.objects.filter(user=officer).update(ends_on=MONDAY)
    elif why == "closed":
        User.objects.filter(pk=officer.pk).update(is_active=False)


def test_what_another_role_of_the_officer_sees_is_not_counted(town: Town, officer: User) -> None:
    """Who is of the agency, too, sees the whole region in the office; the digest is of the institution."""
    Assignment.objects.filter(user=officer).update(institution=town.clinic)
    Assignment.objects.create(user=officer, role=Role.AGENCY_OFFICER, agency=town.agency, starts_on=LAW_BEGINS)
    assert run() == 0


def test_it_is_claimed_and_tried_again_as_other_mails_are(town: Town, officer: User) -> None:
    digests.owe_digests(now=at(MONDAY, 8))
    claim = claim_next(now=at(MONDAY, 8))
    assert claim is not None
    assert [mail.occasion for mail in claim.mails] == ["digest"]
    assert claim_next(now=at(MONDAY, 8)) is None
    assert mail_due(clock=Ticking(at(MONDAY, 9))) == 1  # the lease is over
    assert str(claim.mails[0].uuid) in mail.outbox[0].extra_headers["Message-ID"]


def test_who_chose_no_language_reads_it_in_both(town: Town, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(language="")
    assert run() == 1
    assert 'lang="en"' in last()[2]
    assert 'lang="zh-Hans"' in last()[2]
    assert "1 person is near" in last()[1]


def test_the_officer_reads_it_and_chooses_the_day_on_pages(town: Town, officer: User) -> None:
    with time_machine.travel(at(MONDAY), tick=False):
        client = signed_in(officer)
        assert "/account/mail/digest/" in client.get("/account/mail/").content.decode()
        assert "/account/mail/digest/" in client.get("/admin/").content.decode()
        page = client.get("/account/mail/digest/")
        assert "1 person is near" in page.content.decode()
        assert '<option value="0" selected>' in page.content.decode()
        assert client.post("/account/mail/digest/", {"weekday": "4"}).status_code == 302
        assert DigestWish.objects.get().weekday == 4
        for wrong in ({"weekday": "7"}, {"weekday": ""}, {}):
            assert client.post("/account/mail/digest/", wrong).status_code == 422
        assert DigestWish.objects.get().weekday == 4
        client.post("/account/mail/digest/", {"weekday": "none"})
        assert DigestWish.objects.get().weekday is None
        assert '<option value="none" selected>' in client.get("/account/mail/").content.decode()


def test_nobody_else_is_asked_for_a_day(town: Town) -> None:
    reviewer, _ = User.objects.get_or_create(username="reviewer")
    Assignment.objects.create(user=reviewer, role=Role.REVIEWER, agency=town.agency, starts_on=LAW_BEGINS)
    with time_machine.travel(at(MONDAY), tick=False):
        client: Client = signed_in(reviewer)
        assert "/account/mail/digest/" not in client.get("/account/mail/").content.decode()
        assert client.get("/account/mail/digest/").status_code == 403
        assert client.post("/account/mail/digest/", {"weekday": "1"}).status_code == 403
    with pytest.raises(Refused, match="compliance officers"):
        digests.wish_digest(user=reviewer, weekday=1, now=at(MONDAY))
    assert not DigestWish.objects.exists()


def test_of_several_institutions_the_highest_share_is_told(town: Town, officer: User) -> None:
    busy(town)
    for place in (town.clinic, town.pharmacy):
        Assignment.objects.create(user=officer, role=Role.COMPLIANCE_OFFICER, institution=place, starts_on=LAW_BEGINS)
    assert run(date(2025, 4, 14)) == 1
    assert "this year: 33.3%" in last()[1]
    assert not any(name in last()[1] for name in Institution.objects.values_list("name", flat=True))


def test_a_week_begins_on_monday() -> None:
    assert {week_of(MONDAY + timedelta(days=each)) for each in range(7)} == {MONDAY}
    assert week_of(date(2026, 1, 1)) == date(2025, 12, 29)
