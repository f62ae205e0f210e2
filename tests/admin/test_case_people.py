"""A ward in one screen: sheets, pasted codes, ticks; who cannot be taken along is named."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actions.cases import add_case_file
from registry.actions.files import keep_file
from registry.actions.silence import decide_by_silence
from registry.models import Proposal, Responsibility, Task, User
from tests.admin.conftest import SignIn
from tests.admin.deeds import confirm, entered_in, preview, text_of, url
from tests.admin.wards import PDF, case_with, numbers, ward
from tests.casework import Desk, morning_after, received
from tests.rosters.sheets import xlsx
from tests.town import TODAY, at, handle

MOST_QUERIES = 15


def test_a_ward_is_identified_from_a_sheet_after_every_fault_was_told(sign_in: SignIn, here: Desk) -> None:
    people = ward(here, 3)
    case = handle(here.town).case
    identifier, act = sign_in(here.identifier), url("identify_many", case.pk)
    headings = ["人员代码", "姓名", "责任等级", "认定依据", "认定日期"]
    lines = [[person.code, person.name, "一般", "配合\n记账", "2025-03-06"] for person in people]
    wrong = xlsx(lines[0], [people[1].code, "张三", "最高", "配合", "2025-03-06"], lines[2], headings=headings)
    refused = identifier.post(
        act, {"file": SimpleUploadedFile("名单.xlsx", wrong), "step": "form", "identified_on": "2025-03-06"}
    )
    assert refused.status_code == 422
    words = text_of(refused)
    assert "1 of 3 rows" in words
    assert "3 张三 N430100700001 Name The personal code belongs to 护＊, not to 张三." in words
    assert "Responsibility responsibility: “最高” is not known." in words
    assert not Responsibility.objects.exists()
    right = SimpleUploadedFile("名单.xlsx", xlsx(*lines, headings=headings))
    shown = identifier.post(act, {"file": right, "step": "form", "identified_on": "2025-03-06"})
    assert "护士2" in text_of(shown)
    assert not Responsibility.objects.exists()
    done = confirm(identifier, act, entered_in(shown), shown)
    assert done.status_code == 302
    assert Responsibility.objects.filter(grade="general", grounds="配合记账", recorded_by=here.identifier).count() == 3


def test_a_code_that_nobody_has_is_told_by_itself(sign_in: SignIn, here: Desk) -> None:
    act = url("identify_many", handle(here.town).case.pk)
    data = {"rows": "N000000000000", "grade": "general", "grounds": "名单", "identified_on": "2025-03-06"}
    assert "Nobody in the register has the personal code N000000000000." in text_of(
        preview(sign_in(here.identifier), act, data)
    )


def test_codes_are_pasted_with_one_grade_for_all(sign_in: SignIn, here: Desk) -> None:
    people = ward(here, 2)
    case = handle(here.town).case
    identifier, act = sign_in(here.identifier), url("identify_many", case.pk)
    data = {
        "rows": "\r\n".join(person.code for person in people),
        "grade": "important",
        "grounds": "科室名单",
        "identified_on": "2025-03-06",
    }
    shown = preview(identifier, act, data)
    assert confirm(identifier, act, data, shown).status_code == 302
    assert Responsibility.objects.filter(grade="important").count() == 2


def test_a_ward_is_proposed_told_and_received_by_ticking(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, ward(here, 4))
    scorer, ticked = sign_in(here.scorer), numbers(case)[:3]
    act = url("propose_many", case.pk)
    asked = scorer.post(act, {"step": "choose", "people": ticked})
    assert asked.status_code == 200
    assert "For 3 people" in text_of(asked)
    data = {"people": ",".join(map(str, ticked)), "situation": "1-01"}
    shown = preview(scorer, act, data)
    assert "护士0" in text_of(shown)
    assert "0 → 1" in text_of(shown)
    confirm(scorer, act, data, shown)
    assert Proposal.objects.count() == 3
    page = text_of(scorer.get(url("registry_case_change", case.pk)))
    assert "Nothing proposed yet 1" in page
    assert "Proposed 3" in page

    everybody = scorer.get(url("notify_many", case.pk))
    assert "this is for all 3 people (proposed)" in text_of(everybody)
    act = url("notify_many", case.pk)
    data = {"people": everybody.context["form"].initial["people"], "channel": "by_hand"}
    confirm(scorer, act, data, preview(scorer, act, data))
    proof = SimpleUploadedFile("签收表.pdf", PDF)
    done = scorer.post(
        url("record_receipts", case.pk),
        {"people": data["people"], "channel": "by_hand", "received_on": "2025-03-10", "receipt": proof, "step": "form"},
    )
    assert done.status_code == 302
    assert Proposal.objects.filter(state="received").count() == 3
    assert Task.objects.filter(kind="object", state="open").count() == 3


def test_who_cannot_be_taken_along_is_named_and_the_others_go_on(sign_in: SignIn, here: Desk) -> None:
    people = ward(here, 3)
    case = case_with(here, people)
    scorer, act = sign_in(here.scorer), url("propose_many", case.pk)
    three = numbers(case)
    data = {"people": str(three[1]), "situation": "1-99"}
    confirm(scorer, act, data, preview(scorer, act, data))
    refused = preview(scorer, act, {"people": ",".join(map(str, three)), "situation": "1-01"})
    words = text_of(refused)
    assert "Who cannot be taken along, and why" in words
    assert "护士1 N430100700001 Other points are proposed for this person" in words
    assert Proposal.objects.count() == 1
    left = refused.context["without_them"]
    assert left == f"{three[0]},{three[2]}"
    data = {"people": left, "situation": "1-01"}
    confirm(scorer, act, data, preview(scorer, act, data))
    assert Proposal.objects.count() == 3


def test_where_there_is_nobody_nothing_is_asked_either(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, [])
    page = sign_in(here.scorer).get(url("propose_many", case.pk))
    assert "There is nobody for whom this is possible now. The case shows how far everybody is" in text_of(page)
    assert 'name="situation"' not in page.content.decode()
    assert 'value="form"' not in page.content.decode()


def test_a_list_proposes_several_situations_for_a_person(sign_in: SignIn, here: Desk) -> None:
    people = ward(here, 2)
    case = case_with(here, people)
    scorer, act = sign_in(here.scorer), url("propose_by_list", case.pk)
    template = scorer.get(act, {"template": "1"})
    assert template["Content-Type"].endswith("spreadsheetml.sheet")
    rows = [[people[0].code, people[0].name, "1-01"], [people[0].code, people[0].name, "2-01"],
            [people[1].code, people[1].name, "1-01"]]  # fmt: skip
    content = SimpleUploadedFile("x.xlsx", xlsx(*rows, headings=["人员代码", "姓名", "记分情形"]))
    shown = scorer.post(act, {"file": content, "step": "form"})
    assert "0 → 5" in text_of(shown)
    assert confirm(scorer, act, entered_in(shown), shown).status_code == 302
    assert sorted(proposal.items.count() for proposal in Proposal.objects.all()) == [1, 2]


def test_terminations_of_many_are_countersigned_at_once(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, ward(here, 2), grade="principal")
    scorer, act = sign_in(here.scorer), url("propose_many", case.pk)
    data = {"people": ",".join(map(str, numbers(case))), "situation": "4-01"}
    shown = preview(scorer, act, data)
    assert "Terminating 2" in text_of(shown)
    confirm(scorer, act, data, shown)
    assert "Waits for a countersignature 2" in text_of(scorer.get(url("registry_case_change", case.pk)))
    act = url("countersign_many", case.pk)
    refused = text_of(preview(scorer, act, {"people": data["people"]}))
    assert "Nothing was recorded: 2 of 2 people cannot be taken along." in refused
    assert "You proposed these points. Ask a colleague" in refused
    identified = text_of(preview(sign_in(here.identifier), act, {"people": data["people"]}))
    assert "You identified this responsibility. Ask a colleague who did not propose" in identified
    second = sign_in(here.second)
    signed = {"people": second.get(act).context["form"].initial["people"]}
    confirm(second, act, signed, preview(second, act, signed))
    assert Proposal.objects.filter(countersigned_by=here.second).count() == 2


def offered(page: Any) -> list[str]:
    """The acts on the people of the case."""
    return [str(act.title) for act in page.context["people_acts"]]


def test_a_case_offers_only_what_somebody_in_it_is_far_enough_for(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, ward(here, 2))
    scorer, page = sign_in(here.scorer), url("registry_case_change", case.pk)
    assert offered(scorer.get(page)) == ["Propose points"]
    act, data = url("propose_many", case.pk), {"people": str(numbers(case)[0]), "situation": "1-01"}
    confirm(scorer, act, data, preview(scorer, act, data))
    assert offered(scorer.get(page)) == ["Propose points", "Send the notices"]


def test_a_closed_case_offers_nothing_to_do_with_who_is_decided(sign_in: SignIn, here: Desk) -> None:
    case = received(here, 4).case
    assert decide_by_silence(now=morning_after(case.proposals.get())) == 1
    page = sign_in(here.scorer).get(url("registry_case_change", case.pk))
    assert page.context["case"].state == "closed"
    assert offered(page) == []
    assert not any(act.main for act in page.context["acts"])
    assert 'name="people"' not in page.content.decode()


def test_people_are_found_within_a_case_by_state_and_by_name(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, ward(here, 12))
    chen, page = sign_in(here.town.officer), url("registry_case_change", case.pk)
    assert "护士11" in text_of(chen.get(page, {"q": "护士11"}))
    assert "护士10" not in text_of(chen.get(page, {"q": "护士11"}))
    assert "Nobody here." in text_of(chen.get(page, {"stage": "decided"}))
    assert chen.get(page, {"after": "x", "stage": "nonsense"}).status_code == 200


@pytest.mark.parametrize("size", [3, 60])
def test_the_pages_stay_within_fifteen_queries(sign_in: SignIn, here: Desk, compliance: User, size: int) -> None:
    case = case_with(here, ward(here, size))
    scorer = sign_in(here.scorer)
    data = {"people": ",".join(map(str, numbers(case))), "situation": "1-01"}
    act = url("propose_many", case.pk)
    confirm(scorer, act, data, preview(scorer, act, data))
    proposal = Proposal.objects.latest("pk")
    file = keep_file(name="书.pdf", content=PDF, by=here.scorer, now=at(TODAY))
    add_case_file(case=case, file=file, title="书", by=here.scorer, now=at(TODAY))
    pages = (
        url("registry_case_changelist"),
        url("registry_proposal_changelist"),
        url("registry_case_change", case.pk),
        url("registry_proposal_change", proposal.pk),
        url("notice_letter", proposal.pk),
        url("registry_handling_change", case.handling_id),
        url("notify_many", case.pk),
    )
    for reader in (scorer, sign_in(compliance)):
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                answer = reader.get(page)
            assert answer.status_code in (200, 403), page
            assert len(captured) <= MOST_QUERIES, (page, len(captured))


def test_a_page_of_a_large_case_holds_a_hundred_people(sign_in: SignIn, here: Desk) -> None:
    case = case_with(here, ward(here, 120))
    page = sign_in(here.scorer).get(url("registry_case_change", case.pk))
    assert len(page.context["rows"]) == 100
    following = sign_in(here.scorer).get(url("registry_case_change", case.pk), {"after": page.context["following"]})
    assert len(following.context["rows"]) == 20
