"""Cases, proposals and documents: the agency acts, the institution sees its own people, auditors only look."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from registry.actions.cases import add_case_file
from registry.actions.deliveries import notify
from registry.actions.files import keep_file
from registry.actions.handlings import identify_responsibility
from registry.models import Proposal, User
from tests.admin.conftest import SignIn
from tests.admin.deeds import confirm, preview, text_of, url
from tests.admin.wards import PDF, stray
from tests.casework import Desk, identified, proposed, received
from tests.town import TODAY, at, handle


def test_an_institution_sees_its_cases_and_of_them_its_own_people_only(
    sign_in: SignIn, here: Desk, compliance: User
) -> None:
    mine = proposed(here, 3)
    other = proposed(here, 3, who=stray(here))
    he = sign_in(compliance)
    assert "第一医院 罚字1号 open 1 1" in text_of(he.get(url("registry_case_changelist")))
    page = text_of(he.get(url("registry_case_change", mine.case_id)))
    assert "王伟" in page
    assert "赵敏" not in page
    assert "赵敏" not in text_of(he.get(url("registry_handling_change", mine.case.handling_id)))
    assert he.get(url("registry_proposal_change", mine.pk)).status_code == 200
    assert he.get(url("registry_proposal_change", other.pk)).status_code == 404
    assert he.get(url("notice_letter", other.pk)).status_code == 404
    assert "赵敏" not in text_of(he.get(url("registry_proposal_changelist")))


def test_a_case_of_another_institution_is_not_there(sign_in: SignIn, here: Desk, compliance: User) -> None:
    case = handle(here.town, institution=here.town.clinic).case
    assert sign_in(compliance).get(url("registry_case_change", case.pk)).status_code == 404


def test_an_institution_and_an_administrator_decide_nothing(
    sign_in: SignIn, here: Desk, compliance: User, administrator: User
) -> None:
    proposal = proposed(here, 3)
    case, pk = proposal.case_id, proposal.pk
    for user in (compliance, administrator):
        client = sign_in(user)
        for page in (
            *(url(name, case) for name in ("identify", "identify_many", "propose_many", "propose_by_list")),
            *(url(name, case) for name in ("countersign_many", "notify_many", "close_case", "add_case_file")),
            *(url(name, pk) for name in ("countersign", "notify", "withdraw", "decide_held")),
            url("propose", proposal.responsibility_id),
        ):
            assert client.get(page).status_code == 403, page
            assert client.post(page, {"reason": "x"}).status_code == 403, page
    assert "王伟" in text_of(sign_in(administrator).get(url("registry_case_change", case)))


def test_an_officer_of_elsewhere_finds_nothing(sign_in: SignIn, here: Desk, stranger: User) -> None:
    proposal = proposed(here, 3)
    far = sign_in(stranger)
    for page in (
        url("registry_case_change", proposal.case_id),
        url("registry_proposal_change", proposal.pk),
        url("notice_letter", proposal.pk),
        url("propose", proposal.responsibility_id),
        url("notify", proposal.pk),
        url("record_receipt", proposal.pk),
        url("notify_many", proposal.case_id),
    ):
        assert far.get(page).status_code == 404, page


def test_the_institution_records_the_receipt_of_what_it_hands_over(
    sign_in: SignIn, here: Desk, compliance: User
) -> None:
    through = notify(proposal=proposed(here, 3), channel="institution", by=here.scorer, now=at(TODAY, 12))
    on_portal = notify(proposal=proposed(here, 3, who=here.nurse), channel="portal", by=here.scorer, now=at(TODAY, 12))
    he = sign_in(compliance)
    assert he.get(url("record_receipt", on_portal.pk)).status_code == 404
    page = he.get(url("registry_proposal_change", through.pk)).content.decode()
    assert url("record_receipt", through.pk) in page
    assert 'name="channel"' not in he.get(url("record_receipt", through.pk)).content.decode()
    done = he.post(url("record_receipt", through.pk), {"received_on": "2025-03-10", "remark": "科室存卷"})
    assert done.status_code == 302
    through.refresh_from_db()
    assert through.state == "received"
    step = text_of(he.get(url("registry_proposal_change", through.pk)))
    assert "Advance notice received 科室存卷 he · institution · 第一医院" in step


def test_an_institution_cannot_slip_in_the_receipts_of_notices_that_it_does_not_hand_over(
    sign_in: SignIn, here: Desk, compliance: User
) -> None:
    through = notify(proposal=proposed(here, 3), channel="institution", by=here.scorer, now=at(TODAY, 12))
    on_portal = notify(proposal=proposed(here, 3, who=here.nurse), channel="portal", by=here.scorer, now=at(TODAY, 12))
    he, act = sign_in(compliance), url("record_receipts", through.case_id)
    both = f"{through.responsibility_id},{on_portal.responsibility_id}"
    data = {"received_on": "2025-03-10", "remark": "科室存卷", "step": "form"}
    refused = he.post(act, {**data, "people": both})
    assert "李娜 N430100000002 Your institution does not have to hand this notice over." in text_of(refused)
    assert not Proposal.objects.filter(state="received").exists()
    assert he.post(act, {**data, "people": str(through.responsibility_id)}).status_code == 302
    assert list(Proposal.objects.filter(state="received")) == [through]


def test_a_place_of_work_serves_a_notice_of_another_institutions_case(
    sign_in: SignIn, here: Desk, compliance: User
) -> None:
    handling = handle(here.town, institution=here.town.clinic)
    responsibility = identify_responsibility(
        handling=handling,
        practitioner=here.surgeon,
        grade="general",
        grounds="会诊",
        identified_on=TODAY,
        by=here.identifier,
        now=at(TODAY, 9),
    )
    scorer, he = sign_in(here.scorer), sign_in(compliance)
    act = url("propose", responsibility.pk)
    confirm(scorer, act, {"situation": "1-01"}, preview(scorer, act, {"situation": "1-01"}))
    proposal = Proposal.objects.get()
    assert he.get(url("registry_proposal_change", proposal.pk)).status_code == 404
    notify(proposal=proposal, channel="institution", by=here.scorer, now=at(TODAY, 15))
    page = he.get(url("registry_proposal_change", proposal.pk))
    assert page.status_code == 200
    assert url("registry_case_change", handling.case.pk) not in page.content.decode()
    assert he.post(url("record_receipt", proposal.pk), {"received_on": "2025-03-10", "remark": "存"}).status_code == 302


def test_documents_of_a_case_are_for_its_agency_and_receipts_for_who_sees_the_proposal(
    sign_in: SignIn, here: Desk, compliance: User, administrator: User, stranger: User
) -> None:
    proposal = notify(proposal=proposed(here, 3), channel="by_hand", by=here.scorer, now=at(TODAY, 12))
    document = keep_file(name="书.pdf", content=PDF, by=here.scorer, now=at(TODAY))
    add_case_file(case=proposal.case, file=document, title="书", by=here.scorer, now=at(TODAY))
    receipt = SimpleUploadedFile("回执.pdf", PDF)
    data = {"channel": "by_hand", "received_on": "2025-03-10", "receipt": receipt}
    sign_in(here.scorer).post(url("record_receipt", proposal.pk), data)
    proof = proposal.deliveries.get(event="received").receipt
    assert proof is not None
    may = {
        user.username: [sign_in(user).get(url("stored_file", file.uuid)).status_code for file in (document, proof)]
        for user in (here.scorer, compliance, administrator, stranger)
    }
    assert list(may.values()) == [[200, 200], [404, 200], [200, 200], [404, 404]]


def test_the_overview_of_an_agency_counts_open_proposals(sign_in: SignIn, here: Desk) -> None:
    received(here, 3)
    proposed(here, 3, who=here.nurse)
    words = text_of(sign_in(here.scorer).get(url("index")))
    assert "Open proposals" in words
    assert "Notice received, window open 1" in words


def test_an_autocomplete_of_an_institution_offers_only_its_own(sign_in: SignIn, here: Desk, compliance: User) -> None:
    identified(here)
    asked: dict[str, Any] = {
        "app_label": "registry", "model_name": "responsibility", "field_name": "practitioner", "term": "王",
    }  # fmt: skip
    assert len(sign_in(compliance).get(url("autocomplete"), asked).json()["results"]) == 1
