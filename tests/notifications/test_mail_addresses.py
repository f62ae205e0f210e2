"""An address for e-mail counts once somebody opened the link sent there and pressed the button; until then nothing is
told to it."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from notifications.actions import mail_delivering
from notifications.actions.mail_addresses import confirm_address, give_address, send_link_again, take_back_address
from notifications.actions.mail_claiming import LEASE
from notifications.actions.mail_delivering import mail_due
from notifications.models import Mail, MailAddress
from notifications.queries.mail_addresses import address_of_link, addresses_of
from notifications.rules.mailing import LINKS_A_DAY, LINKS_APART
from registry.actions.errors import Refused
from registry.actions.retention import purge
from registry.ledger.days import beginning_of
from registry.models import User
from registry.queries.own_data import own_data
from tests.enrolling import compliance_officer, enrolled
from tests.notifications.addressed import LINK, link_of, with_confirmed
from tests.notifications.exchange import Ticking, announce, country
from tests.notifications.told import signed_in
from tests.town import TODAY, Town, at, score

PAGE = "/account/mail/"
OLD, NEW = "wangwei@example.cn", "wang.wei@hospital.example"
EVENING = at(TODAY, 20)
MOST_QUERIES = 15
LINK_ENDS = beginning_of(TODAY + timedelta(days=4))
"""Three days are the policy's, and the last of them is whole."""


@pytest.fixture(autouse=True)
def _with_a_mail_server() -> Iterator[None]:
    with override_settings(REGISTRY_MAIL=True, REGISTRY_ADDRESS="https://register.example"):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return country()


@pytest.fixture
def surgeon(town: Town) -> User:
    return enrolled(town)


@pytest.fixture
def clock() -> Iterator[Ticking]:
    """The clock of the acts, of the pages and of the workers."""
    ticking = Ticking(EVENING)
    with time_machine.travel(EVENING, tick=False) as travelling:
        go_on = ticking.go_on

        def both(**time: float) -> object:
            now = go_on(**time)
            travelling.move_to(now)
            return now

        with patch.object(ticking, "go_on", both):
            yield ticking


def keep(client: Client, address: str) -> None:
    assert client.post(PAGE, {"wanted": "yes", "address": address})["Location"] == PAGE


def said(client: Client) -> str:
    return client.get(PAGE).content.decode()


def scored(town: Town, clock: Ticking, number: str) -> None:
    score(town, 1, TODAY, number=number)
    announce(clock.now)
    mail_due(clock=clock)


def receivers() -> list[str]:
    return [sent.to[0] for sent in mail.outbox]


def about_notices() -> list[str]:
    """The addresses that were told of notices."""
    return [sent.to[0] for sent in mail.outbox if "/my/notices/" in str(sent.body)]


def test_an_address_waits_for_its_link_and_counts_once_the_button_is_pressed_and_not_before(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    client, stranger = signed_in(surgeon), Client(headers={"accept-language": "en"})
    assert "No address of yours is confirmed" in said(client)
    keep(client, OLD)
    page = said(client)
    assert "not confirmed" in page
    assert "until the end of March 13, 2025" in page, "the last day of the link"
    assert "Notices stand here only" in client.get("/my/notices/").content.decode()
    mail_due(clock=clock)
    scored(town, clock, "罚字1号")
    assert (receivers(), about_notices()) == ([OLD], [])
    link = link_of()
    for _scanner in range(3):  # a program that follows links confirms nothing
        with CaptureQueriesContext(connection) as asked:
            assert "Yes, this address is mine" in stranger.get(link).content.decode()
        assert len(asked) <= MOST_QUERIES
    assert "Confirmed on" not in said(client)
    scored(town, clock, "罚字2号")
    assert about_notices() == []
    answer = stranger.post(link)
    assert (answer.status_code, OLD in answer.content.decode()) == (200, False), "an address is shown masked"
    assert "w•••@example.cn" in answer.content.decode()
    assert "Confirmed on" in said(client)
    assert "Notices stand here only" not in client.get("/my/notices/").content.decode()
    scored(town, clock, "罚字3号")
    assert about_notices() == [OLD]


def test_a_mail_to_confirm_says_nothing_of_anybody_in_both_languages_and_its_code_is_kept_nowhere(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    give_address(address=OLD, by=surgeon, now=clock.now)
    assert mail_due(clock=clock) == 1
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    assert ('lang="en"' in html, 'lang="zh-Hans"' in html, " / " in sent.subject) == (True, True, True)
    for part in (sent.subject, str(sent.body), html):
        for word in (surgeon.username, "王伟", town.surgeon.code, OLD, "第一医院"):
            assert word not in part, (word, part)
    code = link_of().split("/")[-2]
    assert len(code) >= 43, "256 bits"
    with connection.cursor() as cursor:
        for table in ("notifications_mailaddress", "notifications_historicalmailaddress", "notifications_mail"):
            cursor.execute(f"SELECT string_agg(row::text, ' ') FROM {table} row")
            assert code not in (cursor.fetchone()[0] or "")
    kept = MailAddress.objects.get()
    assert (kept.digest and len(kept.digest), kept.history.count()) == (32, 1)
    assert not {"address", "digest"} & {each.name for each in kept.history.model._meta.get_fields()}


def test_a_changed_address_takes_over_once_confirmed_and_the_old_one_is_told(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    client = signed_in(with_confirmed(surgeon, OLD, now=at(TODAY, 8)))
    keep(client, NEW)
    mail_due(clock=clock)
    link = link_of()
    assert "It counts until the other one is confirmed" in said(client)
    scored(town, clock, "罚字1号")
    assert about_notices() == [OLD]
    mail.outbox.clear()
    client.post(link)
    mail_due(clock=clock)
    assert receivers() == [OLD]
    assert mail.outbox[0].subject.startswith(("不再", "No more")) or "No more" in mail.outbox[0].subject
    assert not any(word in str(mail.outbox[0].body) for word in (NEW, OLD, surgeon.username))
    scored(town, clock, "罚字2号")
    assert about_notices() == [NEW]
    mine = own_data(town.surgeon, clock.now)["addresses_for_mail"]
    assert [(each["address"], each["ending"]) for each in mine] == [(OLD, "replaced"), (NEW, "")]


def test_going_back_to_the_old_address_or_leaving_it_empty_takes_back(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    client = signed_in(with_confirmed(surgeon, OLD, now=at(TODAY, 8)))
    keep(client, NEW)
    keep(client, OLD)
    assert addresses_of(surgeon).waiting is None
    mail_due(clock=clock)
    assert receivers() == [], "the link to the other one is needed no more"
    keep(client, NEW)
    client.post(PAGE, {"act": "take_back_waiting"})
    assert addresses_of(surgeon).given == OLD
    client.post(PAGE, {"act": "take_back_counting"})
    client.post(PAGE, {"act": "take_back_counting"})  # another tab
    mail_due(clock=clock)
    assert (receivers(), addresses_of(surgeon).given) == ([OLD], "")
    with pytest.raises(Refused, match="address_of_another"):
        take_back_address(address=MailAddress.objects.earliest("pk"), by=town.officer, now=clock.now)


def test_a_link_opened_twice_is_confirmed_once_and_one_of_another_account_not_at_all(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    give_address(address=OLD, by=surgeon, now=clock.now)
    mail_due(clock=clock)
    link, other = link_of(), signed_in(compliance_officer(town))
    for answer in (other.get(link), other.post(link)):
        assert answer.status_code == 403
        assert "sent for another account" in answer.content.decode()
        assert "example.cn" not in answer.content.decode()
    assert addresses_of(surgeon).counting is None
    mine = signed_in(surgeon)
    assert [mine.post(link).status_code for _press in range(2)] == [200, 200]
    assert mine.get(link).status_code == 200
    assert "Yes, this address is mine" not in mine.get(link).content.decode()
    assert MailAddress.objects.get().history.count() == 2


def test_a_link_that_ran_out_was_replaced_or_never_was_confirms_nothing_in_the_same_words(
    surgeon: User, clock: Ticking
) -> None:
    client = signed_in(surgeon)
    give_address(address=OLD, by=surgeon, now=clock.now)
    mail_due(clock=clock)
    first = link_of()
    clock.go_on(seconds=LINKS_APART.total_seconds() + 1)
    client.post(PAGE, {"act": "again"})
    mail_due(clock=clock)
    second = link_of()
    never = "/account/mail/confirm/" + "x" * 43 + "/"
    clock.go_on(seconds=(LINK_ENDS - clock.now).total_seconds() - 1)
    assert client.get(second).status_code == 200
    clock.go_on(seconds=1)
    client.force_login(surgeon)
    told = [client.post(link) for link in (first, second, never)]
    assert [answer.status_code for answer in told] == [404] * 3
    assert len({answer.context["refused"] for answer in told}) == 1
    assert addresses_of(surgeon).counting is None
    assert "The link ran out" in said(client)
    client.post(PAGE, {"act": "again"})
    mail_due(clock=clock)
    assert client.post(link_of()).status_code == 200
    assert addresses_of(surgeon).counting is not None


def test_links_are_sent_minutes_apart_and_a_few_a_day(surgeon: User, clock: Ticking) -> None:
    client = signed_in(surgeon)
    assert "No address waits" in client.post(PAGE, {"act": "again"}).content.decode()
    keep(client, OLD)
    refused = client.post(PAGE, {"act": "again"})
    assert (refused.status_code, "just now" in refused.content.decode()) == (422, True)
    for _link in range(LINKS_A_DAY - 1):
        mail_due(clock=clock)
        clock.go_on(seconds=LINKS_APART.total_seconds() + 1)
        send_link_again(by=surgeon, now=clock.now)
    mail_due(clock=clock)
    clock.go_on(minutes=10)
    client = signed_in(surgeon)
    assert "within a day" in client.post(PAGE, {"wanted": "yes", "address": NEW}).content.decode()
    assert addresses_of(surgeon).given == OLD, "what is refused changes nothing"
    assert len(mail.outbox) == LINKS_A_DAY
    assert [client.get(f"/account/mail/confirm/{each}/").status_code for each in range(21)][-1] == 429


def test_a_mail_that_is_tried_again_has_a_link_that_holds(surgeon: User, clock: Ticking) -> None:
    give_address(address=OLD, by=surgeon, now=clock.now)
    with patch.object(mail_delivering, "report_sent", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        mail_due(clock=clock)
    clock.go_on(seconds=LEASE.total_seconds())
    assert (mail_due(clock=clock), mail_due(clock=clock)) == (1, 0)
    codes = [link_of(number).split("/")[-2] for number in (0, 1)]
    ids = {sent.extra_headers["Message-ID"] for sent in mail.outbox}
    assert (len(set(codes)), len(ids)) == (2, 2), "a mail with another link is another mail"
    with pytest.raises(Refused, match="mail_link_refused"):
        address_of_link(codes[0], None, clock.now)
    assert confirm_address(code=codes[1], by=None, now=clock.now).confirmed_at


def test_where_no_mail_is_sent_an_address_is_kept_and_waits(surgeon: User, clock: Ticking) -> None:
    client = signed_in(surgeon)
    with override_settings(REGISTRY_MAIL=False):
        keep(client, OLD)
        assert "not confirmed" in said(client)
        assert "sends no e-mail" in client.post(PAGE, {"act": "again"}).content.decode()
    assert not Mail.objects.exists()
    client.post(PAGE, {"act": "again"})
    assert mail_due(clock=clock) == 1
    assert LINK.search(str(mail.outbox[0].body))


def test_the_officer_sees_that_a_person_has_no_address_and_never_which(
    town: Town, surgeon: User, clock: Ticking
) -> None:
    client = signed_in(compliance_officer(town))
    url = f"/admin/registry/practitioner/{town.surgeon.pk}/change/"
    client.post(url, {"reason": "在册人员核对"})
    give_address(address=OLD, by=surgeon, now=clock.now)
    assert "no confirmed e-mail address" in client.get(url).content.decode()
    with_confirmed(surgeon, OLD, now=clock.now)
    page = client.get(url).content.decode()
    assert ("has a confirmed e-mail address" in page, OLD in page) == (True, False)


def test_what_was_never_confirmed_or_counts_no_more_is_forgotten_after_thirty_days(
    surgeon: User, clock: Ticking
) -> None:
    with_confirmed(surgeon, OLD, now=at(TODAY, 8))
    with_confirmed(surgeon, NEW, now=at(TODAY, 9))
    give_address(address=OLD, by=surgeon, now=clock.now)
    assert purge(now=EVENING + timedelta(days=30))["mail_addresses"] == 0
    assert purge(now=EVENING + timedelta(days=31))["mail_addresses"] == 1
    assert purge(now=LINK_ENDS + timedelta(days=31))["mail_addresses"] == 1
    assert list(MailAddress.objects.values_list("address", flat=True)) == [NEW]
    assert not Mail.objects.exclude(occasion="notice").exists()
