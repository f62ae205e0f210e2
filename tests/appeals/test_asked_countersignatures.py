"""A surgeon asks her hospital to countersign: it signs, declines or stays silent, and the objection goes on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from appeals.actions.countersigning import ask_countersignature, decline_countersignature
from appeals.actions.objections import countersign_objection, withdraw_objection
from appeals.models import Objection
from appeals.queries.involvement import parts_in
from appeals.queries.own_data import answered_back
from registry.actions.procedure import for_practitioner
from registry.models import Assignment, Institution, ProcedureStep, Registration, Role, Task, User
from tests.admin.deeds import text_of, url
from tests.appeals.disputes import NEXT_DAY, decided, in_review, refusal
from tests.appeals.own_screens import LIST, Screen, drafted
from tests.casework import Desk, received
from tests.town import LAW_BEGINS, at

pytestmark = pytest.mark.django_db

WHY = "医院认为事实清楚"
GOES_ON = "Your objection goes on regardless"


def filed(here: Desk, surgeon: Screen, ask: str = "") -> Objection:
    """Her objection, filed on her pages with what she chose."""
    surgeon.post(drafted(surgeon, received(here, 3)) + "check/", countersignature=ask)
    return Objection.objects.get()


def asked_of_the_hospital(here: Desk, surgeon: Screen) -> Objection:
    return filed(here, surgeon, here.town.hospital.code)


def desk_of(place: Institution, name: str = "he") -> Client:
    """The office of the compliance officer there."""
    user = User.objects.create_user(name)
    Assignment.objects.create(user=user, role=Role.COMPLIANCE_OFFICER, institution=place, starts_on=LAW_BEGINS)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def at_the_clinic(here: Desk) -> None:
    """She works at the clinic, too, and for longer than at the hospital."""
    began = LAW_BEGINS - timedelta(days=900)
    Registration.objects.create(
        practitioner=here.surgeon, institution=here.town.clinic, starts_on=began, recorded_at=at(LAW_BEGINS)
    )


def address(objection: Objection) -> str:
    return f"{LIST}{objection.uuid}/"


def steps(objection: Objection) -> list[str]:
    return list(ProcedureStep.objects.filter(subject=objection.uuid).order_by("id").values_list("act", flat=True))


def test_she_files_directly_unless_she_chooses_to_ask(here: Desk, surgeon: Screen) -> None:
    at_the_clinic(here)
    page = surgeon.get((draft := drafted(surgeon, received(here, 3))) + "check/").page
    codes = ("none", here.town.hospital.code, here.town.clinic.code)
    direct, hospital, clinic = (page.index(f'id="countersignature_{code}"') for code in codes)
    assert direct < hospital < clinic, "the institution of the case stands before the one of longer standing"
    assert "checked" in page[direct:hospital]
    assert "checked" not in page[hospital:]
    assert "It is filed today in either case" in page
    surgeon.post(draft + "check/")
    objection = Objection.objects.get()
    assert (objection.state, objection.countersignature_asked_at, steps(objection)) == ("filed", None, ["file"])


def test_asked_at_the_filing_it_is_filed_that_day_and_goes_on_in_silence(here: Desk, surgeon: Screen) -> None:
    objection = asked_of_the_hospital(here, surgeon)
    assert surgeon.url == address(objection) + "receipt/"
    assert "You asked 第一医院 to countersign" in surgeon.page
    assert steps(objection) == ["file", "ask_countersignature"]
    assert (objection.filed_at, objection.countersignature_asked_at) == (at(NEXT_DAY), at(NEXT_DAY))
    tasks = Task.objects.filter(subject=objection.uuid, state="open")
    assert [each.kind for each in tasks] == ["assign"], "the agency goes on at once, and nobody owes a signature"
    page = surgeon.get(address(objection)).page
    assert all(each in page for each in ("Institution asked to countersign", "Waits for the institution", GOES_ON))
    assert "Ask to countersign</button>" not in page, "one asks once"
    in_review(here, objection, now=at(NEXT_DAY, 11))
    decided(here, objection, "annulled")
    page = surgeon.get(address(objection)).page
    assert "It is decided." in page
    assert "Waits for the institution" not in page
    assert "It is decided: annulled 1." in surgeon.get("/my/objections/").page


def test_an_institution_that_cannot_be_asked_never_keeps_her_from_filing(here: Desk, surgeon: Screen) -> None:
    objection = filed(here, surgeon, here.town.clinic.code)
    assert surgeon.url == address(objection) + "receipt/"
    assert "It is filed, but no institution was asked to countersign" in surgeon.page
    assert (objection.state, objection.countersignature_asked_of) == ("filed", None)


def test_asked_later_and_twice_is_asked_once(here: Desk, surgeon: Screen, nurse: Screen) -> None:
    at_the_clinic(here)
    objection = filed(here, surgeon)
    ask = address(objection) + "countersignature/"
    hospital, clinic = here.town.hospital, here.town.clinic
    assert nurse.post(ask, countersignature=hospital.code).status == 404
    told = refusal(ask_countersignature, objection=objection, institution=hospital, by=nurse.user, now=at(NEXT_DAY))
    assert told.code == "not_your_objection"
    assert surgeon.post(ask, countersignature="H1\x00").status == 422
    assert "No institution was asked" in surgeon.page
    for _press in range(2):
        surgeon.post(ask, countersignature=hospital.code)
        assert (surgeon.status, surgeon.url) == (200, address(objection))
    assert steps(objection) == ["file", "ask_countersignature"]
    assert surgeon.post(ask, countersignature=clinic.code).status == 422
    assert "第一医院 was asked already" in surgeon.page
    objection.refresh_from_db()
    assert objection.countersignature_asked_of == hospital
    (row,) = answered_back((here.surgeon.pk,))["objections"]
    assert row["countersignature_asked_at"]


def test_what_was_asked_for_stands_first_and_is_countersigned(here: Desk, surgeon: Screen) -> None:
    objection = filed(here, surgeon)
    office = desk_of(here.town.hospital)
    assert "asked for your signature" not in text_of(office.get(url("index")))
    surgeon.post(address(objection) + "countersignature/", countersignature=here.town.hospital.code)
    assert "1 person asked for your signature" in text_of(office.get(url("index")))
    found = office.get(url("appeals_objection_changelist"), {"countersignature": "asked"})
    assert objection.number in text_of(found)
    assert "signature asked for" in text_of(found)
    office.post(url("countersign_objection", objection.pk), {})
    page = surgeon.get(address(objection)).page
    assert "Your institution has countersigned" in page
    assert "Waits for the institution" not in page
    assert refused(decline_countersignature, here, objection, reason=WHY) == "countersigned_already"


def test_declined_with_a_reason_that_she_reads_and_it_goes_on(here: Desk, surgeon: Screen) -> None:
    objection = asked_of_the_hospital(here, surgeon)
    office, decline = desk_of(here.town.hospital), url("decline_countersignature", objection.pk)
    assert decline in office.get(url("appeals_objection_change", objection.pk)).content.decode()
    assert office.post(decline, {"reason": "长" * 501}).status_code == 422
    for reason in (WHY, "另一个理由"):
        assert office.post(decline, {"reason": reason}).status_code == 302
    assert steps(objection) == ["file", "ask_countersignature", "decline_countersignature"]
    page = surgeon.get(address(objection)).page
    assert all(each in page for each in (WHY, "does not countersign", GOES_ON, "Not countersigned by the institution"))
    assert "另一个理由" not in page, "an institution answers once"
    objection.refresh_from_db()
    decliner = User.objects.get(username="he")
    assert (objection.state, objection.countersignature_declined_by) == ("filed", decliner)
    assert parts_in(objection)[decliner.pk], "who declined does not judge"
    assert "No objection waits" in text_of(office.get(url("index")))
    countersign_objection(objection=objection, institution=here.town.hospital, by=decliner, now=at(NEXT_DAY, 12))
    assert "Your institution has countersigned" in surgeon.get(address(objection)).page


def test_nobody_answers_for_an_institution_that_was_not_asked(here: Desk, surgeon: Screen) -> None:
    at_the_clinic(here)
    objection = asked_of_the_hospital(here, surgeon)
    office, decline = desk_of(here.town.clinic, "other"), url("decline_countersignature", objection.pk)
    assert decline not in office.get(url("appeals_objection_change", objection.pk)).content.decode()
    answer = office.post(decline, {"reason": WHY})
    assert answer.status_code == 422
    assert "was not asked" in text_of(answer)
    objection.refresh_from_db()
    assert objection.countersignature_declined_at is None


def test_nothing_is_asked_or_declined_once_it_is_closed(here: Desk, surgeon: Screen) -> None:
    objection = asked_of_the_hospital(here, surgeon)
    withdraw_objection(objection=objection, acting=for_practitioner(surgeon.user), now=at(NEXT_DAY, 11))
    assert refused(decline_countersignature, here, objection, reason=WHY) == "not_possible_now"
    assert "Waits for the institution" not in surgeon.get(address(objection)).page
    again = Objection.objects.exclude(pk=objection.pk)
    surgeon.post(drafted(surgeon, objection.proposal) + "check/")  # type: ignore[arg-type]  # it is about a proposal
    withdraw_objection(objection=again.get(), acting=for_practitioner(surgeon.user), now=at(NEXT_DAY, 12))
    ask = address(again.get()) + "countersignature/"
    assert surgeon.post(ask, countersignature=here.town.hospital.code).status == 422
    assert again.get().countersignature_asked_at is None


def refused(act: Callable[..., Objection], here: Desk, objection: Objection, **given: str) -> str:
    """The code of the refusal for the hospital."""
    told = refusal(act, objection=objection, institution=here.town.hospital, by=here.another, now=at(NEXT_DAY), **given)
    return told.code
