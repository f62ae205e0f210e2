"""A regulator's program reads the register as FHIR: a surgeon, the sanctions, the registrations, the places."""

import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from registry.actions.institutions import open_institution
from registry.actions.merging import merge_files
from registry.actions.people import add_document, assign_code, register_practitioner, rename
from registry.actions.registrations import end_registration, register_at, sign_commitment
from registry.models import AccessRecord, Assignment, Fact, IdentityDocument, Role, User
from tests.api.reading_fhir import Reader, extension, link, outcome, resources
from tests.casework import Desk, desk
from tests.entries import annul_entry, revise_entry
from tests.town import Town, at, build, score

TODAY = date(2026, 12, 1)
RESIDENT_ID = "11010519491231002X"


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


@pytest.fixture
def reader(here: Desk) -> Reader:
    return Reader(here.reviewer)


def test_a_regulator_finds_a_surgeon_by_code_with_the_suspension(here: Desk, reader: Reader) -> None:
    score(here.town, 9, date(2026, 11, 20))
    surgeon = reader.person(here.surgeon)
    assert surgeon["id"] == str(here.surgeon.uuid)
    assert surgeon["name"][0]["text"] == "王伟"
    assert surgeon["qualification"][0]["code"]["coding"][0]["code"] == "physician"
    standing = extension(surgeon, "standing")
    assert (standing["status"]["code"], standing["points"]) == ("suspended", 9)
    assert (standing["since"], standing["until"]) == ("2026-11-20", "2027-01-20")
    assert standing["reason"]["coding"][0]["code"] == "suspended"
    assert standing["reason"]["text"]
    assert (standing["provision"] != "", standing["policy"]) == (True, "cn-2025")
    assert "may-register-again" not in standing


def test_the_suspension_is_a_flag_found_by_its_subject(here: Desk, reader: Reader) -> None:
    score(here.town, 9, date(2026, 11, 20))
    (flag,) = reader.find("Flag", subject=f"Practitioner/{here.surgeon.uuid}")
    assert (flag["status"], flag["code"]["coding"][0]["code"]) == ("active", "suspension")
    assert flag["period"] == {"start": "2026-11-20", "end": "2027-01-19"}
    assert flag["subject"] == {"reference": f"Practitioner/{here.surgeon.uuid}"}
    why = extension(flag, "sanction")
    assert (why["single"], why["reason"]["coding"][0]["code"]) == (True, "suspended")
    assert reader.read(f"Flag/{flag['id']}") == flag
    assert reader.find("Flag", patient=str(here.surgeon.uuid)) == [flag]
    assert reader.find("Flag", subject=str(here.nurse.uuid)) == []


def test_a_suspension_that_is_over_is_an_inactive_flag_and_one_to_come_is_none(here: Desk, reader: Reader) -> None:
    score(here.town, 9, date(2026, 11, 20))
    address = f"Flag/{reader.find('Flag', subject=here.surgeon.uuid)[0]['id']}"
    with time_machine.travel(at(date(2027, 1, 20), 0), tick=False):
        over = reader.read(address)
        assert (over["status"], over["meta"]) == (
            "inactive",
            {"versionId": "2", "lastUpdated": "2027-01-20T00:00:00+08:00"},
        )
        assert extension(reader.person(here.surgeon), "standing")["status"]["code"] == "normal"
    changsha = desk(build())
    score(changsha.town, 9, date(2026, 11, 20))
    there = Reader(changsha.reviewer)
    assert len(there.find("Flag", subject=changsha.surgeon.uuid)) == 1
    with time_machine.travel(at(date(2026, 11, 30)), tick=False):
        assert Reader(changsha.reviewer).find("Flag", subject=changsha.surgeon.uuid) == []


def test_a_termination_tells_the_bar_and_has_no_end(here: Desk, reader: Reader) -> None:
    score(here.town, 12, date(2026, 11, 20))
    (flag,) = reader.find("Flag", subject=here.surgeon.uuid)
    assert flag["period"] == {"start": "2026-11-20"}
    assert extension(flag, "sanction")["barred-until"] == "2029-11-20"
    standing = extension(reader.person(here.surgeon), "standing")
    assert (standing["status"]["code"], standing["until"]) == ("terminated", "2029-11-20")
    assert standing["may-register-again"] is False


def test_an_annulled_suspension_is_gone_but_its_history_tells_it(here: Desk, reader: Reader) -> None:
    entry = score(here.town, 9, date(2026, 11, 20)).fact
    address = f"Flag/{reader.find('Flag', subject=here.surgeon.uuid)[0]['id']}"
    annul_entry(entry=entry, reason="改判", by=here.scorer, second=here.second, now=at(date(2026, 11, 25)))
    outcome(reader.get(address), 410, "gone")
    outcome(reader.get(f"{address}/_history/2"), 410, "gone")
    assert reader.read(f"{address}/_history/1")["status"] == "active"
    history = reader.read(f"{address}/_history")
    assert [each["request"]["method"] for each in history["entry"]] == ["DELETE", "POST"]
    assert reader.find("Flag", subject=here.surgeon.uuid) == []


def test_a_flag_keeps_its_id_while_the_suspension_is_made_shorter(here: Desk, reader: Reader) -> None:
    entry = score(here.town, 11, date(2026, 11, 20)).fact
    (before,) = reader.find("Flag", subject=here.surgeon.uuid)
    revise_entry(entry=entry, points=9, reason="改判", by=here.scorer, now=at(date(2026, 11, 25)))
    (after,) = reader.find("Flag", subject=here.surgeon.uuid)
    assert (after["id"], after["meta"]["versionId"]) == (before["id"], "2")
    assert (before["period"]["end"], after["period"]["end"]) == ("2027-05-19", "2027-01-19")
    assert reader.read(f"Flag/{before['id']}/_history/1") == before


def test_history_shows_a_renamed_person_under_both_names(here: Desk, reader: Reader) -> None:
    first = reader.person(here.surgeon)
    rename(practitioner=here.surgeon, name="王炜", reason="户口簿", by=here.scorer, now=at(date(2026, 11, 3)))
    second = reader.person(here.surgeon)
    assert [(each["use"], each["text"]) for each in second["name"]] == [("official", "王炜"), ("old", "王伟")]
    address = f"Practitioner/{here.surgeon.uuid}"
    history = reader.read(f"{address}/_history")
    assert (history["total"], resources(history)) == (2, [second, first])
    assert [each["request"]["method"] for each in history["entry"]] == ["PUT", "POST"]
    assert [each["response"]["etag"] for each in history["entry"]] == ['W/"2"', 'W/"1"']
    assert reader.read(f"{address}/_history/1") == first
    assert reader.read(f"{address}/_history?_since=2026-11-03")["total"] == 1
    outcome(reader.get(f"{address}/_history/3"), 404, "not-found")


def test_every_change_of_standing_is_a_version_also_one_that_came_with_its_day(here: Desk, reader: Reader) -> None:
    entry = score(here.town, 9, date(2026, 3, 10)).fact
    annul_entry(entry=entry, reason="改判", by=here.scorer, second=here.second, now=at(date(2026, 11, 3)))
    history = resources(reader.read(f"Practitioner/{here.surgeon.uuid}/_history"))
    told = [(each["meta"]["lastUpdated"], extension(each, "standing")) for each in reversed(history)]
    assert [(when, said["status"]["code"], said["points"]) for when, said in told] == [
        ("2025-01-01T10:00:00+08:00", "normal", 0),
        ("2026-03-10T12:00:00+08:00", "suspended", 9),
        ("2026-05-10T00:00:00+08:00", "normal", 9),
        ("2026-11-03T10:00:00+08:00", "normal", 0),
    ]


def test_a_former_code_finds_the_person_too(here: Desk, reader: Reader) -> None:
    locum = register_practitioner(
        code=None, name="赵敏", category="technician", by=here.scorer, now=at(date(2026, 11, 1))
    )
    register_at(
        practitioner=locum,
        institution=here.town.hospital,
        starts_on=TODAY,
        by=here.scorer,
        now=at(date(2026, 11, 1), 11),
    )
    temporary = locum.code
    (found,) = reader.find("Practitioner", identifier=temporary)
    assert [each["use"] for each in found["identifier"]] == ["temp"]
    assign_code(practitioner=locum, code="HJ510100000009", reason="国家编码", by=here.scorer, now=at(date(2026, 11, 2)))
    (found,) = reader.find("Practitioner", identifier=temporary)
    assert [(each["use"], each["value"]) for each in found["identifier"]] == [
        ("old", temporary),
        ("official", "HJ510100000009"),
    ]
    assert reader.find("Practitioner", identifier=f"urn:oid:1.2.3|{temporary}") == []


def test_no_document_number_appears_anywhere(here: Desk, reader: Reader) -> None:
    add_document(
        practitioner=here.surgeon, kind="resident_id", number=RESIDENT_ID, by=here.scorer, now=at(date(2026, 11, 1))
    )
    assert IdentityDocument.objects.count() == 1
    address = f"Practitioner/{here.surgeon.uuid}"
    said = [reader.person(here.surgeon), reader.read(address), reader.read(f"{address}/_history")]
    assert RESIDENT_ID not in json.dumps(said)
    assert RESIDENT_ID[:3] + "*" not in json.dumps(said)
    assert reader.find("Practitioner", identifier=RESIDENT_ID) == []


def test_a_registration_is_a_role_with_its_versions(here: Desk, reader: Reader) -> None:
    registration = here.surgeon.registrations.get()
    address = f"PractitionerRole/{registration.record}"
    first = reader.read(address)
    assert (first["active"], first["period"]) == (True, {"start": "2025-01-01"})
    assert first["practitioner"] == {"reference": f"Practitioner/{here.surgeon.uuid}"}
    assert first["organization"]["reference"] == f"Organization/institution-{here.town.hospital.code}"
    signed_on, by = date(2026, 11, 2), here.scorer
    sign_commitment(registration=registration, signed_on=signed_on, by=by, now=at(date(2026, 11, 3)))
    end_registration(
        registration=registration, ends_on=date(2026, 11, 20), reason="调离", by=by, now=at(date(2026, 11, 4))
    )
    history = resources(reader.read(f"{address}/_history"))
    assert [(each["meta"]["lastUpdated"][:10], each["active"]) for each in history] == [
        ("2026-11-20", False),
        ("2026-11-04", True),
        ("2026-11-03", True),
        ("2025-01-01", True),
    ]
    assert history[0]["period"] == {"start": "2025-01-01", "end": "2026-11-19"}
    assert extension(history[0], "commitment") == {"": "2026-11-02"}
    assert history[-1] == first
    assert reader.read(address) == history[0]


def test_a_registration_that_never_had_a_day_has_no_period(here: Desk, reader: Reader) -> None:
    registration = here.surgeon.registrations.get()
    end_registration(
        registration=registration,
        ends_on=registration.starts_on,
        reason="误登",
        by=here.scorer,
        now=at(date(2026, 11, 4)),
    )
    role = reader.read(f"PractitionerRole/{registration.record}")
    assert ("period" in role, role["active"]) == (False, False)


def test_roles_are_found_by_place_and_by_person(here: Desk, reader: Reader) -> None:
    register_at(
        practitioner=here.nurse,
        institution=here.town.clinic,
        starts_on=date(2026, 11, 1),
        by=here.scorer,
        now=at(date(2026, 11, 1)),
    )
    clinic = f"Organization/institution-{here.town.clinic.code}"
    (there,) = resources(reader.read(f"PractitionerRole?organization={clinic}"))
    assert there["practitioner"] == {"reference": f"Practitioner/{here.nurse.uuid}"}
    hers = resources(reader.read(f"PractitionerRole?practitioner=Practitioner/{here.nurse.uuid}"))
    assert [each["organization"]["identifier"]["value"] for each in hers] == [
        here.town.hospital.code,
        here.town.clinic.code,
    ]
    assert len(reader.find("PractitionerRole", practitioner=here.nurse.uuid, organization=clinic)) == 1


def test_places_and_bodies_are_organizations(here: Desk, reader: Reader) -> None:
    code = here.town.hospital.code
    (hospital,) = resources(reader.read(f"Organization?identifier={code}"))
    assert (hospital["id"], hospital["name"]) == (f"institution-{code}", "第一医院")
    assert reader.read(f"Organization/institution-{code}") == hospital
    assert extension(hospital, "region")[""]["code"] == "510100"
    agency = reader.read(extension(hospital, "agency")[""]["reference"])
    assert (agency["name"], agency["type"][0]["coding"][0]["code"]) == ("市医保中心", "agency")
    assert resources(reader.read(f"Organization?identifier=urn:demerit-register:agency-code|{code}")) == []
    assert reader.read(f"Organization/institution-{code}/_history/1") == hospital


def test_what_is_of_another_region_is_not_there(here: Desk, reader: Reader) -> None:
    away = build("320100")
    score(away, 9, date(2026, 11, 20))
    fact = Fact.objects.get(practitioner=away.surgeon)
    registration = away.surgeon.registrations.get()
    for address in (
        f"Practitioner/{away.surgeon.uuid}",
        f"Practitioner/{away.surgeon.uuid}/_history",
        f"Practitioner/{away.surgeon.uuid}/_history/1",
        f"PractitionerRole/{registration.record}",
        f"Flag/suspension-{fact.origin_id}",
        f"Organization/institution-{away.hospital.code}",
    ):
        outcome(reader.get(address), 404, "not-found")
        assert reader.get(f"{address.partition('/_')[0]}/_history/1").status_code == 404
    assert reader.find("Practitioner", identifier=away.surgeon.code) == []
    assert reader.find("Flag", subject=away.surgeon.uuid) == []
    assert reader.find("PractitionerRole", practitioner=away.surgeon.uuid) == []
    assert reader.find("PractitionerRole", organization=f"institution-{away.hospital.code}") == []
    assert {each["id"] for each in reader.find("Practitioner")} == {str(here.surgeon.uuid), str(here.nurse.uuid)}


def test_merged_files_show_one_standing_and_where_the_kept_one_is(here: Desk, reader: Reader) -> None:
    score(here.town, 9, date(2026, 11, 20))
    merge_files(
        kept=here.nurse,
        absorbed=here.surgeon,
        reason="同一人",
        by=here.scorer,
        second=here.second,
        now=at(date(2026, 11, 25)),
    )
    absorbed, kept = reader.person(here.surgeon), reader.person(here.nurse)
    assert (absorbed["active"], kept["active"]) == (False, True)
    assert extension(absorbed, "merged-into")[""] == {"reference": f"Practitioner/{here.nurse.uuid}"}
    assert extension(absorbed, "standing") == extension(kept, "standing")
    assert kept["meta"] == {"versionId": "2", "lastUpdated": "2026-11-25T10:00:00+08:00"}
    by_kept, by_absorbed = (reader.find("Flag", subject=each.uuid) for each in (here.nurse, here.surgeon))
    assert by_kept == by_absorbed == [reader.read(f"Flag/{by_kept[0]['id']}")]


def test_pages_follow_each_other_and_their_addresses_name_nobody(here: Desk, reader: Reader) -> None:
    people = [here.surgeon, here.nurse]
    codes = ",".join(each.code for each in people)
    first = reader.search("Practitioner", identifier=codes, the_count=1)
    for address in (link(first, "self"), link(first, "next")):
        assert not [each for each in people if each.code in address]
    assert set(parse_qs(urlsplit(link(first, "next")).query)) == {"_page"}
    second = reader.read(link(first, "next"))
    assert link(second, "next") == ""
    assert [each["id"] for each in resources(first) + resources(second)] == [str(each.uuid) for each in people]
    outcome(Reader(here.scorer).get(link(first, "next")), 400, "bad-parameter")
    outcome(reader.get(link(first, "next").replace("Practitioner?", "Organization?")), 400, "bad-parameter")


def test_organizations_of_all_kinds_are_paged_in_one_order(here: Desk, reader: Reader) -> None:
    whole = [each["id"] for each in resources(reader.read("Organization"))]
    for count in (1, 2, 3):
        page, seen = reader.read(f"Organization?_count={count}"), []
        while True:
            seen += [each["id"] for each in resources(page)]
            assert len(resources(page)) <= count
            if not link(page, "next"):
                break
            page = reader.read(link(page, "next"))
        assert seen == whole
    assert [each.partition("-")[0] for each in whole] == ["institution"] * 3 + ["agency"]


def test_history_is_paged_too(here: Desk, reader: Reader) -> None:
    score(here.town, 9, date(2026, 3, 10))
    address = f"Practitioner/{here.surgeon.uuid}/_history"
    page, numbers = reader.read(f"{address}?_count=1"), []
    while True:
        numbers += [each["meta"]["versionId"] for each in resources(page)]
        if not link(page, "next"):
            break
        page = reader.read(link(page, "next"))
    assert numbers == ["3", "2", "1"]


def test_a_new_institution_is_one_version_until_it_is_written_again(here: Desk, reader: Reader) -> None:
    place = open_institution(
        code="H51010000077",
        name="新院",
        region=here.town.region,
        agency=here.town.agency,
        by=here.scorer,
        now=at(date(2026, 11, 5)),
    )
    found = reader.read(f"Organization/institution-{place.code}")
    assert found["meta"] == {"versionId": "1", "lastUpdated": "2026-11-05T10:00:00+08:00"}
    recent = resources(reader.read("Organization?_lastUpdated=ge2026-11-05"))
    assert found["id"] in [each["id"] for each in recent]
    assert f"institution-{here.town.hospital.code}" not in [each["id"] for each in recent]


def test_who_reads_a_person_or_a_sanction_has_opened_the_file(here: Desk, reader: Reader) -> None:
    score(here.town, 9, date(2026, 11, 20))
    (flag,) = reader.find("Flag", subject=f"Practitioner/{here.surgeon.uuid}")
    reader.read(f"Flag/{flag['id']}")
    reader.read(f"Practitioner/{here.surgeon.uuid}/_history")
    reader.search("Practitioner", identifier=here.surgeon.code)
    reader.search("Practitioner", the_lastUpdated="ge2026-01-01")
    looks = AccessRecord.objects.order_by("pk").values_list("practitioner", "user", "kind")
    opened, read = (here.surgeon.pk, here.reviewer.pk, "opened"), (here.surgeon.pk, here.reviewer.pk, "history")
    assert list(looks) == [opened, opened, read, opened]


def test_an_auditor_says_why_a_person_is_read(here: Desk) -> None:
    auditor = User.objects.create(username="shen")
    Assignment.objects.create(user=auditor, role=Role.AUDITOR, starts_on=date(2025, 1, 1))
    auditing = Reader(auditor)
    for answer in (
        auditing.get(f"Practitioner/{here.surgeon.uuid}"),
        auditing.post("Practitioner/_search", f"identifier={here.surgeon.code}"),
        auditing.post("Flag/_search", f"subject=Practitioner/{here.surgeon.uuid}"),
    ):
        assert (answer.status_code, answer.json()["resourceType"]) == (403, "OperationOutcome")
    assert not AccessRecord.objects.exists()
    reasons = {"access_reason": "Audit of sanctions 2026"}
    assert auditing.get(f"Practitioner/{here.surgeon.uuid}", **reasons).status_code == 200
    assert AccessRecord.objects.get().reason == "Audit of sanctions 2026"
