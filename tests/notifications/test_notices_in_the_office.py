"""The office of whoever was told: the list of notices, the page of one, and what is done with it."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notifications.models import FollowUp, Notice, Receipt
from registry.models import AccessRecord, Assignment, Authority, Role, User
from tests.notifications.exchange import announce, country
from tests.notifications.told import scored_and_told, signed_in
from tests.town import LAW_BEGINS, TODAY, Town, at, score

LIST = "/admin/notifications/notice/"
MOST = 15


@pytest.fixture(autouse=True)
def _english_and_that_evening() -> Iterator[None]:
    with translation.override("en"), time_machine.travel(at(TODAY, 21), tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    found = country()
    scored_and_told(found)
    return found


def holding(role: Role, **place: object) -> Client:
    """Somebody who holds the role and no other."""
    user = User.objects.create_user(f"{role}-{'-'.join(map(str, place.values()))}"[:100])
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **place)
    return signed_in(user)


def to(**recipient: object) -> Notice:
    return Notice.objects.filter(event__change__isnull=False, **recipient).latest("pk")


def page_of(notice: Notice) -> str:
    return f"{LIST}{notice.pk}/change/"


def act(notice: Notice, name: str) -> str:
    return f"/admin/notices/{notice.pk}/{name}/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_compliance_officer_reads_and_acknowledges_what_the_hospital_was_told(town: Town) -> None:
    officer, notice = holding(Role.COMPLIANCE_OFFICER, institution=town.hospital), to(institution=town.hospital)
    assert "unread notices to us" in text(officer, "/admin/")
    assert page_of(notice) in text(officer, f"{LIST}?taken=unread")
    assert "3 points recorded." in text(officer, page_of(notice))
    assert ">unread<" not in text(officer, page_of(notice))
    assert page_of(notice) not in text(officer, f"{LIST}?taken=unread")
    assert page_of(notice) in text(officer, f"{LIST}?taken=unacknowledged")
    assert officer.post(act(notice, "acknowledge"), {"step": "form"})["Location"] == page_of(notice)
    assert page_of(notice) not in text(officer, f"{LIST}?taken=unacknowledged")
    assert sorted(Receipt.objects.values_list("kind", flat=True)) == ["acknowledged", "read"]


def test_opening_a_notice_is_a_look_into_the_file_and_kept_as_one(town: Town) -> None:
    officer = holding(Role.AGENCY_OFFICER, agency=town.agency)
    text(officer, page_of(to(agency=town.agency)))
    assert AccessRecord.objects.get().practitioner == town.surgeon


def test_an_auditor_gives_a_reason_reads_everything_and_takes_note_of_nothing(town: Town) -> None:
    auditor, notice = holding(Role.AUDITOR), to(institution=town.hospital)
    asked = auditor.get(page_of(notice))
    assert asked.status_code == 302
    led = auditor.post(asked["Location"], {"reason": "年度审计抽查通报情况", "step": "form"})
    assert led["Location"] == page_of(notice)
    assert "We know of it" not in text(auditor, page_of(notice))
    assert not Receipt.objects.exists()
    assert auditor.post(act(notice, "acknowledge"), {"step": "form"}).status_code == 403


def test_what_was_told_to_another_body_is_not_there(town: Town) -> None:
    health = Authority.objects.get(kind="health", region_id="510000")
    strangers = {
        holding(Role.COMPLIANCE_OFFICER, institution=town.clinic): to(institution=town.hospital),
        holding(Role.AGENCY_OFFICER, agency=town.agency): to(institution=town.hospital),
        holding(Role.HEALTH_OR_DRUG_OFFICER, authority=health): to(agency=town.agency),
    }
    for client, notice in strangers.items():
        assert client.get(page_of(notice)).status_code == 404
        assert client.post(act(notice, "acknowledge"), {"step": "form"}).status_code == 404
        assert page_of(notice) not in text(client, LIST)
    assert not Receipt.objects.exists()


def test_a_health_authority_reports_what_followed_and_others_do_not(town: Town) -> None:
    health = Authority.objects.get(kind="health", region_id="510000")
    officer, notice = holding(Role.HEALTH_OR_DRUG_OFFICER, authority=health), to(authority=health)
    said = {"outcome": "measure", "decided_on": TODAY.isoformat(), "words": "警告", "step": "form"}
    assert "document_number" in officer.post(act(notice, "outcome"), said).context["form"].errors
    assert officer.post(act(notice, "outcome"), {**said, "document_number": "卫罚〔2025〕3号"}).status_code == 302
    assert FollowUp.objects.get().notice == notice
    assert "卫罚〔2025〕3号" in text(officer, page_of(notice))
    agency = holding(Role.AGENCY_OFFICER, agency=town.agency)
    assert agency.post(act(to(agency=town.agency), "outcome"), said).status_code == 403


def test_the_pages_ask_little_however_many_notices_there_are(town: Town) -> None:
    officer = holding(Role.COMPLIANCE_OFFICER, institution=town.hospital)
    for number in range(6):
        score(town, 1, TODAY, number=f"罚字{number}号")
    announce()
    for address in (LIST, f"{LIST}?taken=unread", page_of(to(institution=town.hospital))):
        with CaptureQueriesContext(connection) as asked:
            text(officer, address)
        assert len(asked) <= MOST, (address, len(asked))
