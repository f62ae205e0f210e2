"""Everything that is kept about a person, for that person, and nothing of anybody else."""

import json
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from appeals.actions.drafts import begin_draft
from registry.actions.access_log import record_access
from registry.actions.deliveries import notify
from registry.actions.merging import merge_files
from registry.actions.own_corrections import ask_for_correction
from registry.actions.people import register_practitioner, rename
from registry.actions.status_lists import give_places
from registry.models import Practitioner, User
from registry.queries.own_data import own_data
from tests.appeals.disputes import NEXT_DAY, objected
from tests.appeals.repairs import completed, filed
from tests.casework import Desk, desk, proposed, received
from tests.enrolling import CARD, enrolled
from tests.town import TODAY, Town, at, blame, build, handle, score

NOW = at(NEXT_DAY, 18)


@pytest.fixture
def town(db: None) -> Town:
    return build()


def told(person: Practitioner) -> dict[str, Any]:
    """What is handed over, as it arrives."""
    found: dict[str, Any] = json.loads(json.dumps(own_data(person, NOW), cls=DjangoJSONEncoder, ensure_ascii=False))
    return found


def test_it_holds_name_codes_masked_documents_registrations_facts_and_requests(town: Town) -> None:
    user: User = enrolled(town)
    score(town, 10, TODAY)
    rename(practitioner=town.surgeon, name="王玮", reason="户口簿", by=town.officer, now=NOW)
    ask_for_correction(practitioner=town.surgeon, what="类别不对", by=user, now=NOW)
    data = told(town.surgeon)
    assert [each["name"] for each in data["names"]] == ["王伟", "王玮"]
    assert [each["code"] for each in data["codes"]] == [town.surgeon.code]
    assert [each["number"] for each in data["documents"]] == ["110" + "*" * 13 + "2X"]
    assert [each["institution_name"] for each in data["registrations"]] == ["第一医院"]
    assert [(each["kind"], each["points"]) for each in data["facts"]] == [("points_scored", 10)]
    assert [each["departure_reason"] for each in data["entries"]] == ["按情节认定"]
    assert [each["grounds"] for each in data["responsibilities"]] == ["主刀并签字"]
    assert [each["kind"] for each in data["periods"]] == ["suspension"]
    assert data["changes"]
    assert data["standing"]["points"] == 10
    assert [each["what"] for each in data["requests_for_corrections"]] == ["类别不对"]
    assert [each["username"] for each in data["accounts"]] == ["wangwei"]
    assert [each["reason"] for each in data["changes_of_the_record"]][-1] == "户口簿"


def test_it_holds_proposals_and_what_the_person_answered(town: Town) -> None:
    here: Desk = desk(town)
    proposal = received(here, 3)
    objection = objected(proposal, "未参与手术", statement="本人陈述")
    data = told(town.surgeon)
    assert [each["id"] for each in data["proposals"]] == [str(proposal.uuid)]
    assert [each["points"] for each in data["proposed_entries"]] == [3]
    assert {each["event"] for each in data["deliveries"]} == {"sent", "received"}
    assert [(each["number"], each["statement"]) for each in data["objections"]] == [
        (objection.number, objection.statement)
    ]
    assert len(data["points_of_dispute"]) == objection.points.count()


def test_nothing_of_another_person_is_in_it(town: Town) -> None:
    here = desk(town)
    handling = handle(town, number="罚字7号")
    blame(town, handling)
    blame(town, handling, who=town.nurse, grade="general")
    enrolled(town)
    enrolled(town, town.nurse, number="E12345678", username="lina")
    objected(received(here, 3, number="罚字8号"), "未参与手术")
    objected(received(here, 3, who=town.nurse, number="罚字9号"), "不在场")
    mine, theirs = json.dumps(told(town.surgeon), ensure_ascii=False), json.dumps(told(town.nurse), ensure_ascii=False)
    assert "罚字7号" in mine
    assert "罚字7号" in theirs
    for strange in ("李娜", town.nurse.code, str(town.nurse.uuid), "lina", "E12", "罚字9号"):
        assert strange in theirs or strange == "E12"
        assert strange not in mine
    officers = User.objects.exclude(username__in=["wangwei", "lina"])
    assert not [user for user in officers if f'"{user.username}"' in mine]
    assert CARD not in mine


def test_whatever_happens_to_another_person_changes_nothing_in_it(town: Town) -> None:
    here = desk(town)
    objected(received(here, 3, number="罚字8号"), "未参与手术")
    enrolled(town)
    before = told(town.surgeon)
    user = enrolled(town, town.nurse, number="E12345678", username="lina")
    objected(received(here, 3, who=town.nurse, number="罚字9号"), "不在场", statement="本人陈述")
    score(town, 10, TODAY, who=town.nurse)
    filed(town, [completed(town, town.nurse, NEXT_DAY)], NEXT_DAY)
    rename(practitioner=town.nurse, name="李纳", reason="户口簿", by=town.officer, now=NOW)
    ask_for_correction(practitioner=town.nurse, what="类别不对", by=user, now=NOW)
    begin_draft(practitioner=town.nurse, standing=True, by=user, now=NOW)
    record_access(practitioner=town.nurse, by=here.scorer, key=None, kind="opened", reason="", now=NOW)
    give_places(codes=[town.nurse.code], now=NOW)
    assert told(town.surgeon) == before
    empty = {name for name, rows in told(town.nurse).items() if not rows}
    assert empty == {
        "certificates",
        "merges",
        "triggers",
        "evidence",
        "outcomes_elsewhere",
        "outcomes_for_entries",
        "notices",
        "receipts",
        "outcomes_of_authorities",
        "mails",
        "wishes_for_mail",
        "wishes_for_digests",
        "addresses_for_mail",
        "subscriptions",
        "attempts_at_tests",
        "looks_with_sharing_codes",
        "sharing_codes",
        "standing_certificates",
    }


def test_files_that_were_merged_are_one_person_and_hidden_again_when_they_are_not(town: Town) -> None:
    absorbed = register_practitioner(code="D430100000099", name="王炜", category="physician", by=None, now=at(TODAY))
    assert "D430100000099" not in json.dumps(told(town.surgeon))
    merge_files(
        kept=town.surgeon, absorbed=absorbed, reason="同一人", by=town.officer, second=town.second, now=at(TODAY)
    )
    assert {each["code"] for each in told(absorbed)["files"]} == {town.surgeon.code, "D430100000099"}


def test_points_that_nobody_has_told_the_person_of_are_not_in_it_yet(town: Town) -> None:
    here = desk(town)
    proposal = proposed(here, 5)
    draft = own_data(town.surgeon, at(TODAY))
    assert str(proposal.uuid) not in json.dumps(draft, default=str)
    notify(proposal=proposal, channel="portal", by=here.scorer, now=at(TODAY))
    assert [row["id"] for row in own_data(town.surgeon, at(TODAY))["proposals"]] == [proposal.uuid]
