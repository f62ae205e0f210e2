"""From a handling to a decision, told and heard before."""

from datetime import date, timedelta
from functools import partial

import pytest

from registry.actions.cases import close_case
from registry.actions.decisions import Finding, Outcome, decide_held, decide_reviewed
from registry.actions.deliveries import notify, open_notice, record_receipt
from registry.actions.errors import Refused
from registry.actions.handlings import identify_responsibility
from registry.actions.many import Identified, identify_many
from registry.actions.procedure import for_agency, for_practitioner
from registry.actions.proposals import (
    Item,
    countersign,
    object_to,
    preview_proposal,
    propose,
    release,
    withdraw_proposal,
)
from registry.actions.silence import decide_by_silence, mark_unopened
from registry.actions.tasks import escalate
from registry.ledger.checking import file_differences
from registry.ledger.reading import standing_of
from registry.models import CalendarYear, Case, Fact, PointsEntry, Practitioner, ProcedureStep, Proposal, Task
from registry.queries.scope import scope_of
from registry.queries.worklist import worklist
from tests import town
from tests.casework import desk, identified, item, last_minute, morning_after, proposed, received, window
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db


def points_of(person: Practitioner, on: date) -> int:
    return standing_of(person, on).points


def test_a_handling_opens_its_case_and_a_warning_opens_none() -> None:
    here = desk()
    handling = town.handle(here.town)
    assert Case.objects.get().handling == handling
    assert Case.objects.get().number.startswith("C430100-2025-")
    town.handle(here.town, number="警告1号", kind="warning")
    assert Case.objects.count() == 1


def test_silence_decides_on_the_day_after_the_window() -> None:
    here = desk()
    proposal = received(here, 6)
    due = window(proposal).due_on
    assert due == date(2025, 3, 24)  # ten working days after 10 March, which is not counted
    assert decide_by_silence(now=last_minute(proposal)) == 0
    assert decide_by_silence(now=morning_after(proposal)) == 1
    proposal.refresh_from_db()
    entry = PointsEntry.objects.get()
    assert (proposal.state, proposal.decided_how) == ("decided", "silence")
    assert entry.fact.effective_on == date(2025, 3, 25)
    assert entry.fact.actor == here.scorer
    assert proposal.items.get().entry == entry
    assert points_of(here.surgeon, date(2025, 3, 25)) == 6
    assert Case.objects.get().state == "closed"
    assert not Task.objects.filter(state="open").exists()


def test_after_a_week_without_the_clock_silence_decides_once_and_counts_from_that_day() -> None:
    here = desk()
    proposal = received(here, 6)
    later = morning_after(proposal) + timedelta(days=7)
    assert [decide_by_silence(now=later), decide_by_silence(now=later)] == [1, 0]
    assert PointsEntry.objects.get().fact.effective_on == later.date()


def test_minutes_after_midnight_what_was_sent_before_midnight_still_arrives_first() -> None:
    here = desk()
    proposal = received(here, 6)
    before_midnight, after = last_minute(proposal), morning_after(proposal)
    assert decide_by_silence(now=before_midnight + timedelta(minutes=5)) == 0
    object_to(proposal=proposal, acting=for_practitioner(), now=before_midnight)
    assert decide_by_silence(now=after) == 0
    assert not Fact.objects.exists()


def test_who_identified_the_person_does_not_propose_the_points() -> None:
    here = desk()
    responsibility = identified(here)
    with pytest.raises(Refused) as refused:
        propose(responsibility=responsibility, items=[item(3)], by=here.identifier, now=at(TODAY))
    assert refused.value.code == "identified_and_proposes"


def test_whoever_ever_identified_somebody_does_not_score_them() -> None:
    """Another grade by a colleague does not make the first officer free to propose, to sign or to decide."""
    here = desk()
    responsibility = identified(here, grade="general")
    again = identify_responsibility(
        handling=responsibility.handling,
        practitioner=here.surgeon,
        grade="principal",
        grounds="主刀",
        identified_on=TODAY,
        by=here.another,
        now=at(TODAY, 10),
    )
    assert (again.pk, again.recorded_by) == (responsibility.pk, here.another)
    for officer in (here.identifier, here.another):
        with pytest.raises(Refused, match="identified_and_proposes"):
            propose(responsibility=again, items=[item(12)], by=officer, now=at(TODAY))
    proposal = propose(responsibility=again, items=[item(12)], by=here.scorer, now=at(TODAY))
    for officer in (here.identifier, here.another):
        with pytest.raises(Refused, match="second_person_same"):
            countersign(proposal=proposal, by=officer, now=at(TODAY, 11))


def test_whoever_identified_somebody_before_neither_decides_nor_signs_what_waits() -> None:
    here = desk()
    handling = identified(here, grade="general").handling
    identify_responsibility(handling=handling, practitioner=here.surgeon, grade="principal", grounds="主刀",
                            identified_on=TODAY, by=here.another, now=at(TODAY, 9))  # fmt: skip
    proposal = received(here, 8)
    assert proposal.responsibility.recorded_by == here.identifier  # who gave the present grade and its grounds
    town.score(here.town, 6, date(2025, 3, 12))
    decide_by_silence(now=morning_after(proposal))
    decide = partial(decide_held, proposal=proposal, now=at(date(2025, 4, 1)))
    for by, second in ((here.another, here.second), (here.second, here.another)):
        with pytest.raises(Refused, match="identified_and_decides"):
            decide(by=by, second=second)
    assert decide(by=here.scorer, second=here.second).state == "decided"


def test_a_proposal_shows_the_present_points_the_total_and_what_follows() -> None:
    here = desk()
    town.score(here.town, 5, TODAY)
    found = preview_proposal(responsibility=identified(here), items=[item(4)], now=at(TODAY, 14))
    assert (found.total_before, found.total_after) == (5, 9)
    assert (found.before.status, found.after.status) == ("normal", "normal")
    assert found.after.periods[0].kind == "suspension"
    assert not found.terminates


def test_one_act_under_two_situations_is_proposed_once() -> None:
    here = desk()
    items = [Item(situation="1-99", act="串换药品"), Item(situation="2-99", act="串换药品")]
    with pytest.raises(Refused) as refused:
        propose(responsibility=identified(here), items=items, by=here.scorer, now=at(TODAY))
    assert refused.value.code == "act_twice"


def test_what_terminates_is_countersigned_before_the_person_is_told() -> None:
    here = desk()
    proposal = propose(responsibility=identified(here), items=[item(12)], by=here.scorer, now=at(TODAY))
    assert Task.objects.get(state="open", subject=proposal.uuid).kind == "countersign"
    with pytest.raises(Refused) as refused:
        notify(proposal=proposal, channel="portal", by=here.scorer, now=at(TODAY))
    assert refused.value.code == "countersignature_missing"
    for signer in (here.scorer, here.identifier):
        with pytest.raises(Refused):
            countersign(proposal=proposal, by=signer, now=at(TODAY))
    countersign(proposal=proposal, by=here.second, now=at(TODAY))
    assert notify(proposal=proposal, channel="portal", by=here.scorer, now=at(TODAY)).state == "notified"


def test_a_proposal_that_meanwhile_terminates_waits_for_a_second_person() -> None:
    here = desk()
    proposal = received(here, 6)
    town.score(here.town, 6, TODAY, number="另案")
    assert decide_by_silence(now=morning_after(proposal)) == 0
    proposal.refresh_from_db()
    assert (proposal.state, proposal.held_because) == ("held", "countersignature_missing")
    assert Task.objects.get(subject=proposal.uuid, state="open").kind == "decide"
    later = at(date(2025, 4, 1))
    with pytest.raises(Refused):
        decide_held(proposal=proposal, by=here.reviewer, now=later)
    decide_held(proposal=proposal, by=here.reviewer, second=here.second, now=later)
    assert standing_of(here.surgeon, later.date()).status == "terminated"
    assert list(file_differences()) == []


def test_opening_the_notice_is_its_receipt_and_sending_is_not() -> None:
    here = desk()
    proposal = notify(proposal=proposed(here, 4), channel="portal", by=here.scorer, now=at(TODAY, 12))
    assert proposal.received_on is None
    thursday = at(date(2025, 3, 13))
    assert open_notice(proposal=proposal, acting=for_practitioner(), now=thursday).state == "received"
    assert window(proposal).due_on == date(2025, 3, 27)


def test_what_nobody_opens_for_five_working_days_is_served_by_hand() -> None:
    here = desk()
    proposal = notify(proposal=proposed(here, 4), channel="portal", by=here.scorer, now=at(TODAY, 12))
    assert mark_unopened(now=at(date(2025, 3, 17), 23)) == 0
    assert mark_unopened(now=at(date(2025, 3, 18))) == 1
    proposal.refresh_from_db()
    assert proposal.state == "to_serve"
    with pytest.raises(Refused) as refused:
        record_receipt(
            proposal=proposal,
            channel="by_hand",
            received_on=date(2025, 3, 19),
            acting=for_agency(here.scorer, here.town.agency),
            now=at(date(2025, 3, 19)),
        )
    assert refused.value.code == "receipt_missing"
    found = record_receipt(
        proposal=proposal,
        channel="by_hand",
        received_on=date(2025, 3, 19),
        remark="回执第7号",
        acting=for_agency(here.scorer, here.town.agency),
        now=at(date(2025, 3, 19)),
    )
    assert found.state == "received"


def test_a_window_over_the_long_holiday_ends_on_a_make_up_day() -> None:
    here = desk()
    proposal = received(here, 4, on=date(2025, 9, 22))
    assert window(proposal).due_on == date(2025, 10, 11)  # a Saturday that is worked
    assert decide_by_silence(now=at(date(2025, 10, 11))) == 0
    assert decide_by_silence(now=at(date(2025, 10, 12))) == 1


def test_without_the_calendar_of_next_year_no_window_lapses() -> None:
    here = desk()
    CalendarYear.objects.get(year=2026)  # announced; 2027 is not
    proposal = received(here, 4, on=date(2026, 12, 28))
    assert (window(proposal).due_on, window(proposal).missing_year) == (None, 2027)
    assert decide_by_silence(now=at(date(2027, 6, 1))) == 0


def test_handled_in_december_and_decided_in_january_the_points_are_those_of_december() -> None:
    here = desk()
    proposal = received(here, 9, on=date(2025, 12, 22))
    decide_by_silence(now=morning_after(proposal))
    found = standing_of(here.surgeon, date(2026, 2, 10))
    assert (found.points, found.status) == (0, "suspended")


def test_an_objection_stops_silence_and_release_brings_the_window_back() -> None:
    here = desk()
    proposal = received(here, 6)
    due = window(proposal).due_on
    object_to(proposal=proposal, acting=for_practitioner(), now=at(date(2025, 3, 12)))
    assert decide_by_silence(now=at(date(2025, 5, 1))) == 0
    release(proposal=proposal, acting=for_practitioner(), now=at(date(2025, 5, 1)))
    assert window(proposal).due_on == due
    assert decide_by_silence(now=at(date(2025, 5, 2))) == 1


def test_a_review_that_reduces_one_and_annuls_another_leaves_the_third() -> None:
    here = desk()
    proposal = received(here, 2, 5, 4 + 3)
    object_to(proposal=proposal, acting=for_practitioner(), now=at(date(2025, 3, 12)))
    two, five, seven = proposal.items.order_by("points")
    found = decide_reviewed(
        proposal=proposal,
        findings={five.pk: Finding(Outcome.ANNULLED), seven.pk: Finding(Outcome.REDUCED, 1)},
        acting=for_agency(here.reviewer, here.town.agency),
        grounds="复核认定",
        now=at(date(2025, 4, 1)),
    )
    assert found.state == "decided"
    assert set(PointsEntry.objects.values_list("fact__points", flat=True)) == {1, 2}
    two.refresh_from_db()
    assert (two.outcome, two.decided_points) == ("upheld", 2)
    assert list(file_differences()) == []


@pytest.mark.parametrize("finding", [(Outcome.REDUCED, 6), (Outcome.REDUCED, 0), (Outcome.REDUCED, None),
                                     (Outcome.UPHELD, 5)])  # fmt: skip
def test_a_review_that_reduces_names_fewer_points_and_nothing_else_does(finding: tuple[Outcome, int | None]) -> None:
    here = desk()
    proposal = object_to(proposal=received(here, 6), acting=for_practitioner(), now=at(date(2025, 3, 12)))
    acting, findings = for_agency(here.reviewer, here.town.agency), {proposal.items.get().pk: Finding(*finding)}
    with pytest.raises(Refused) as refused:
        decide_reviewed(proposal=proposal, findings=findings, acting=acting, grounds="复核", now=at(date(2025, 4, 1)))
    assert refused.value.field == "points"
    assert not Fact.objects.exists()


def test_a_review_that_annuls_everything_leaves_no_trace_in_the_ledger() -> None:
    here = desk()
    proposal = received(here, 6)
    object_to(proposal=proposal, acting=for_practitioner(), now=at(date(2025, 3, 12)))
    findings = {proposal.items.get().pk: Finding(Outcome.ANNULLED)}
    acting = for_agency(here.reviewer, here.town.agency)
    decide_reviewed(proposal=proposal, findings=findings, acting=acting, grounds="查无实据", now=at(date(2025, 4, 1)))
    proposal.refresh_from_db()
    assert (proposal.state, Fact.objects.count()) == ("dropped", 0)


def test_months_that_no_longer_fit_wait_for_an_officer() -> None:
    here = desk()
    responsibility = identified(here)
    items = [Item(situation="3-99", points=9, months=1, departure_reason="初犯")]
    proposal = propose(responsibility=responsibility, items=items, by=here.scorer, now=at(TODAY))
    proposal = notify(proposal=proposal, channel="portal", by=here.scorer, now=at(TODAY, 12))
    open_notice(proposal=proposal, acting=for_practitioner(), now=at(TODAY, 13))
    town.score(here.town, 1, TODAY, number="另案")
    assert decide_by_silence(now=morning_after(proposal)) == 0
    proposal.refresh_from_db()
    assert proposal.held_because == "months_outside_the_range"
    decide_held(proposal=proposal, default_months=True, by=here.reviewer, now=at(date(2025, 4, 1)))
    assert points_of(here.surgeon, date(2025, 4, 1)) == 10


def test_another_grade_needs_the_withdrawal_of_what_is_proposed() -> None:
    here = desk()
    proposal = proposed(here, 3)
    responsibility = proposal.responsibility
    again = partial(
        identify_responsibility,
        handling=responsibility.handling,
        practitioner=here.surgeon,
        grade="general",
        grounds="协助",
        identified_on=TODAY,
        by=here.identifier,
    )
    with pytest.raises(Refused) as refused:
        again(now=at(TODAY, 15))
    assert refused.value.code == "responsibility_has_proposal"
    withdraw_proposal(proposal=proposal, reason="责任等级有误", by=here.scorer, now=at(TODAY, 15))
    assert set(Task.objects.filter(subject=proposal.uuid).values_list("kind", "state")) == {("notify", "cancelled")}
    again(now=at(TODAY, 16))
    assert Case.objects.get().state == "open"


def test_the_same_proposal_again_is_the_same_and_another_one_is_refused() -> None:
    here = desk()
    responsibility = identified(here)
    first = propose(responsibility=responsibility, items=[item(3)], by=here.scorer, now=at(TODAY))
    assert propose(responsibility=responsibility, items=[item(3)], by=here.scorer, now=at(TODAY, 11)) == first
    with pytest.raises(Refused) as refused:
        propose(responsibility=responsibility, items=[item(2)], by=here.scorer, now=at(TODAY, 11))
    assert refused.value.code == "proposal_open"
    assert Proposal.objects.count() == 1


def test_every_act_leaves_who_did_it_in_which_capacity_on_which_day() -> None:
    here = desk()
    proposal = received(here, 6)
    decide_by_silence(now=morning_after(proposal))
    steps = [
        (step.act, step.actor, step.role, step.on_day)
        for step in ProcedureStep.objects.filter(subject=proposal.uuid).order_by("id")
    ]
    assert steps == [
        ("propose", here.scorer, "agency", TODAY),
        ("notify", here.scorer, "agency", TODAY),
        ("receive", here.scorer, "agency", TODAY),
        ("decide", None, "clock", date(2025, 3, 25)),
    ]


def owed(case: Case) -> list[tuple[str, str, date | None]]:
    """What the agency owes the case itself: kind, state and last day."""
    rows = Task.objects.filter(subject=case.uuid, holder="agency", agency=case.agency, case=case)
    return list(rows.order_by("id").values_list("kind", "state", "due_on"))


def test_the_agency_owes_that_somebody_is_identified_until_somebody_is() -> None:
    here = desk()
    handling = town.handle(here.town)
    case = Case.objects.get(handling=handling)
    due = date(2025, 4, 8)  # twenty working days after 10 March; 4 April is a holiday
    assert owed(case) == [("identify", "open", due)]
    shown = worklist(scope_of(here.scorer, TODAY), TODAY, user=here.scorer)
    assert [(line.task.kind, line.task.case) for line in shown.lines] == [("identify", case)]
    assert escalate(now=at(due, 23)) == 0
    assert escalate(now=at(due + timedelta(days=1))) == 1
    identified(here)
    assert owed(case) == [("identify", "done", due)]
    assert Task.objects.get(subject=case.uuid).closed_by == here.identifier


def test_many_people_identified_at_once_end_the_task_and_so_does_closing_the_case() -> None:
    here = desk()
    first, second = (Case.objects.get(handling=town.handle(here.town, number=f"罚字{each}号")) for each in (1, 2))
    row = Identified(number=1, practitioner=here.nurse, grade="general", grounds="配合", identified_on=TODAY)
    identify_many(case=first, rows=[row], by=here.identifier, now=at(TODAY))
    close_case(case=second, reason="无人应负责任", by=here.another, now=at(TODAY))
    assert [[state for _kind, state, _due in owed(case)] for case in (first, second)] == [["done"], ["cancelled"]]
    identified(here, number="罚字2号")
    assert [state for _kind, state, _due in owed(second)] == ["cancelled"]
    second.refresh_from_db()
    assert second.state == "open"


def test_nobody_has_to_be_identified_for_conduct_before_the_law() -> None:
    here = desk()
    handling = town.handle(here.town, conduct_on=date(2024, 12, 30))
    assert owed(Case.objects.get(handling=handling)) == []
