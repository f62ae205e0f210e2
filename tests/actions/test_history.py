"""Whoever changes a mutable record leaves a row of history with their name, whichever act they do."""

from datetime import date, timedelta

import pytest

from registry.actions.access import end_employment, end_role, give_role
from registry.actions.access_log import record_access, record_many, unmask_document
from registry.actions.calendar import correct_day, enter_year
from registry.actions.certificates import make_certificate
from registry.actions.corrections import Correction, correct_entries
from registry.actions.enrolment import issue_enrolment_code, use_code
from registry.actions.handlings import identify_responsibility, record_handling, record_trigger
from registry.actions.identities import give_identity
from registry.actions.institutions import conclude_agreement, end_agreement, open_institution
from registry.actions.keys import issue_key, revoke_key, rotate_key
from registry.actions.merging import merge_files, undo_merge
from registry.actions.notices import read_notice
from registry.actions.own_corrections import answer_correction, ask_for_correction
from registry.actions.people import add_document, assign_code, register_practitioner, rename
from registry.actions.registrations import end_registration, register_at, sign_commitment
from registry.actions.remediation import relieve_points, reregister, shorten_period
from registry.actions.sharing import share, stop_sharing
from registry.models import Role, User
from tests.actions.watch import Watch, acts
from tests.enrolling import CARD, compliance_officer, with_card
from tests.entries import record_points
from tests.town import TODAY, Town, at, build

pytestmark = pytest.mark.django_db

LATER = date(2028, 3, 10)


@pytest.fixture
def town() -> Town:
    return build("510100")


def test_no_act_changes_a_record_without_its_history(town: Town) -> None:
    watch, by, second = Watch(), town.officer, town.second
    signed = {"reason": "依据决定", "agency": town.agency}
    now = at(TODAY, 12)
    place = watch.do(
        open_institution, code="P51010000009", name="新药店", region=town.region, agency=town.agency, by=by, now=now
    )
    agreement = watch.do(conclude_agreement, institution=place, number="协9", starts_on=TODAY, by=by, now=now)
    watch.do(end_agreement, agreement=agreement, ends_on=LATER, reason="到期", by=second, now=at(TODAY, 13))
    person = watch.do(register_practitioner, code=None, name="张丽", category="nurse", by=by, now=now)
    watch.do(assign_code, practitioner=person, code="N77", reason="赋码", by=second, now=at(TODAY, 13))
    watch.do(rename, practitioner=person, name="张莉", reason="更名", by=by, now=at(TODAY, 14))
    watch.do(add_document, practitioner=person, kind="passport", number="E1234567", by=second, now=at(TODAY, 15))
    assert person.history.latest("history_id").history_user == second
    registration = watch.do(register_at, practitioner=person, institution=place, starts_on=TODAY, by=by, now=now)
    watch.do(sign_commitment, registration=registration, signed_on=TODAY, by=second, now=at(TODAY, 13))
    watch.do(end_registration, registration=registration, ends_on=LATER, reason="离职", by=by, now=at(TODAY, 14))
    watch.do(give_role, user=second, role=Role.AGENCY_OFFICER, place=town.agency, starts_on=TODAY, by=by, now=now)
    look = {"key": None, "kind": "opened", "reason": ""}
    watch.do(record_access, practitioner=person, **look, by=second, now=at(TODAY, 15))
    watch.do(record_many, practitioners=[person.pk], **look, by=second, now=at(TODAY, 15))
    paper = person.documents.get()
    watch.do(unmask_document, document=paper, reason="核对执业证与身份证件", by=second, now=at(TODAY, 15))
    documented = {
        "made_on": TODAY,
        "conduct_from": date(2025, 2, 1),
        "conduct_until": date(2025, 2, 1),
        "agency": town.agency,
    }
    handling = watch.do(
        record_handling,
        institution=town.hospital,
        kind="penalty",
        document_number="罚1",
        legal_basis="第四十条",
        by=by,
        now=now,
        **documented,
    )
    watch.do(
        record_trigger, practitioner=person, kind="licence_revoked", document_number="吊1", by=by, now=now, **documented
    )
    for grade in ("general", "principal"):
        part = watch.do(
            identify_responsibility,
            handling=handling,
            practitioner=person,
            grade=grade,
            grounds="签字",
            identified_on=TODAY,
            by=by,
            now=now,
        )
    entry = record_points(responsibility=part, situation="4-01", second=second, by=by, now=now)
    other = record_points(responsibility=part, situation="3-99", act="另一行为", second=second, by=by, now=now)
    link = watch.do(merge_files, kept=person, absorbed=town.nurse, reason="同一人", second=second, by=by, now=now)
    watch.do(undo_merge, merge=link, reason="有误", second=by, by=second, now=at(TODAY, 13))
    for points, signing in ((8, None), (7, None), (None, second)):
        changed = [Correction(other.fact, points)]
        watch.do(correct_entries, corrections=changed, reason="判决", second=signing, by=by, now=at(TODAY, 15))
    watch.do(relieve_points, practitioner=person, points=1, second=second, by=by, now=at(TODAY, 16), **signed)
    watch.do(reregister, practitioner=person, institutions=[place, town.hospital], by=second, now=at(LATER), **signed)
    assert entry.fact.effective_on == TODAY
    nurse_part = watch.do(
        identify_responsibility,
        handling=handling,
        practitioner=town.nurse,
        grade="general",
        grounds="配合",
        identified_on=TODAY,
        by=by,
        now=at(LATER),
    )
    record_points(
        responsibility=nurse_part,
        situation="3-99",
        points=9,
        departure_reason="重",
        by=by,
        now=at(LATER),
    )
    watch.do(shorten_period, practitioner=town.nurse, days=3, second=second, by=by, now=at(LATER), **signed)
    key, _text = watch.do(
        issue_key,
        name="结算",
        scope="settlement_system",
        expires_at=at(LATER) + timedelta(days=30),
        by=by,
        now=at(LATER),
    )
    ends = at(LATER + timedelta(days=60))
    rotated = {"expires_at": ends, "overlap": timedelta(days=7)}
    watch.do(rotate_key, key=key, **rotated, by=second, now=at(LATER, 10))
    watch.do(revoke_key, key=key, by=second, now=at(LATER, 11))
    clerk = User.objects.create(username="clerk")
    held = {"user": clerk, "role": Role.SUPPORT, "starts_on": LATER}
    role = watch.do(give_role, **held, by=by, now=at(LATER, 12))
    named = {"user": clerk, "server": "https://id.example", "identifier": "c-1"}
    watch.do(give_identity, **named, by=second, now=at(LATER, 12))
    watch.do(end_role, assignment=role, ends_on=LATER + timedelta(days=9), by=second, now=at(LATER, 13))
    watch.do(end_employment, user=clerk, by=by, now=at(LATER, 14))
    days = read_notice("2027-01-01 元旦\n2027-01-03 上班")
    watch.do(enter_year, year=2027, days=days, source="关于2027年部分节假日安排的通知", by=by, now=at(LATER))
    for kind, hour in (("holiday", 12), ("ordinary", 13)):
        day = {"day": date(2027, 1, 2), "kind": kind, "name": "元旦"}
        watch.do(correct_day, **day, reason="补充通知", by=second, now=at(LATER, hour))
    _own_file(watch, town)
    assert watch.done == acts(casework=False), "an act was added: let it be watched here too"


def test_a_correction_of_a_registration_keeps_the_reason_in_the_history(town: Town) -> None:
    registration = register_at(
        practitioner=town.surgeon, institution=town.clinic, starts_on=TODAY, by=town.officer, now=at(TODAY)
    )
    ended = end_registration(registration=registration, ends_on=LATER, reason="离职", by=town.second, now=at(TODAY, 13))
    for row in (registration, ended):
        last = row.history.latest("history_id")
        assert (last.history_user, last.history_change_reason) == (town.second, "离职")


def _own_file(watch: Watch, town: Town) -> None:
    """A nurse comes in with a code, asks for a correction and is answered."""
    nurse, he, now = town.nurse, compliance_officer(town), at(TODAY, 18)
    give_role(user=town.officer, role=Role.AGENCY_OFFICER, place=town.agency, starts_on=TODAY, by=None, now=now)
    with_card(town, nurse)
    watch.seen = watch._rows()
    shown = {"code": nurse.code, "name": nurse.name, "document_number": CARD}
    _code, text = watch.do(issue_enrolment_code, practitioner=nurse, institution=town.hospital, **shown, by=he, now=now)
    herself = User.objects.create(username="linurse")
    watch.do(use_code, personal_code=nurse.code, code=text, by=herself, now=at(TODAY, 19))
    give_role(user=herself, role=Role.PRACTITIONER, place=nurse, starts_on=TODAY, by=None, now=now)
    watch.seen = watch._rows()
    task = watch.do(ask_for_correction, practitioner=nurse, what="类别不对", by=herself, now=at(TODAY, 20))
    stated = {"on": TODAY, "language": "en", "with_points": False}
    watch.do(make_certificate, practitioner=nurse, **stated, by=herself, now=at(TODAY, 20))
    asked = {"recipient": "第二医院", "scope": "standing", "days": 7, "most_looks": 3}
    code, _text = watch.do(share, practitioner=nurse, **asked, by=herself, now=at(TODAY, 20))
    watch.do(stop_sharing, code=code, by=herself, now=at(TODAY, 21))
    watch.do(answer_correction, task=task, answer="已更正", by=town.officer, now=at(TODAY, 21))
