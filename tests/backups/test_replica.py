"""Settlement checks of a read replica: it says up to when it knows; the primary answers where that is not enough."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from registry.actions.keys import issue_key, revoke_key
from registry.config.backups.drill import Copy, on, restored
from registry.config.following import followed, of_replica, pause, resume
from registry.config.standby import Standby
from registry.models import ApiKey, EmergencyCheck
from registry.queries.eligibility import Answer, Question
from registry.queries.nearest import CHECKS, MARK_EVERY, MARKS, end_of_log, nearest_answers
from tests.api.settlement import Settlement
from tests.town import TODAY, Town, score


def ask(question: Question) -> tuple[Answer, bool]:
    """The answer, and whether it is the primary's."""
    now = timezone.now()
    (answer,) = nearest_answers([question], now=now)
    return answer, answer.known_at == now


def clock_of_primary() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def test_checks_are_answered_by_a_replica_as_far_as_it_is_known_to_have_followed(
    dump: Path, town: Town, settings: Any
) -> None:
    question = Question(practitioner=town.nurse.code, institution=town.hospital.code, on=TODAY + timedelta(days=30))
    settings.REGISTRY_CHECK_LAG = 60.0
    with restored(dump, say=lambda line: None, streaming=True) as copy, on(copy):
        key, text = issue_key(
            name="省结算系统",
            scope=ApiKey.Scope.SETTLEMENT,
            expires_at=timezone.now() + timedelta(days=90),
            by=town.officer,
            now=timezone.now(),
        )
        settlement = Settlement(town, text)
        with followed(copy) as standby:
            before = clock_of_primary()
            answer = of_replica(question)
            assert answer.payable
            assert answer.known_at < clock_of_primary()
            while answer.known_at < before:
                answer = of_replica(question)

            paused_since = _what_happens_while_it_stands_still(question, standby, town)
            _what_it_may_not_answer(question, settlement, paused_since, settings)
            revoke_key(key=key, by=town.officer, now=timezone.now())
            assert settlement.ask().status_code == 401

            resume(standby)
            while of_replica(question).payable:
                time.sleep(0.01)
            _who_does_not_follow_is_not_asked(question, copy)
            standby.stop()
            answer, of_primary = ask(question)
            assert (answer.payable, of_primary, MARKS.resting()) == (False, True, True)
        copy.server.stop()
        with pytest.raises(OperationalError):
            ask(question)
        asked = settlement.ask()
        assert (asked.status_code, asked.headers["Retry-After"] != "") == (503, True)


def _what_happens_while_it_stands_still(question: Question, standby: Standby, town: Town) -> datetime:
    pause(standby)
    paused_since = clock_of_primary()
    score(town, 6, TODAY, who=town.nurse, number="罚字9号")
    time.sleep(MARK_EVERY)
    answer, of_primary = ask(question)
    assert (answer.payable, of_primary) == (True, False)
    assert answer.known_at <= paused_since
    return paused_since


def _what_it_may_not_answer(question: Question, settlement: Settlement, paused_since: datetime, settings: Any) -> None:
    answer, of_primary = ask(replace(question, known_at=paused_since))
    assert answer.known_at == paused_since  # it is not known whether the replica had come so far
    answer, of_primary = ask(replace(question, emergency=True, emergency_reason="抢救"))
    assert of_primary
    asked = settlement.ask(practitioner=question.practitioner, on=question.on.isoformat())
    assert (asked.status_code, asked.json()["payable"]) == (200, True)
    assert datetime.fromisoformat(asked.json()["known_at"]) <= paused_since
    emergency = {"emergency": True, "emergency_reason": "抢救", "practitioner": question.practitioner}
    assert settlement.ask(**emergency, on=question.on.isoformat()).json()["status"] == "suspended"
    assert EmergencyCheck.objects.count() == 1
    settings.REGISTRY_CHECK_LAG = 0.0
    answer, of_primary = ask(question)
    assert (answer.payable, of_primary) == (False, True)
    settings.REGISTRY_CHECK_LAG = 60.0


def _who_does_not_follow_is_not_asked(question: Question, copy: Copy) -> None:
    connections[CHECKS].close()
    there = connections[CHECKS].settings_dict
    there["HOST"], host = str(copy.server.sockets), there["HOST"]
    assert ask(question)[1]
    connections[CHECKS].close()
    there["HOST"] = host


def test_the_head_of_an_empty_page_is_no_part_of_the_log() -> None:
    segment, page = 2**24, 2**13
    ends = {segment * 4 + 40: segment * 4, page * 3 + 24: page * 3, page * 3 + 40: page * 3 + 40, 1000: 1000}
    assert {length: end_of_log(length, segment=segment, page=page) for length in ends} == ends
