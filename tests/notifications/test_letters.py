"""A notice as a letter on paper: what stands on it, who may print it, and how one finds out that it is genuine."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import translation

from notifications.models import Notice, Receipt
from notifications.queries.printed import check_url, code_of, notice_of, number_of
from registry.models import AccessRecord, Assignment, Authority, Role, User
from registry.models.paper_codes import CHARACTERS
from tests.actions.deeds import annul
from tests.casework import desk, received
from tests.enrolling import compliance_officer, enrolled
from tests.notifications.exchange import announce, country
from tests.notifications.told import scored_and_told, signed_in, to_the_surgeon
from tests.town import LAW_BEGINS, TODAY, Town, at, score


@pytest.fixture(autouse=True)
def _english_and_that_evening() -> Iterator[None]:
    with translation.override("en"), time_machine.travel(at(TODAY, 21), tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return country()


@pytest.fixture
def surgeon(town: Town) -> Client:
    return signed_in(enrolled(town))


def own(notice: Notice) -> str:
    return f"/my/notices/{notice.uuid}/print/"


def in_the_office(notice: Notice) -> str:
    return f"/admin/notices/{notice.pk}/print/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# the letter -----------------------------------------------------------------------------------------------------------


def test_the_letter_says_who_what_by_which_provision_and_who_decided(town: Town, surgeon: Client) -> None:
    score(town, 10, TODAY)
    announce()
    notice = to_the_surgeon(town)
    found = text(surgeon, own(notice))
    for words in (
        f"No. CN-2025-{notice.pk:07d}",
        "To 王伟 (personal code",
        "10 points recorded.",
        "4-99",
        "10 points, total of 2025: 10. From 9 on a person is suspended",
        "Guiding Opinion",
        "firm: stated by the national authority",
        "You may appeal against it",
        "市医保中心",
        "March 10, 2025",
    ):
        assert words in found, words


def test_printing_is_reading(town: Town, surgeon: Client) -> None:
    scored_and_told(town)
    text(surgeon, own(to_the_surgeon(town)))
    assert Receipt.objects.get().kind == "read"


def test_a_notice_that_opens_a_window_says_until_when_and_by_which_provision(town: Town, surgeon: Client) -> None:
    due = received(desk(town), 3).tasks.get(kind="object").due_on
    assert due is not None
    announce()
    notice = Notice.objects.filter(practitioner=town.surgeon, event__deadline__kind="object").get()
    found = text(surgeon, own(notice))
    assert f"until {due:%B} {due.day}, {due.year}, 24:00 in Shanghai: 10 working days" in found
    assert "An objection names each point that is disputed" in found
    assert "local: differs by region" in found


def test_a_notice_that_was_corrected_says_so_and_by_which(town: Town, surgeon: Client) -> None:
    entry = score(town, 3, TODAY)
    announce()
    earlier = to_the_surgeon(town)
    annul(town, entry, TODAY)
    announce()
    later = to_the_surgeon(town)
    assert f"No. {number_of(later)} of March 10, 2025" in text(surgeon, own(earlier))
    found = text(surgeon, own(later))
    assert f"No. {number_of(earlier)} of March 10, 2025" in found
    assert "You may appeal" not in found


def test_a_letter_names_the_day_of_what_happened_once(town: Town, surgeon: Client) -> None:
    score(town, 3, TODAY)
    received(desk(town), 3, number="罚字8号")
    announce()
    of_days, of_windows = (
        [text(surgeon, own(each)) for each in Notice.objects.filter(practitioner=town.surgeon, **{which: False})]
        for which in ("event__change__isnull", "event__deadline__isnull")
    )
    assert [("Counts from" in each, "Happened on" in each) for each in of_days] == [(True, False)] * len(of_days)
    assert ["Happened on" in each for each in of_windows] == [True] * len(of_windows)
    assert of_days
    assert of_windows


def test_every_notice_of_a_long_story_can_be_printed(town: Town, surgeon: Client) -> None:
    entry = score(town, 9, TODAY)
    received(desk(town), 3, number="罚字8号")
    annul(town, entry, TODAY)
    announce()
    assert Notice.objects.filter(practitioner=town.surgeon).count() > 2
    for notice in Notice.objects.filter(practitioner=town.surgeon):
        assert number_of(notice) in text(surgeon, own(notice))


def test_the_hospital_prints_whom_its_notice_is_about_and_the_look_is_kept(town: Town) -> None:
    scored_and_told(town)
    officer = signed_in(compliance_officer(town))
    notice = Notice.objects.filter(institution=town.hospital, event__change__isnull=False).get()
    page = text(officer, f"/admin/notifications/notice/{notice.pk}/change/")
    assert in_the_office(notice) in page
    looks = AccessRecord.objects.count()
    found = text(officer, in_the_office(notice))
    assert "To 第一医院:" in found
    assert f"王伟 · {town.surgeon.code}" in found
    assert AccessRecord.objects.count() == looks + 1


def test_a_health_authority_prints_what_it_was_told(town: Town) -> None:
    scored_and_told(town)
    health = Authority.objects.get(kind="health", region_id="510000")
    notice = Notice.objects.get(authority=health)
    officer = signed_in(holding(Role.HEALTH_OR_DRUG_OFFICER, authority=health))
    assert number_of(notice) in text(officer, in_the_office(notice))


def test_nobody_prints_what_was_told_to_somebody_else(town: Town, surgeon: Client) -> None:
    scored_and_told(town)
    mine = to_the_surgeon(town)
    theirs = Notice.objects.filter(institution=town.hospital, event__change__isnull=False).get()
    nurse = signed_in(enrolled(town, town.nurse, number="E12345678", username="lina"))
    agency = signed_in(holding(Role.AGENCY_OFFICER, agency=town.agency))
    reviewer = signed_in(holding(Role.REVIEWER, agency=town.agency))
    assert surgeon.get(own(theirs)).status_code == 404
    assert nurse.get(own(mine)).status_code == 404
    for client in (agency, reviewer):
        assert client.get(in_the_office(theirs)).status_code == 404
    assert Client().get(own(mine)).status_code == 302
    assert not Receipt.objects.exists()


def test_an_auditor_gives_a_reason_before_the_letter_is_shown(town: Town) -> None:
    scored_and_told(town)
    notice = to_the_surgeon(town)
    asked = signed_in(holding(Role.AUDITOR)).get(in_the_office(notice))
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("admin:open_file", args=[town.surgeon.pk]))
    assert not Receipt.objects.exists()


def holding(role: Role, **place: object) -> User:
    user = User.objects.create_user(f"{role}-only")
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **place)
    return user


# whether it is genuine ------------------------------------------------------------------------------------------------


def check(notice: Notice) -> str:
    return check_url(notice, "")


def test_whoever_holds_the_paper_learns_that_it_is_genuine_and_nothing_about_anybody(
    town: Town, surgeon: Client
) -> None:
    score(town, 12, TODAY)
    announce()
    notice = to_the_surgeon(town)
    assert f"http://testserver{check(notice)}" in text(surgeon, own(notice))
    stranger = Client(headers={"accept-language": "en"})
    found = text(stranger, check(notice))
    for words in ("This notice is genuine", number_of(notice), "March 10, 2025", "has not been corrected"):
        assert words in found
    for words in ("王伟", town.surgeon.code, "第一医院", "市医保中心", "erminat", "points", str(notice.uuid)):
        assert words not in found
    assert not Receipt.objects.exclude(by__username="wangwei").exists()


def test_the_check_says_that_a_notice_was_corrected_since(town: Town) -> None:
    entry = score(town, 3, TODAY)
    announce()
    earlier = to_the_surgeon(town)
    annul(town, entry, date(2025, 3, 20))
    announce(at(date(2025, 3, 20), 20))
    stranger = Client(headers={"accept-language": "en"})
    assert "It was corrected on March 20, 2025" in text(stranger, check(earlier))
    assert "has not been corrected" in text(stranger, check(to_the_surgeon(town)))


def test_a_code_is_of_one_notice_and_is_typed_as_one_likes(town: Town) -> None:
    scored_and_told(town)
    first, second = Notice.objects.order_by("pk")[:2]
    number, _dash, proof = code_of(first).partition("-")
    assert set(proof.replace("-", "")) <= set(CHARACTERS)
    assert len(proof.replace("-", "")) == 20
    assert notice_of(f"{number}-{proof.lower().replace('-', '')}") == first
    assert notice_of(f"{second.pk}-{proof}") is None
    altered = ("3" if proof[0] != "3" else "4") + proof[1:]
    for wrong in (f"{number}-{altered}", f"{number}-{proof}3", number, f"{number}-", f"-{proof}", "９-AAA", "9" * 40):
        assert notice_of(wrong) is None, wrong


def test_the_code_outlives_the_keys_that_are_exchanged(town: Town) -> None:
    scored_and_told(town)
    notice = to_the_surgeon(town)
    before = code_of(notice)
    with override_settings(SECRET_KEY="another" * 9, REGISTRY_DOCUMENT_KEYS={2: bytes(32)}):
        assert notice_of(before) == notice
    with override_settings(REGISTRY_CHAIN_KEY="AAAA"):
        assert notice_of(before) is None


def test_who_guesses_is_stopped_and_who_reads_real_papers_is_not(town: Town) -> None:
    scored_and_told(town)
    right, wrong = check(to_the_surgeon(town)), "/notices/verify/1-AAAAA-AAAAA-AAAAA-AAAAA/"
    with override_settings(REGISTRY_SIGN_INS_PER_ADDRESS=3):
        stranger = Client(headers={"accept-language": "en"})
        for _paper in range(5):
            assert stranger.get(right).status_code == 200
        assert [stranger.get(wrong).status_code for _ in range(4)] == [404, 404, 404, 429]
        stopped = stranger.get(right)
        assert (stopped.status_code, stopped["Retry-After"]) == (429, "900")
        elsewhere = Client(REMOTE_ADDR="192.0.2.77")
        assert elsewhere.get(right).status_code == 200
