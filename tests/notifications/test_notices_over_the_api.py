"""Programs of officers and systems of authorities read their notices, and nobody else's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from notifications.actions.endpoints import approve_endpoint, propose_endpoint
from notifications.models import Endpoint, FollowUp, Notice, Receipt, Subscription
from registry.actions.keys import issue_key
from registry.models import AccessRecord, ApiKey, Assignment, Authority, Region, Role, User
from tests.api.officers import Program
from tests.api.settlement import problem
from tests.notifications.exchange import announce, country, elsewhere
from tests.notifications.pushing import administrator
from tests.notifications.told import scored_and_told
from tests.town import LAW_BEGINS, TODAY, Town, at, score

NOW = at(TODAY, 21)
REASON = quote("年度审计抽查通报情况")


@pytest.fixture(autouse=True)
def _that_evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    found = country()
    scored_and_told(found)
    return found


def program(role: Role, name: str = "", **place: Any) -> Program:
    """The program of somebody who holds the role and no other."""
    user = User.objects.create_user(f"{role}{name}")
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **place)
    return Program(user)


def health() -> Authority:
    return Authority.objects.get(kind="health", region_id="510000")


def to(**recipient: Any) -> Notice:
    return Notice.objects.filter(event__change__isnull=False, **recipient).latest("pk")


def receiving(town: Town) -> Endpoint:
    """The system of the hospital, approved."""
    by: dict[str, Any] = {"by": administrator(), "now": NOW}
    address: dict[str, Any] = {"url": "https://his.example/inbox", "networks": ["93.184.216.0/24"]}
    return approve_endpoint(endpoint=propose_endpoint(body=town.hospital, name="HIS", **address, **by), **by)


def listed(asking: Program, query: str = "") -> list[str]:
    return [row["id"] for row in asking.read(f"notices/{query}")["items"]]


def test_each_body_lists_its_own_notices_and_who_watches_over_all_lists_all(town: Town) -> None:
    hospital = program(Role.COMPLIANCE_OFFICER, institution=town.hospital)
    for asking, recipient in (
        (hospital, {"institution": town.hospital}),
        (program(Role.AGENCY_OFFICER, agency=town.agency), {"agency": town.agency}),
        (program(Role.HEALTH_OR_DRUG_OFFICER, authority=health()), {"authority": health()}),
        (program(Role.ADMINISTRATOR), {}),
        (program(Role.AUDITOR), {}),
    ):
        wanted = Notice.objects.filter(**recipient).order_by("-pk").values_list("uuid", flat=True)
        assert listed(asking, "?limit=200") == [str(each) for each in wanted]
    assert listed(program(Role.COMPLIANCE_OFFICER, "2", institution=town.clinic)) == []


def test_a_list_is_narrowed_by_kind_person_time_and_what_is_open(town: Town) -> None:
    hospital, notice = program(Role.COMPLIANCE_OFFICER, institution=town.hospital), to(institution=town.hospital)
    for query in ("kind=points.recorded", f"practitioner={town.surgeon.uuid}", "unread=true", "unacknowledged=true"):
        assert str(notice.uuid) in listed(hospital, f"?{query}"), query
    assert listed(hospital, f"?since={quote((NOW + timedelta(hours=1)).isoformat())}") == []
    assert listed(hospital, f"?practitioner={town.nurse.uuid}") == []
    hospital.read(f"notices/{notice.uuid}/")
    assert str(notice.uuid) not in listed(hospital, "?unread=true")
    assert str(notice.uuid) in listed(hospital, "?unacknowledged=true")


def test_reading_a_notice_is_a_look_into_the_file_and_a_receipt(town: Town) -> None:
    hospital, notice = program(Role.COMPLIANCE_OFFICER, institution=town.hospital), to(institution=town.hospital)
    shown = hospital.read(f"notices/{notice.uuid}/")
    assert (shown["kind"]["code"], shown["change"]["points_after"]) == ("points.recorded", 3)
    assert shown["to"] == {"kind": "institution", "code": town.hospital.code, "name": town.hospital.name}
    assert shown["read_at"] is not None
    look = AccessRecord.objects.get()
    assert (look.practitioner, look.user, look.face) == (town.surgeon, hospital.user, "api")
    assert [row["kind"]["code"] for row in hospital.read(f"notices/{notice.uuid}/acknowledgements/")["items"]] == [
        "read"
    ]


def test_an_auditor_says_why_and_takes_note_of_nothing(town: Town) -> None:
    auditor, notice = program(Role.AUDITOR), to(institution=town.hospital)
    problem(auditor.get(f"notices/{notice.uuid}/"), 403, "access-reason-needed")
    assert auditor.get(f"notices/{notice.uuid}/", access_reason=REASON).status_code == 200
    problem(auditor.post(f"notices/{notice.uuid}/acknowledgements/"), 403, "forbidden")
    assert not Receipt.objects.exists()


def test_acknowledging_twice_is_acknowledging_once(town: Town) -> None:
    hospital, notice = program(Role.COMPLIANCE_OFFICER, institution=town.hospital), to(institution=town.hospital)
    first, second = (hospital.done(f"notices/{notice.uuid}/acknowledgements/") for _ in range(2))
    assert first == second
    assert first["by"]["username"] == hospital.user.username
    assert Receipt.objects.count() == 2


def test_the_system_of_an_authority_reads_and_does_nothing(town: Town) -> None:
    _key, text = issue_key(
        name="卫健系统", scope=ApiKey.Scope.AUTHORITY, authority=health(), expires_at=NOW + timedelta(days=9),
        by=None, now=NOW,
    )  # fmt: skip
    system = program(Role.AUDITOR)
    system.key = text
    notice = to(authority=health())
    assert str(notice.uuid) in listed(system)
    system.read(f"notices/{notice.uuid}/")
    assert [(row.kind, row.by, row.key and row.key.name) for row in Receipt.objects.all()] == [
        ("read", None, "卫健系统")
    ]
    problem(system.post(f"notices/{notice.uuid}/acknowledgements/"), 403, "forbidden")
    problem(system.get(f"notices/{to(agency=town.agency).uuid}/"), 404, "not-found")


def test_the_register_of_another_province_reads_what_it_was_told_and_sees_nobody(town: Town) -> None:
    score(town, 6, TODAY)
    announce()
    hunan = Region.objects.get(code="430000")
    _key, text = issue_key(
        name="湖南登记系统",
        scope=ApiKey.Scope.REGION,
        region=hunan,
        expires_at=NOW + timedelta(days=9),
        by=None,
        now=NOW,
    )
    register = program(Role.AUDITOR)
    register.key = text
    wanted = Notice.objects.filter(region=hunan).order_by("-pk").values_list("uuid", flat=True)
    assert listed(register) == [str(each) for each in wanted] != []
    told = register.read(f"notices/{wanted[0]}/")
    assert (told["practitioner"]["code"], told["change"]["status_after"]["code"]) == (town.surgeon.code, "suspended")
    assert Receipt.objects.get().key == _key
    assert AccessRecord.objects.filter(key=_key, practitioner=town.surgeon).exists()
    problem(register.get(f"notices/{to(agency=town.agency).uuid}/"), 404, "not-found")
    problem(register.get(f"practitioners/{town.surgeon.uuid}/"), 403, "forbidden")


def test_a_health_authority_reports_what_followed(town: Town) -> None:
    officer, notice = program(Role.HEALTH_OR_DRUG_OFFICER, authority=health()), to(authority=health())
    said = {"outcome": "measure", "decided_on": "2025-03-10"}
    refused = problem(officer.post(f"notices/{notice.uuid}/outcomes/", said), 409, "refused")
    assert refused["code"] == "document_number_missing"
    officer.done(f"notices/{notice.uuid}/outcomes/", {**said, "document_number": "卫罚3号"})
    early = {**said, "decided_on": "2025-03-09", "document_number": "卫罚3号"}
    assert officer.post(f"notices/{notice.uuid}/outcomes/", early).status_code == 409
    assert [each["document_number"] for each in officer.read(f"notices/{notice.uuid}/")["outcomes"]] == ["卫罚3号"]
    assert FollowUp.objects.get().by == officer.user


def test_what_is_not_yours_is_not_there(town: Town) -> None:
    clinic = program(Role.COMPLIANCE_OFFICER, "2", institution=town.clinic)
    endpoint, notice = receiving(town), to(institution=town.hospital)
    subscription = Subscription.objects.create(
        institution=town.hospital, practitioner=town.surgeon, reason="在职", starts_on=TODAY,
        ends_on=TODAY + timedelta(days=9), made_at=NOW,
    )  # fmt: skip
    score(town, 2, TODAY)
    announce()
    push = endpoint.pushes.latest("pk")
    for address in (
        f"notices/{notice.uuid}/", f"notices/{notice.uuid}/acknowledgements/", f"notices/{notice.uuid}/outcomes/",
        f"endpoints/{endpoint.uuid}/", f"endpoints/{endpoint.uuid}/dead-letters/", f"pushes/{push.uuid}/",
        f"pushes/{push.uuid}/attempts/", f"subscriptions/{subscription.uuid}/",
    ):  # fmt: skip
        problem(clinic.get(address), 404, "not-found")
    for address in (f"notices/{notice.uuid}/acknowledgements/", f"subscriptions/{subscription.uuid}/endings/"):
        problem(clinic.post(address), 404, "not-found")
    assert clinic.read("endpoints/")["items"] == clinic.read("subscriptions/")["items"] == []


# subscriptions --------------------------------------------------------------------------------------------------------


def test_a_body_subscribes_to_a_person_whom_it_may_see_and_ends_it(town: Town) -> None:
    officer = program(Role.HEALTH_OR_DRUG_OFFICER, authority=health())
    asked = {
        "body": {"kind": "authority", "code": health().code}, "practitioner": str(town.surgeon.uuid),
        "reason": "执业核查", "ends_on": "2025-06-01",
    }  # fmt: skip
    made = officer.done("subscriptions/", asked)
    assert [row["id"] for row in officer.read("subscriptions/?running_on=2025-04-01")["items"]] == [made["id"]]
    assert officer.done(f"subscriptions/{made['id']}/endings/")["ends_on"] == "2025-03-10"
    assert officer.read("subscriptions/?running_on=2025-04-01")["items"] == []
    other = {**asked, "body": {"kind": "agency", "code": town.agency.code}}
    problem(officer.post("subscriptions/", other), 409, "value-refused")
    stranger = program(Role.COMPLIANCE_OFFICER, "2", institution=elsewhere())
    theirs = {"kind": "institution", "code": "H12010000001"}
    problem(stranger.post("subscriptions/", {**asked, "body": theirs}), 409, "value-refused")


# endpoints ------------------------------------------------------------------------------------------------------------


def test_a_hospital_asks_an_administrator_approves_and_what_fails_is_sent_again(town: Town) -> None:
    hospital, root = program(Role.COMPLIANCE_OFFICER, institution=town.hospital), program(Role.ADMINISTRATOR)
    asked = {
        "body": {"kind": "institution", "code": town.hospital.code}, "name": "HIS",
        "url": "https://his.example/inbox", "networks": ["93.184.216.0/24"],
    }  # fmt: skip
    made = hospital.done("endpoints/", asked)
    whole = f"endpoints/{made['id']}/"
    problem(hospital.post(f"{whole}approvals/"), 403, "forbidden")
    seen = root.get(whole)["ETag"]
    assert root.done(f"{whole}approvals/", if_match=seen)["state"]["code"] == "active"
    problem(root.post(f"{whole}pauses/", {"reason": "维护"}, if_match=seen), 412, "stale")
    push = root.done(f"{whole}tests/")
    endpoint = hospital.read(whole)
    assert endpoint["keys"][0]["public"].startswith("whpk_")
    assert len(root.done(f"{whole}key-rotations/", {"days": 7})["keys"]) == 2
    assert root.done(f"pushes/{push['id']}/replays/")["event"] == push["event"]
    assert root.read(f"pushes/{push['id']}/attempts/")["items"] == hospital.read(f"{whole}dead-letters/")["items"] == []
    for act, state in (("pauses", "paused"), ("resumptions", "active"), ("retirements", "retired")):
        given = {} if act == "resumptions" else {"reason": "更换系统"}
        assert root.done(f"{whole}{act}/", given)["state"]["code"] == state


def test_an_administrator_of_a_region_keeps_no_endpoint(town: Town) -> None:
    endpoint = receiving(town)
    regional = program(Role.ADMINISTRATOR, "2", region_id="510000")
    problem(regional.post(f"endpoints/{endpoint.uuid}/pauses/", {"reason": "维护"}), 404, "not-found")
