from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from registry.actions.institutions import open_institution
from registry.actions.registrations import register_at
from registry.models import (
    Agency,
    ApiKey,
    Fact,
    FileMerge,
    Practitioner,
    Registration,
    ServiceAgreement,
    User,
)
from tests.admin.conftest import PASSWORD, SignIn
from tests.admin.deeds import confirm, preview, ruled, text_of, url
from tests.town import LAW_BEGINS, TODAY, Town, at, score


def signed(town: Town) -> dict[str, str]:
    return {"second_username": town.second.username, "second_password": PASSWORD}


@pytest.fixture
def chen(sign_in: SignIn, town: Town) -> Client:
    return sign_in(town.officer)


def test_an_annulled_entry_is_struck_in_the_file(chen: Client, town: Town) -> None:
    entry = score(town, 9, TODAY)
    act, data = ruled(entry, 0)
    shown = preview(chen, act, data)
    assert "0 points this year" in text_of(shown)
    confirm(chen, act, data, shown, **signed(town))
    file = chen.get(url("registry_practitioner_change", town.surgeon.pk))
    assert "it never existed" in text_of(file)
    assert "rg-status-normal" in file.content.decode()


def test_a_revision_shows_the_lower_total_first(chen: Client, town: Town) -> None:
    act, data = ruled(score(town, 9, TODAY), 7)
    shown = preview(chen, act, data)
    assert "7 points this year" in text_of(shown)
    assert confirm(chen, act, data, shown).status_code == 302
    assert Fact.objects.get(kind="entry_revised").points == 7


def test_after_the_bar_a_person_is_registered_again(sign_in: SignIn, town: Town) -> None:
    score(town, 6, TODAY, number="1")
    score(town, 6, TODAY, number="2")
    with time_machine.travel(at(date(2026, 3, 10)), tick=False):
        chen = sign_in(town.officer)
        file = chen.get(url("registry_practitioner_change", town.surgeon.pk))
        assert "Register again" in text_of(file)
        act = url("reregister", town.surgeon.pk)
        data = {"institutions": [town.clinic.pk], "reason": "考核合格", "agency": town.agency.pk}
        shown = preview(chen, act, data)
        assert confirm(chen, act, data, shown).status_code == 302
        assert "Normal: services are payable" in text_of(chen.get(url("registry_practitioner_change", town.surgeon.pk)))
    assert Registration.objects.filter(institution=town.clinic, practitioner=town.surgeon).exists()


def test_two_files_are_merged_and_the_merge_undone(chen: Client, town: Town) -> None:
    score(town, 5, TODAY)
    score(town, 5, TODAY, who=town.nurse)
    act, data = url("merge_files", town.surgeon.pk), {"absorbed": town.nurse.pk, "reason": "同一人两个代码"}
    shown = preview(chen, act, data)
    assert "The names differ." in text_of(shown)
    assert "10 points this year" in text_of(shown)
    confirm(chen, act, data, shown, **signed(town))
    merged = chen.get(url("registry_practitioner_change", town.nurse.pk))
    assert "This is the kept file." in text_of(merged)
    undo = url("undo_merge", FileMerge.objects.get().pk)
    shown = preview(chen, undo, {"reason": "查明是两人"})
    assert "5 points this year" in text_of(shown)
    confirm(chen, undo, {"reason": "查明是两人"}, shown, **signed(town))
    assert FileMerge.objects.get().undone_by == town.officer


def test_a_compliance_officer_registers_somebody_new_and_ends_it_again(
    sign_in: SignIn, town: Town, compliance: User
) -> None:
    he = sign_in(compliance)
    data = {
        "code": "D430100000077",
        "name": "孙悦",
        "category": "physician",
        "sex": "female",
        "starts_on": "2025-03-01",
    }
    assert he.post(url("register_person", town.hospital.pk), data).status_code == 302
    row = Registration.objects.get(practitioner__code="D430100000077")
    he.post(url("sign_commitment", row.pk), {"signed_on": "2025-03-02"})
    he.post(url("end_registration", row.pk), {"ends_on": "2025-03-09", "reason": "离职"})
    present = Registration.objects.get(record=row.record, superseded_at=None)
    assert (present.committed_on, present.ends_on) == (date(2025, 3, 2), date(2025, 3, 9))
    assert he.post(url("register_person", town.clinic.pk), data).status_code == 404


def test_somebody_similar_is_shown_side_by_side_before_a_file_is_opened(chen: Client, town: Town) -> None:
    Practitioner.objects.filter(pk=town.surgeon.pk).update(birth_date=date(1980, 5, 4))
    act = url("register_person", town.hospital.pk)
    data = {"name": "王伟", "birth_date": "1980-05-04", "category": "nurse", "sex": "male", "starts_on": "2025-03-01"}
    asked = chen.post(act, data)
    assert "Somebody in the register may be this person" in text_of(asked)
    assert Practitioner.objects.filter(name="王伟").count() == 1
    compared = {**data, "distinct_from": [town.surgeon.pk], "reason": "身份证不同", "asked_reason": "1"}
    assert chen.post(act, compared).status_code == 302
    assert Practitioner.objects.filter(name="王伟").count() == 2


def test_a_wrong_resident_number_is_refused_at_its_field_and_shown_with_stars(chen: Client, town: Town) -> None:
    act = url("add_document", town.surgeon.pk)
    refused = chen.post(act, {"kind": "resident_id", "number": "430102198005041235"})
    assert refused.status_code == 422
    assert "The check character" in text_of(refused)


def test_names_codes_and_agreements(chen: Client, town: Town) -> None:
    chen.post(url("rename", town.surgeon.pk), {"name": "王炜", "reason": "更名"})
    assert "王伟" in text_of(chen.get(url("registry_practitioner_change", town.surgeon.pk)))
    agreement = ServiceAgreement.objects.get(institution=town.hospital)
    chen.post(url("end_agreement", agreement.pk), {"ends_on": "2025-06-01", "reason": "到期"})
    chen.post(url("conclude_agreement", town.hospital.pk), {"number": "新1号", "starts_on": "2025-06-01"})
    assert ServiceAgreement.objects.filter(institution=town.hospital, superseded_at=None).count() == 2


def test_a_key_is_shown_once_and_revoked_from_the_list(sign_in: SignIn, security: User) -> None:
    guan = sign_in(security)
    issued = guan.post(url("issue_key"), {"name": "长沙结算", "scope": "settlement_system", "last_day": "2025-09-01"})
    key = ApiKey.objects.get()
    assert key.prefix in text_of(issued)
    assert "in the header Authorization: Bearer" in text_of(issued)
    assert reverse("api:docs") in issued.content.decode()
    assert "no-store" in issued["Cache-Control"]
    assert "drk_" not in text_of(guan.get(url("registry_apikey_changelist")))
    guan.post(url("revoke_key", key.pk))
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_an_administrator_keeps_regions_with_a_history(sign_in: SignIn, administrator: User, town: Town) -> None:
    guan = sign_in(administrator)
    address = url("registry_region_change", town.region.pk)
    data = {"code": town.region.pk, "name_zh": "长沙市", "name_en": "Changsha", "parent": town.region.parent_id}
    assert guan.post(address, data).status_code == 302
    town.region.refresh_from_db()
    assert town.region.history.latest().history_user == administrator


def test_a_security_administrator_gives_an_assignment(sign_in: SignIn, security: User, town: Town) -> None:
    guan, newcomer = sign_in(security), User.objects.create_user("xin")
    data = {
        "username": "xin",
        "language": "en",
        "is_active": "on",
        "assignments-TOTAL_FORMS": "1",
        "assignments-INITIAL_FORMS": "0",
        "assignments-0-role": "compliance_officer",
        "assignments-0-institution": town.clinic.pk,
        "assignments-0-starts_on": LAW_BEGINS.isoformat(),
        "assignments-0-user": newcomer.pk,
    }
    assert guan.post(url("registry_user_change", newcomer.pk), data).status_code == 302
    given = newcomer.assignments.get()
    assert given.institution == town.clinic
    assert given.history.get().history_user == security
    data |= {"assignments-INITIAL_FORMS": "1", "assignments-0-id": given.pk, "assignments-0-role": "auditor"}
    data["assignments-0-ends_on"] = TODAY.isoformat()
    assert guan.post(url("registry_user_change", newcomer.pk), data).status_code == 302
    given.refresh_from_db()
    assert (given.role, given.ends_on, given.history.count()) == ("compliance_officer", TODAY, 2)


def test_a_security_administrator_ends_an_employment(sign_in: SignIn, security: User, compliance: User) -> None:
    guan = sign_in(security)
    assert "compliance officer" in text_of(guan.get(url("end_employment", compliance.pk)))
    assert guan.post(url("end_employment", compliance.pk), {"step": "form"}).status_code == 302
    compliance.refresh_from_db()
    assert not compliance.is_active
    refused = guan.post(url("end_employment", security.pk), {"step": "form"})
    assert "Nobody ends their own role" in text_of(refused)
    security.refresh_from_db()
    assert security.is_active


def test_a_key_is_rotated_with_days_for_which_both_hold(sign_in: SignIn, security: User, town: Town) -> None:
    guan = sign_in(security)
    networks = {"networks": "203.0.113.0/24, 198.51.100.7", "last_day": "2025-09-01"}
    guan.post(url("issue_key"), {"name": "长沙结算", "scope": "settlement_system", **networks})
    older = ApiKey.objects.get()
    assert "Rotate the key" in text_of(guan.get(url("rotate_key", older.pk)))
    shown = guan.post(url("rotate_key", older.pk), {"last_day": "2025-12-01", "overlap": "7"})
    newer = ApiKey.objects.exclude(pk=older.pk).get()
    older.refresh_from_db()
    assert newer.prefix in text_of(shown)
    assert (newer.replaces, newer.networks) == (older, ["203.0.113.0/24", "198.51.100.7/32"])
    assert older.expires_at == at(TODAY, 15) + timedelta(days=7)


def test_a_security_administrator_opens_an_account_and_sees_who_changed_what(
    sign_in: SignIn, security: User, town: Town
) -> None:
    guan = sign_in(security)
    account = {"username": "neu", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    none = {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}
    assert guan.post(url("registry_user_add"), {**account, **none}).status_code == 302
    newcomer = User.objects.get(username="neu")
    for page in (
        url("registry_user_history", newcomer.pk),
        url("registry_agency_history", town.agency.pk),
        url("app_list", "registry"),
    ):
        assert guan.get(page).status_code == 200, page


def test_nothing_is_deleted(sign_in: SignIn, administrator: User, town: Town) -> None:
    guan = sign_in(administrator)
    for name, row in (("practitioner", town.surgeon), ("region", town.region), ("institution", town.hospital)):
        assert guan.post(url(f"registry_{name}_delete", row.pk), {"post": "yes"}).status_code == 403


def test_an_entry_is_corrected_where_it_was_decided_though_others_see_the_file(
    sign_in: SignIn, town: Town, stranger: User
) -> None:
    entry = score(town, 4, TODAY)
    agency = Agency.objects.get(code="A120000")
    hospital = open_institution(
        code="H12000000001", name="天津医院", region=agency.region, agency=agency, by=None, now=at(TODAY)
    )
    register_at(practitioner=town.surgeon, institution=hospital, starts_on=TODAY, by=None, now=at(TODAY))
    far = sign_in(stranger)
    file = far.get(url("registry_practitioner_change", town.surgeon.pk))
    assert "Points recorded: 4" in text_of(file)
    act, data = ruled(entry, 0)
    assert "No entry of this person was decided here" in text_of(far.get(act))
    assert "Name at least one entry" in text_of(preview(far, act, {**data, "agency": agency.pk}))


def test_a_document_recorded_twice_says_that_nothing_was_changed(chen: Client, town: Town) -> None:
    data = {
        "kind": "penalty",
        "document_number": "长医保罚〔2025〕7号",
        "made_on": "2025-03-05",
        "conduct_from": "2025-02-01",
        "conduct_until": "2025-02-20",
        "agency": town.agency.pk,
        "legal_basis": "条例第四十条",
    }
    act = url("record_handling", town.hospital.pk)
    assert "Identify next who is responsible." in text_of(chen.post(act, data, follow=True))
    with time_machine.travel(at(TODAY, 15) + timedelta(minutes=10), tick=False):
        again = text_of(chen.post(act, {**data, "legal_basis": "条例第三十八条"}, follow=True))
    assert "was recorded already on March 10, 2025. Nothing was changed" in again
    assert "条例第四十条" in again
