"""A department in one step: all of it or nothing, with every reason told at once."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry.actions.errors import Refused
from registry.actions.many import (
    Identified,
    ManyRefused,
    Proposed,
    countersign_many,
    identify_many,
    notify_many,
    preview_proposals,
    propose_many,
    record_receipts_many,
)
from registry.actions.people import register_practitioner
from registry.actions.procedure import for_agency
from registry.actions.proposals import Item, propose, withdraw_proposal
from registry.actions.registrations import register_at
from registry.actions.silence import decide_by_silence
from registry.ledger.checking import file_differences
from registry.models import (
    Case,
    Delivery,
    PointsEntry,
    Practitioner,
    ProcedureStep,
    Proposal,
    Responsibility,
    User,
)
from tests.actions.deeds import merge
from tests.casework import Desk, desk, identified, item, morning_after
from tests.town import LAW_BEGINS, TODAY, at, further_tasks, handle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


LIGHT = (Item(situation="1-01"),)
LIST = "签收表第3页"


def department(here: Desk, size: int) -> list[Practitioner]:
    """So many nurses of the hospital."""
    return [nurse(here, f"N4301009{number:05d}", f"护士{number}") for number in range(size)]


def nurse(here: Desk, code: str, name: str) -> Practitioner:
    person = register_practitioner(code=code, name=name, category="nurse", by=None, now=at(LAW_BEGINS))
    register_at(practitioner=person, institution=here.town.hospital, starts_on=LAW_BEGINS, by=None, now=at(LAW_BEGINS))
    return person


def case_of(here: Desk, number: str = "罚字1号") -> Case:
    return handle(here.town, number=number).case


def rows_of(people: Sequence[Practitioner], grade: str = "general") -> list[Identified]:
    return [
        Identified(number=number, practitioner=person, grade=grade, grounds="配合", identified_on=TODAY)
        for number, person in enumerate(people, start=2)
    ]


def answering(here: Desk, case: Case, people: Sequence[Practitioner], grade: str = "general") -> list[Responsibility]:
    return identify_many(case=case, rows=rows_of(people, grade), by=here.identifier, now=at(TODAY, 9))


def suggested(found: Sequence[Responsibility], items: Sequence[Item] = LIGHT) -> list[Proposed]:
    return [Proposed(number=number, responsibility=one, items=items) for number, one in enumerate(found, start=2)]


def proposed_to(
    here: Desk, case: Case, people: Sequence[Practitioner], items: Sequence[Item] = LIGHT
) -> list[Proposal]:
    rows = suggested(answering(here, case, people), items)
    return propose_many(case=case, rows=rows, by=here.scorer, now=at(TODAY))


def told(here: Desk, case: Case, proposals: Sequence[Proposal]) -> list[Proposal]:
    return notify_many(case=case, proposals=proposals, channel="by_hand", by=here.scorer, now=at(TODAY, 12))


def received_by(here: Desk, case: Case, proposals: Sequence[Proposal]) -> list[Proposal]:
    return record_receipts_many(
        case=case,
        proposals=proposals,
        channel="by_hand",
        received_on=TODAY,
        remark=LIST,
        acting=for_agency(here.scorer, here.town.agency),
        now=at(TODAY, 13),
    )


def test_a_department_of_forty_goes_from_the_handling_to_the_ledger_in_a_few_steps() -> None:
    here = desk()
    case = case_of(here)
    proposals = proposed_to(here, case, department(here, 40))
    received = received_by(here, case, told(here, case, proposals))
    assert decide_by_silence(now=morning_after(received[0])) == 40
    assert PointsEntry.objects.count() == 40
    case.refresh_from_db()
    assert case.state == "closed"
    assert ProcedureStep.objects.filter(act="receive", grounds=LIST, actor=here.scorer).count() == 40
    assert list(file_differences()) == []


def test_one_wrong_row_leaves_nothing_and_every_reason_is_told() -> None:
    here = desk()
    case, people = case_of(here), department(here, 5)
    rows = rows_of(people)
    rows[1] = Identified(number=3, practitioner=people[1], grade="chief", grounds="配合", identified_on=TODAY)
    rows[3] = Identified(number=5, practitioner=people[3], grade="general", grounds=" ", identified_on=TODAY)
    with pytest.raises(ManyRefused) as refused:
        identify_many(case=case, rows=rows, by=here.identifier, now=at(TODAY, 9))
    found = [(row.number, row.person, row.refusal.code) for row in refused.value.rows]
    assert found == [(3, people[1], "grade_unknown"), (5, people[3], "grounds_missing")]
    assert "2 of 5" in str(refused.value.message)
    assert not Responsibility.objects.exists()


def test_points_outside_the_band_of_one_stop_the_proposals_of_all() -> None:
    here = desk()
    case = case_of(here)
    rows = suggested(answering(here, case, department(here, 3)))
    rows[2] = Proposed(number=4, responsibility=rows[2].responsibility, items=[Item(situation="1-01", points=9)])
    for act in (preview_proposals, lambda **more: propose_many(by=here.scorer, **more)):
        with pytest.raises(ManyRefused) as refused:
            act(case=case, rows=rows, now=at(TODAY))
        assert [row.refusal.code for row in refused.value.rows] == ["points_outside_the_band"]
    assert not Proposal.objects.exists()
    assert not further_tasks().exists()


def test_the_preview_of_many_shows_each_total() -> None:
    here = desk()
    case = case_of(here)
    rows = suggested(answering(here, case, department(here, 2)), [item(9)])
    found = preview_proposals(case=case, rows=rows, now=at(TODAY))
    assert [(each.total_before, each.total_after, each.terminates) for each in found] == [(0, 9, False)] * 2
    assert not Proposal.objects.exists()


def test_two_rows_for_one_person_are_an_error_that_names_the_first() -> None:
    here = desk()
    with pytest.raises(ManyRefused) as refused:
        answering(here, case_of(here), [here.nurse, here.surgeon, here.nurse])
    (row,) = refused.value.rows
    assert (row.number, row.refusal.code) == (4, "person_twice")
    assert "the person of row 2 already" in str(row.refusal.message)


def test_two_files_that_were_merged_are_one_person() -> None:
    here = desk()
    other = nurse(here, "N430100999999", "李娜")
    merge(here.town, here.nurse, other, TODAY)
    with pytest.raises(ManyRefused) as refused:
        answering(here, case_of(here), [other, here.nurse])
    assert [row.refusal.code for row in refused.value.rows] == ["person_twice"]
    assert not Responsibility.objects.exists()


def test_who_identified_one_of_them_proposes_for_none_of_them() -> None:
    here = desk()
    case = case_of(here)
    found = answering(here, case, department(here, 2))
    mine = identified(here, here.nurse)
    Responsibility.objects.filter(pk=mine.pk).update(recorded_by=here.scorer)
    mine.refresh_from_db()
    with pytest.raises(ManyRefused) as refused:
        propose_many(case=case, rows=suggested([*found, mine]), by=here.scorer, now=at(TODAY))
    assert [row.refusal.code for row in refused.value.rows] == ["identified_and_proposes"]
    assert not Proposal.objects.exists()


def test_who_gave_the_grade_last_is_who_identified_the_person() -> None:
    here = desk()
    case = case_of(here)
    first = answering(here, case, [here.nurse])
    again = rows_of([here.nurse], "important")
    identify_many(case=case, rows=again, by=here.scorer, now=at(TODAY, 10))
    with pytest.raises(ManyRefused) as refused:
        propose_many(case=case, rows=suggested(first), by=here.scorer, now=at(TODAY, 11))
    assert [row.refusal.code for row in refused.value.rows] == ["identified_and_proposes"]


def test_what_terminates_is_countersigned_by_somebody_else_for_all_of_them() -> None:
    here = desk()
    case = case_of(here)
    proposals = proposed_to(here, case, department(here, 3), [item(12)])
    with pytest.raises(ManyRefused) as refused:
        told(here, case, proposals)
    assert {row.refusal.code for row in refused.value.rows} == {"countersignature_missing"}
    for signer in (here.scorer, here.identifier):
        with pytest.raises(ManyRefused):
            countersign_many(case=case, proposals=proposals, by=signer, now=at(TODAY, 11))
    signed = countersign_many(case=case, proposals=proposals, by=here.second, now=at(TODAY, 11))
    assert {proposal.countersigned_by for proposal in signed} == {here.second}
    assert {proposal.state for proposal in told(here, case, signed)} == {"notified"}


def test_telling_them_again_tells_nobody_twice() -> None:
    here = desk()
    case = case_of(here)
    proposals = proposed_to(here, case, department(here, 3))
    told(here, case, proposals)
    told(here, case, proposals)
    assert Delivery.objects.count() == 3
    received_by(here, case, proposals)
    received_by(here, case, proposals)
    assert Delivery.objects.filter(event="received").count() == 3


def test_a_withdrawn_proposal_among_them_stops_the_notices_of_all() -> None:
    here = desk()
    case = case_of(here)
    proposals = proposed_to(here, case, department(here, 3))
    withdraw_proposal(proposal=proposals[1], reason="有误", by=here.scorer, now=at(TODAY, 11))
    with pytest.raises(ManyRefused) as refused:
        told(here, case, proposals)
    assert [(row.number, row.refusal.code) for row in refused.value.rows] == [(2, "not_possible_now")]
    assert not Delivery.objects.exists()


def test_a_receipt_of_many_needs_the_signed_list_too() -> None:
    here = desk()
    case = case_of(here)
    proposals = told(here, case, proposed_to(here, case, department(here, 2)))
    with pytest.raises(Refused) as refused:
        record_receipts_many(
            case=case,
            proposals=proposals,
            channel="by_hand",
            received_on=TODAY,
            acting=for_agency(here.scorer, here.town.agency),
            now=at(TODAY, 13),
        )
    assert refused.value.code == "receipt_missing"


def test_nothing_of_another_case_is_touched() -> None:
    here = desk()
    one, other = case_of(here, "1"), case_of(here, "2")
    found = answering(here, one, [here.nurse])
    with pytest.raises(ManyRefused) as rows_refused:
        propose_many(case=other, rows=suggested(found), by=here.scorer, now=at(TODAY))
    assert [row.refusal.code for row in rows_refused.value.rows] == ["of_another_case"]
    proposals = propose_many(case=one, rows=suggested(found), by=here.scorer, now=at(TODAY))
    with pytest.raises(Refused) as refused:
        told(here, other, proposals)
    assert refused.value.code == "of_another_case"


def test_somebody_identified_later_opens_a_closed_case_again() -> None:
    here = desk()
    case = case_of(here)
    (proposal,) = proposed_to(here, case, [here.nurse])
    withdraw_proposal(proposal=proposal, reason="有误", by=here.scorer, now=at(TODAY, 11))
    case.refresh_from_db()
    assert case.state == "closed"
    answering(here, case, [here.surgeon])
    case.refresh_from_db()
    assert case.state == "open"


def test_each_person_more_costs_the_same_few_queries() -> None:
    here = desk()
    people = iter(department(here, 30))

    def cost(act: Callable[[], Any]) -> tuple[int, Any]:
        with CaptureQueriesContext(connection) as captured:
            done = act()
        return len(captured), done

    def way(number: str, size: int) -> list[int]:
        case, some = case_of(here, number), [next(people) for _each in range(size)]
        identifying, found = cost(lambda: answering(here, case, some))
        proposing, made = cost(lambda: propose_many(case=case, rows=suggested(found), by=here.scorer, now=at(TODAY)))
        telling, sent = cost(lambda: told(here, case, made))
        receiving, _done = cost(lambda: received_by(here, case, sent))
        return [identifying, proposing, telling, receiving]

    few, many = way("1", 5), way("2", 25)
    each = [(more - less) / 20 for less, more in zip(few, many, strict=True)]
    assert [most >= cost for most, cost in zip((3, 13, 10, 8), each, strict=True)] == [True] * 4, each


def test_the_single_act_and_the_act_on_many_write_the_same() -> None:
    here = desk()
    case = case_of(here)
    one, other = answering(here, case, department(here, 2))
    first = propose(responsibility=one, items=LIGHT, by=here.scorer, now=at(TODAY))
    (second,) = propose_many(case=case, rows=suggested([other]), by=here.scorer, now=at(TODAY))

    def written(proposal: Proposal) -> list[Any]:
        steps = ProcedureStep.objects.filter(subject=proposal.uuid).values_list("act", "role", "actor", "case")
        tasks = (
            further_tasks().filter(subject=proposal.uuid).values_list("kind", "holder", "due_on", "policy", "agency")
        )
        items = proposal.items.values_list("situation", "points", "default_points")
        actors: list[User | None] = [row.history_user for row in proposal.history.all()]
        return [list(steps), list(tasks), list(items), actors]

    assert written(first) == written(second)
