"""People who wish it are told by e-mail that a notice waits, surely, seldom, and without a word about anybody."""

import smtplib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from notifications.actions import mail_delivering
from notifications.actions.mail_addresses import give_address
from notifications.actions.mail_claiming import LEASE, claim_next, report_failed, report_sent
from notifications.actions.mail_delivering import mail_due
from notifications.actions.mailing import wish_mail
from notifications.actions.receipts import mark_read
from notifications.models import Mail, MailProblem, MailWish, Notice, Receipt
from notifications.queries.mail_addresses import addresses_of
from notifications.rules.mailing import APART, GATHERING
from registry.models import Assignment, User
from tests.casework import desk, received
from tests.enrolling import compliance_officer, enrolled
from tests.notifications.addressed import with_confirmed
from tests.notifications.exchange import Ticking, announce, country
from tests.notifications.pushing import administrator
from tests.notifications.told import signed_in, to_the_surgeon
from tests.town import TODAY, Town, at, score

EVENING = at(TODAY, 20)
OWED = ("waiting", "overdue")


@pytest.fixture(autouse=True)
def _with_a_mail_server() -> Iterator[None]:
    with override_settings(REGISTRY_MAIL=True, REGISTRY_ADDRESS="https://register.example"):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return country()


@pytest.fixture
def clock() -> Ticking:
    return Ticking(EVENING)


@pytest.fixture
def surgeon(town: Town) -> User:
    return with_address(enrolled(town), "wangwei@example.cn")


@pytest.fixture
def officer(town: Town) -> User:
    return told(compliance_officer(town), "he@hospital.example")


def with_address(user: User, address: str, language: str = "en") -> User:
    User.objects.filter(pk=user.pk).update(language=language)
    return with_confirmed(user, address, now=at(TODAY, 8))


def told(user: User, address: str) -> User:
    """The officer asked for mails, at an address that is confirmed."""
    wish_mail(user=with_confirmed(user, address, now=at(TODAY, 8)), wanted=True, address=address, now=at(TODAY, 9))
    return user


def scored(town: Town, clock: Ticking, points: int = 3, number: str = "罚字1号") -> None:
    """The surgeon gets points, and whoever is told of it has a notice."""
    score(town, points, TODAY, number=number)
    announce(clock.now)


def letters() -> list[EmailMultiAlternatives]:
    return [each for each in mail.outbox if isinstance(each, EmailMultiAlternatives)]


def parts(letter: EmailMultiAlternatives) -> list[str]:
    """The plain text and the HTML."""
    return [str(letter.body), *(str(each[0]) for each in letter.alternatives)]


def states() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("state", flat=True))


def test_the_surgeon_gets_one_mail_for_each_notice_with_its_number_and_where_it_is_read(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    scored(town, clock)
    scored(town, clock, number="罚字2号")
    assert mail_due(clock=clock) == 2
    assert [letter.to for letter in letters()] == [["wangwei@example.cn"]] * 2
    notice = to_the_surgeon(town)
    text = parts(letters()[-1])
    assert f"CN-2025-{notice.pk:07d}" in letters()[-1].subject
    for part in text:
        assert f"CN-2025-{notice.pk:07d}" in part
        assert f"https://register.example/my/notices/{notice.uuid}/" in part
    assert states() == ["sent", "sent"]
    assert mail_due(clock=clock) == 0


def test_a_mail_says_nothing_about_anybody_and_no_points(
    town: Town, surgeon: User, officer: User, clock: Ticking
) -> None:
    scored(town, clock, points=12)
    mail_due(clock=clock)
    clock.go_on(minutes=5)
    mail_due(clock=clock)
    assert {letter.to[0] for letter in letters()} == {"wangwei@example.cn", "he@hospital.example"}
    for letter in letters():
        for part in [letter.subject, *parts(letter)]:
            for word in ("王伟", town.surgeon.code, "第一医院", "points", "erminat", "记分", "终止", "罚字"):
                assert word not in part, (word, part)


def test_a_mail_about_a_window_says_when_it_ends(town: Town, surgeon: User, clock: Ticking) -> None:
    proposal = received(desk(town), 3)
    announce(at(TODAY, 21))
    clock.now = at(TODAY, 21)
    mail_due(clock=clock)
    due = proposal.tasks.get(kind="object").due_on
    assert due is not None
    told = [parts(letter)[0] for letter in letters()]
    assert any(f"until the end of {due:%B} {due.day}, {due.year}" in text for text in told), told


def test_whoever_chose_a_language_gets_that_one_and_others_get_both(town: Town, surgeon: User, clock: Ticking) -> None:
    scored(town, clock)
    mail_due(clock=clock)
    with_address(surgeon, "wangwei@example.cn", language="")
    scored(town, clock, number="罚字2号")
    mail_due(clock=clock)
    english, both = (parts(letter) for letter in letters())
    assert all('lang="en"' in each[1] for each in (english, both))
    assert ["zh-Hans" in each[1] for each in (english, both)] == [False, True]


@pytest.mark.parametrize("why", ["no address", "no wish", "no active account", "no mail server"])
def test_nothing_is_owed_to_who_is_not_told_by_mail(town: Town, surgeon: User, clock: Ticking, why: str) -> None:
    if why == "no address":
        give_address(address="", by=surgeon, now=EVENING)
    elif why == "no wish":
        wish_mail(user=surgeon, wanted=False, address="wangwei@example.cn", now=EVENING)
    elif why == "no active account":
        User.objects.filter(pk=surgeon.pk).update(is_active=False)
    with override_settings(REGISTRY_MAIL=why != "no mail server"):
        scored(town, clock)
    assert to_the_surgeon(town)
    assert not Mail.objects.filter(occasion="notice").exists()


def test_an_officer_is_told_only_after_asking_for_it(town: Town, clock: Ticking) -> None:
    officer = with_address(compliance_officer(town), "he@hospital.example")
    scored(town, clock)
    assert not Mail.objects.exists()
    wish_mail(user=officer, wanted=True, address="he@hospital.example", now=EVENING)
    scored(town, clock, number="罚字2号")
    assert list(Mail.objects.values_list("user__username", flat=True)) == ["he"]


def test_an_officer_gets_one_mail_in_a_quarter_of_an_hour_that_counts_what_waits(
    town: Town, officer: User, clock: Ticking
) -> None:
    for number in range(3):
        scored(town, clock, points=1, number=f"罚字{number}号")
    assert mail_due(clock=clock) == 0  # they are gathered first
    clock.go_on(seconds=GATHERING.total_seconds())
    assert mail_due(clock=clock) == 1
    scored(town, clock, points=1, number="罚字9号")
    for _minute in range(14):
        clock.go_on(minutes=1)
        assert mail_due(clock=clock) == 0
    clock.go_on(minutes=1)
    assert mail_due(clock=clock) == 1
    waiting = Notice.objects.filter(institution=town.hospital).count()
    first, second = (int(letter.subject.split()[0]) for letter in with_english(letters()))
    assert (first + second, second) == (waiting, 1)
    assert timedelta(minutes=15) == APART


def with_english(found: list[EmailMultiAlternatives]) -> Iterator[Any]:
    """The letters with the English half of the subject."""
    for letter in found:
        letter.subject = str(letter.subject).rpartition(" / ")[2]
        yield letter


def test_what_was_read_meanwhile_needs_no_mail(town: Town, surgeon: User, officer: User, clock: Ticking) -> None:
    scored(town, clock)
    for notice in Notice.objects.filter(pk__in=Mail.objects.values("notice")):
        mark_read(notice=notice, by=officer, now=clock.now)
    clock.go_on(minutes=3)
    mail_due(clock=clock)
    assert not mail.outbox
    assert set(states()) == {"withdrawn"}


def test_who_leaves_or_says_no_before_it_is_sent_gets_none(
    town: Town, surgeon: User, officer: User, clock: Ticking
) -> None:
    scored(town, clock)
    Assignment.objects.filter(user=officer).update(ends_on=TODAY)
    wish_mail(user=surgeon, wanted=False, address="wangwei@example.cn", now=clock.now)
    clock.go_on(minutes=3)
    mail_due(clock=clock)
    assert not mail.outbox
    assert set(states()) == {"withdrawn"}


def test_a_mail_is_no_receipt(town: Town, surgeon: User, clock: Ticking) -> None:
    scored(town, clock)
    mail_due(clock=clock)
    assert mail.outbox
    assert not Receipt.objects.exists()


# what goes wrong ------------------------------------------------------------------------------------------------------


class Dead(BaseException):
    """The process dies here."""


def die(*_: Any, **__: Any) -> None:
    raise Dead


@pytest.mark.parametrize("where", ["send_message", "report_sent"])
def test_a_process_that_dies_loses_nothing_and_the_mail_comes_again_under_the_same_id(
    town: Town, surgeon: User, officer: User, clock: Ticking, where: str
) -> None:
    scored(town, clock)
    clock.go_on(minutes=3)
    for _user in ("wangwei", "he"):
        with patch.object(mail_delivering, where, die), pytest.raises(Dead):
            mail_due(clock=clock)
    before = len(mail.outbox)
    assert mail_due(clock=clock) == 0  # in the hands of who died
    clock.go_on(seconds=LEASE.total_seconds())
    scored(town, clock, number="罚字2号")  # joins no mail that was tried already
    assert mail_due(clock=clock) == 3
    ids = [letter.extra_headers["Message-ID"] for letter in letters()]
    assert set(ids[:before]) <= set(ids[before:])
    assert len(set(ids)) == 3
    gathered = Mail.objects.filter(gathered=True, state="sent").values_list("fence", flat=True)
    assert set(gathered) == {2}
    assert set(Mail.objects.filter(gathered=True, state="waiting").values_list("fence", flat=True)) == {0}


def test_a_server_that_is_away_is_asked_once_in_a_run_and_later_again(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    scored(town, clock)
    scored(town, clock, number="罚字2号")
    with patch.object(EmailMultiAlternatives, "send", side_effect=ConnectionRefusedError):
        assert mail_due(clock=clock) == 1
        assert mail_due(clock=clock) == 1
        assert mail_due(clock=clock) == 0
    assert set(Mail.objects.values_list("state", "failures", "problem")) == {("waiting", 1, "unreachable")}
    clock.go_on(seconds=6)
    assert mail_due(clock=clock) == 2
    assert states() == ["sent", "sent"]


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (smtplib.SMTPRecipientsRefused({"wangwei@example.cn": (550, b"no such user")}), "address"),
        (smtplib.SMTPAuthenticationError(535, b"no"), "configured"),
        (smtplib.SMTPDataError(554, b"no"), "refused"),
        (smtplib.SMTPServerDisconnected(), "broken"),
        (TimeoutError(), "unreachable"),
    ],
)
def test_why_a_mail_failed_is_kept_without_what_the_server_said(
    town: Town, surgeon: User, clock: Ticking, error: Exception, problem: str
) -> None:
    scored(town, clock)
    with patch.object(EmailMultiAlternatives, "send", side_effect=error):
        mail_due(clock=clock)
    row = Mail.objects.get()
    assert (row.problem, row.failures, row.sent_at) == (problem, 1, None)


def test_what_is_owed_for_75_hours_is_overdue_and_goes_on_daily(town: Town, surgeon: User, clock: Ticking) -> None:
    scored(town, clock)
    with patch.object(EmailMultiAlternatives, "send", side_effect=ConnectionRefusedError):
        clock.go_on(hours=75)
        mail_due(clock=clock)
    row = Mail.objects.get()
    assert (row.state, row.next_at) == ("overdue", clock.now + timedelta(days=1))
    clock.go_on(days=1)
    mail_due(clock=clock)
    assert states() == ["sent"]


def test_who_comes_back_after_the_lease_reports_in_vain(town: Town, surgeon: User, clock: Ticking) -> None:
    scored(town, clock)
    slow = claim_next(now=clock.now)
    assert slow is not None
    assert claim_next(now=clock.now) is None
    clock.go_on(seconds=LEASE.total_seconds())
    quick = claim_next(now=clock.now)
    assert quick is not None
    assert not report_failed(slow, MailProblem.BROKEN, now=clock.now, chance=0.5)
    assert not report_sent(slow, list(slow.mails), now=clock.now)
    assert report_sent(quick, list(quick.mails), now=clock.now)


def test_an_administrator_sees_on_the_board_what_does_not_go_out_and_no_address(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    scored(town, clock)
    with patch.object(EmailMultiAlternatives, "send", side_effect=ConnectionRefusedError):
        mail_due(clock=clock)
    with time_machine.travel(clock.now, tick=False):
        board = signed_in(administrator()).get("/admin/delivery/").content.decode()
        assert "no connection to the mail server" in board
        assert "@example.cn" not in board
        assert "no connection to" not in signed_in(town.officer).get("/admin/delivery/").content.decode()


# the wish -------------------------------------------------------------------------------------------------------------

PAGE = "/account/mail/"


@pytest.fixture
def _that_evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.mark.usefixtures("_that_evening")
def test_the_surgeon_says_on_a_page_of_the_account_whether_and_where_to(town: Town, surgeon: User) -> None:
    client = signed_in(surgeon)
    page = client.get(PAGE)
    assert (page.status_code, page.context["form"].initial) == (200, {"wanted": "yes", "address": "wangwei@example.cn"})
    assert client.post(PAGE, {"wanted": "no", "address": ""})["Location"] == PAGE
    assert (addresses_of(surgeon).given, MailWish.objects.get().wanted) == ("", False)
    assert PAGE in client.get("/my/data/").content.decode()


@pytest.mark.usefixtures("_that_evening")
@pytest.mark.parametrize("address", ["", "wang wei", "a@b@c", "x@example.cn\nBcc: y@example.cn"])
def test_a_wish_needs_an_address_that_is_one(town: Town, surgeon: User, address: str) -> None:
    client = signed_in(surgeon)
    refused = client.post(PAGE, {"wanted": "yes", "address": address})
    assert refused.status_code == 422
    assert "address" in refused.context["form"].errors
    assert not MailWish.objects.exists()


@pytest.mark.usefixtures("_that_evening")
def test_an_officer_has_not_asked_for_mail_until_then(town: Town) -> None:
    client = signed_in(with_address(compliance_officer(town), "he@hospital.example"))
    assert client.get(PAGE).context["form"].initial["wanted"] == "no"
    client.post(PAGE, {"wanted": "yes", "address": "he@hospital.example"})
    assert MailWish.objects.get().wanted
    assert Client().get(PAGE).status_code == 302


# many at once ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed")
def test_many_workers_at_once_send_each_mail_once_and_no_second_one_to_an_officer() -> None:
    town, clock = country(), Ticking(EVENING)
    with_address(enrolled(town), "wangwei@example.cn")
    told(compliance_officer(town), "he@hospital.example")
    for number in range(6):
        scored(town, clock, points=1, number=f"罚字{number}号")
    clock.go_on(minutes=3)

    def work(_: int) -> int:
        with closing(connection):
            return mail_due(clock=clock)

    with ThreadPoolExecutor(8) as workers:
        tries = sum(workers.map(work, range(8)))
    to_the_person = Notice.objects.filter(practitioner=town.surgeon).count()
    assert tries == len(mail.outbox) == to_the_person + 1
    assert [letter.to[0] for letter in letters()].count("wangwei@example.cn") == to_the_person
    assert set(states()) == {"sent"}
