"""The settlement check over HTTP: what is answered, in which words, and what is kept of an emergency."""

import json
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from registry.models import ApiKey, EmergencyCheck
from tests.api.settlement import Settlement
from tests.town import TODAY, at, score


def test_a_payable_service(settlement: Settlement) -> None:
    response = settlement.ask(name="王伟", emergency=False)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert json.loads(response.content) == {
        "payable": True,
        "status": "normal",
        "until": None,
        "reasons": [],
        "emergency_exempt": False,
        "policy": "cn-2025",
        "known_at": "2026-12-01T02:00:00Z",
    }


def test_a_suspended_surgeon(settlement: Settlement) -> None:
    score(settlement.town, 9, TODAY)
    answer = settlement.ask().json()
    assert (answer["payable"], answer["status"], answer["until"]) == (False, "suspended", "2025-05-10")
    (reason,) = answer["reasons"]
    assert set(reason) == {"code", "text", "provision"}
    assert reason["code"] == "suspended"
    assert "2025-05-09" in reason["text"]


def test_an_unknown_practitioner_has_no_status(settlement: Settlement) -> None:
    answer = settlement.ask(practitioner="D000000000000").json()
    assert (answer["payable"], answer["status"], answer["until"]) == (False, None, None)
    assert [reason["code"] for reason in answer["reasons"]] == ["unknown_practitioner"]


def test_words_come_in_the_language_asked_for_and_in_chinese_by_default(settlement: Settlement) -> None:
    score(settlement.town, 9, TODAY)
    for asked, spoken in (("en-GB,zh;q=0.5", "en"), ("zh-CN", "zh-hans"), ("zh-TW", "zh-hans"), ("fr", "zh-hans")):
        settlement.language = asked
        response = settlement.ask()
        assert response["Content-Language"] == spoken
        provision = response.json()["reasons"][0]["provision"]
        assert ("指导意见" in provision) == (spoken == "zh-hans")
        assert ("Guiding Opinion" in provision) == (spoken == "en")


def test_nothing_is_kept_by_caches(settlement: Settlement) -> None:
    assert settlement.ask()["Cache-Control"] == "no-store"


def test_the_past_is_answered_as_it_was_known(settlement: Settlement) -> None:
    score(settlement.town, 9, TODAY)
    answer = settlement.ask(known_at="2025-03-10T11:59:59+08:00").json()
    assert (answer["payable"], answer["known_at"]) == (True, "2025-03-10T03:59:59Z")
    assert not settlement.ask(known_at="2025-03-10T04:00:00z").json()["payable"]


def test_null_stands_for_an_absent_optional_member(settlement: Settlement) -> None:
    assert settlement.ask(name=None, known_at=None, emergency_reason=None).json()["payable"]


def test_an_emergency_is_answered_and_its_mark_and_reason_are_kept(
    settlement: Settlement, issued: tuple[ApiKey, str]
) -> None:
    score(settlement.town, 9, TODAY)
    answer = settlement.ask(emergency=True, emergency_reason=" 心跳骤停，就地抢救 ").json()
    assert (answer["payable"], answer["emergency_exempt"]) == (True, True)
    assert [reason["code"] for reason in answer["reasons"]] == ["emergency_exempt"]
    kept = EmergencyCheck.objects.get()
    assert (kept.practitioner, kept.institution) == (settlement.town.surgeon, settlement.town.hospital)
    assert (kept.service_on, kept.reason, kept.granted) == (TODAY, "心跳骤停，就地抢救", True)
    assert (kept.key, kept.asked_at, kept.known_at) == (issued[0], at(date(2026, 12, 1)), None)


def test_an_emergency_that_needed_no_exemption_or_got_none_is_kept_too(settlement: Settlement) -> None:
    settlement.ask(emergency=True, emergency_reason="车祸")
    settlement.ask(emergency=True, emergency_reason="车祸", institution=settlement.town.clinic.code)
    assert list(EmergencyCheck.objects.values_list("granted", flat=True)) == [False, False]


def test_nothing_is_kept_of_other_questions_and_of_unknown_people(settlement: Settlement) -> None:
    settlement.ask()
    settlement.ask(emergency=True, emergency_reason="车祸", practitioner="D9")
    assert not EmergencyCheck.objects.exists()


@pytest.mark.parametrize(
    "statement", ["UPDATE registry_emergencycheck SET reason = ''", "DELETE FROM registry_emergencycheck"]
)
def test_a_kept_emergency_cannot_be_altered(settlement: Settlement, statement: str) -> None:
    settlement.ask(emergency=True, emergency_reason="车祸")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
