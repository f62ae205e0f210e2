"""The practitioner objects to proposed points: in time, late, on paper, through the institution, withdrawn."""

from datetime import date, timedelta
from typing import Any

import pytest

from appeals.actions.disputes import Dispute
from appeals.actions.objections import (
    admit_late,
    countersign_objection,
    declare_out_of_scope,
    file_objection,
    refuse_late,
    withdraw_objection,
)
from appeals.models import Objection
from appeals.queries.objections import track
from registry.actions.deliveries import notify
from registry.actions.procedure import for_practitioner
from registry.actions.proposals import withdraw_proposal
from registry.actions.silence import decide_by_silence
from registry.ledger.checking import file_differences
from registry.ledger.reading import standing_of
from registry.models import Fact, PointsEntry, ProcedureStep
from tests.appeals.disputes import NEXT_DAY, decided, in_review, objected, owed, points_of, refusal, stored
from tests.casework import desk, last_minute, morning_after, officer, proposed, received, window
from tests.rules import sample_files
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db

JUST_BEFORE = timedelta(minutes=1)


def test_a_surgeon_wins_on_one_of_three_points() -> None:
    here = desk()
    proposal = received(here, 3, 5)
    objection = file_objection(
        proposal=proposal,
        points=[
            Dispute(item=proposal.items.get(points=3), text="当日不在岗", evidence=[("考勤", stored("考勤.pdf"))]),
            Dispute(item=proposal.items.get(points=5), text="不是重复收费"),
            Dispute(item=proposal.items.get(points=5), text="金额算错了"),
        ],
        statement="我不服",
        via="practitioner",
        filed_by=None,
        now=at(NEXT_DAY),
    )
    proposal.refresh_from_db()
    assert (objection.state, proposal.state) == ("filed", "objected")
    assert owed(objection) == [("assign", "assignment")]
    in_review(here, objection)
    assert owed(objection) == [("review", "review")]
    decided(here, objection, "annulled", "upheld", "upheld")
    objection.refresh_from_db()
    proposal.refresh_from_db()
    assert (objection.state, objection.document_number, objection.statement) == ("decided", "复核1号", "我不服")
    assert [(point.result, point.grounds) for point in points_of(objection)] == [
        ("annulled", "查证属实"), ("upheld", "查证属实"), ("upheld", "查证属实")
    ]  # fmt: skip
    assert (proposal.state, proposal.decided_how) == ("decided", "review")
    assert [item.outcome for item in proposal.items.order_by("points")] == ["annulled", "upheld"]
    assert standing_of(here.surgeon, NEXT_DAY).points == 5
    assert owed(objection) == []
    assert not list(file_differences())


def test_several_points_about_one_entry_combine_in_the_persons_favour() -> None:
    here = desk()
    objection = in_review(here, objected(received(here, 6), "不是我", "金额小", "初犯"))
    decided(here, objection, "upheld", 4, 5)
    assert standing_of(here.surgeon, NEXT_DAY).points == 4
    assert PointsEntry.objects.get().fact.actor == here.reviewer


def test_everything_annulled_never_reaches_the_ledger() -> None:
    here = desk()
    proposal = received(here, 6)
    decided(here, in_review(here, objected(proposal, "不是我")), "annulled")
    proposal.refresh_from_db()
    assert proposal.state == "dropped"
    assert not Fact.objects.exists()


def test_a_statement_alone_disputes_everything() -> None:
    here = desk()
    objection = objected(received(here, 3, 5), statement="全部不属实")
    assert [point.text for point in points_of(objection)] == ["全部不属实", "全部不属实"]


def test_without_a_point_and_without_a_statement_there_is_no_objection() -> None:
    here = desk()
    assert refusal(objected, received(here, 6)).code == "nothing_disputed"
    assert not Objection.objects.exists()


def test_a_point_about_another_proposal_is_refused() -> None:
    here = desk()
    other = received(here, 5, who=here.nurse, number="罚字2号")
    points = [Dispute(item=other.items.get(), text="不是我")]
    assert refusal(objected, received(here, 6), points=points).code == "point_about_another"


def test_the_last_minute_of_the_last_day_in_shanghai_is_in_time() -> None:
    here = desk()
    proposal = received(here, 6)
    objection = objected(proposal, "不是我", now=last_minute(proposal))
    assert objection.state == "filed"
    assert objection.window_ended_on == date(2025, 3, 24)
    assert decide_by_silence(now=at(date(2025, 3, 25), 8)) == 0


def test_one_minute_later_is_refused_with_the_day_the_window_ended() -> None:
    here = desk()
    proposal = received(here, 6)
    told = refusal(objected, proposal, "不是我", now=last_minute(proposal) + JUST_BEFORE)
    assert (told.code, told.field, told.value) == ("objection_late", "good_cause", "2025-03-24")
    assert "2025年3月24日" in str(told.message)
    assert not Objection.objects.exists()
    proposal.refresh_from_db()
    assert proposal.state == "received"


def test_a_missing_calendar_never_closes_the_window() -> None:
    here = desk()
    proposal = received(here, 6, on=date(2027, 3, 1))
    assert window(proposal).due_on is None
    assert decide_by_silence(now=at(date(2027, 7, 1))) == 0
    objection = objected(proposal, "不是我", now=at(date(2027, 8, 1)))
    assert (objection.state, objection.window_ended_on) == ("filed", None)
    (due,) = track(objection, today=date(2027, 8, 1)).next
    assert (due.until, due.overdue) == (None, False)
    assert str(due.missing_year) in due.sentence


def test_over_new_year_the_window_counts_the_days_of_both_years() -> None:
    here = desk()
    proposal = received(here, 6, on=date(2025, 12, 25))
    due = window(proposal).due_on
    assert due is not None
    assert due.year == 2026
    objection = objected(proposal, "不是我", now=last_minute(proposal))
    decided(here, in_review(here, objection, now=at(due)), 4, now=at(due, 23))
    entry = PointsEntry.objects.get().fact
    assert (entry.counted_on.year, entry.effective_on.year) == (2025, 2026)  # type: ignore[union-attr]
    assert standing_of(here.surgeon, due).points == 0
    assert not list(file_differences())


def test_whoever_objects_before_the_receipt_was_recorded_has_received_the_notice() -> None:
    here = desk()
    proposal = notify(proposal=proposed(here, 6), channel="portal", by=here.scorer, now=at(TODAY, 12))
    objection = objected(proposal, "不是我")
    proposal.refresh_from_db()
    assert (objection.state, proposal.state, proposal.received_on) == ("filed", "objected", NEXT_DAY)


def test_before_the_notice_there_is_nothing_to_object_to() -> None:
    assert refusal(objected, proposed(desk(), 6), "不是我").code == "not_told_yet"


def test_one_objection_is_open_at_a_time_and_names_itself() -> None:
    here = desk()
    proposal = received(here, 6)
    first = objected(proposal, "不是我")
    told = refusal(objected, proposal, "再说一次")
    assert (told.code, told.value) == ("objection_open", first.number)


def test_after_the_decision_the_way_is_the_appeal() -> None:
    here = desk()
    proposal = received(here, 6)
    decided(here, in_review(here, objected(proposal, "不是我")), "upheld")
    assert refusal(objected, proposal, "还是不是我", now=at(NEXT_DAY, 16)).code == "objection_decided"


def test_late_with_good_cause_waits_for_a_named_officer_who_admits_it() -> None:
    here = desk()
    proposal = received(here, 6)
    late = last_minute(proposal) + JUST_BEFORE
    objection = objected(proposal, "不是我", now=late, good_cause="住院手术")
    assert (objection.state, owed(objection)) == ("late", [("admit", "answer")])
    admitted = admit_late(objection=objection, grounds="有住院证明", by=here.another, now=late + JUST_BEFORE)
    proposal.refresh_from_db()
    assert (admitted.state, admitted.kind, proposal.state) == ("filed", "proposed_points", "objected")
    assert owed(objection) == [("assign", "assignment")]
    step = ProcedureStep.objects.get(subject=objection.uuid, act="admit")
    assert (step.actor, step.grounds, step.role) == (here.another, "有住院证明", "agency")


def test_late_with_a_cause_that_is_not_good_is_refused_with_its_grounds() -> None:
    here = desk()
    proposal = received(here, 6)
    late = last_minute(proposal) + JUST_BEFORE
    objection = objected(proposal, "不是我", now=late, good_cause="忘了")
    assert refusal(refuse_late, objection=objection, grounds="不成立", by=here.scorer, now=late).code == "had_a_part"
    refused = refuse_late(objection=objection, grounds="遗忘不是正当理由", by=here.another, now=late)
    assert (refused.state, refused.window_ended_on, owed(refused)) == ("refused", date(2025, 3, 24), [])
    assert decide_by_silence(now=morning_after(proposal)) == 1


def test_admitted_after_silence_has_decided_it_becomes_an_appeal_against_the_entries() -> None:
    here = desk()
    proposal = received(here, 6)
    late, decision_day = last_minute(proposal) + JUST_BEFORE, morning_after(proposal)
    objection = objected(proposal, "不是我", now=late, good_cause="住院手术")
    assert decide_by_silence(now=decision_day) == 1
    admitted = admit_late(objection=objection, grounds="有住院证明", by=here.another, now=decision_day)
    (point,) = points_of(admitted)
    assert (admitted.kind, point.item, point.entry) == ("recorded_points", None, PointsEntry.objects.get().fact)
    assert point.history.count() == 2
    in_review(here, admitted, now=decision_day)
    decided(here, admitted, "annulled", now=decision_day, second=here.another)
    assert standing_of(here.surgeon, decision_day.date()).points == 0
    assert not list(file_differences())


def test_once_the_points_are_recorded_a_late_objection_is_shown_the_way_to_the_appeal() -> None:
    here = desk()
    proposal = received(here, 6)
    later = morning_after(proposal)
    decide_by_silence(now=later)
    told = refusal(objected, proposal, "不是我", now=later, good_cause="住院手术")
    assert told.code == "objection_late_decided"


def test_paper_counts_from_the_day_on_which_the_agency_received_it() -> None:
    here = desk()
    proposal = received(here, 6)
    after = morning_after(proposal)
    objection = objected(
        proposal, "不是我", via="paper", filed_by=here.another, received_on=date(2025, 3, 24), now=after
    )
    assert (objection.state, objection.paper_received_on) == ("filed", date(2025, 3, 24))
    assert objection.filed_at == after
    assert ProcedureStep.objects.get(subject=objection.uuid).role == "agency"


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2025, 3, 9), "received_before_notice"), (date(2025, 3, 12), "received_in_the_future")],
)
def test_paper_is_dated_neither_before_the_notice_nor_in_the_future(day: date, code: str) -> None:
    here = desk()
    told = refusal(objected, received(here, 6), "不是我", via="paper", filed_by=here.another, received_on=day)
    assert (told.code, told.field) == (code, "received_on")


def test_an_institution_files_for_the_person_only_with_the_persons_signature() -> None:
    here = desk()
    proposal, place = received(here, 6), here.town.hospital
    given: dict[str, Any] = {"via": "institution", "institution": place, "filed_by": here.town.officer}
    assert refusal(objected, proposal, "不是我", **given).code == "signature_missing"
    objection = objected(proposal, "不是我", **given, signature=stored("签字.jpg", content=sample_files.jpeg()))
    assert objection.countersigned_by == here.town.officer
    assert ProcedureStep.objects.get(subject=objection.uuid).institution == place


def test_an_institution_where_the_person_never_worked_cannot_act() -> None:
    here = desk()
    given = {"via": "institution", "institution": here.town.pharmacy, "filed_by": None, "signature": stored()}
    assert refusal(objected, received(here, 6), "不是我", **given).code == "not_registered_there"


def test_a_missing_countersignature_never_kills_an_objection_and_a_given_one_is_kept() -> None:
    here = desk()
    objection = in_review(here, objected(received(here, 6), "不是我"))
    manager = officer(here.town, "manager")
    signed = countersign_objection(objection=objection, institution=here.town.hospital, by=manager, now=at(NEXT_DAY))
    again = countersign_objection(objection=objection, institution=here.town.hospital, by=here.second, now=at(TODAY))
    assert (signed.countersigned_by, again.countersigned_by) == (manager, manager)
    decided(here, objection, "upheld")


def test_withdrawn_before_the_window_ends_silence_decides_after_it() -> None:
    here = desk()
    proposal = received(here, 6)
    objection = in_review(here, objected(proposal, "不是我"))
    withdrawn = withdraw_objection(
        objection=objection, reason="想通了", acting=for_practitioner(), now=at(NEXT_DAY, 12)
    )
    proposal.refresh_from_db()
    assert (withdrawn.state, proposal.state, window(proposal).due_on) == ("withdrawn", "received", date(2025, 3, 24))
    assert owed(objection) == []
    assert decide_by_silence(now=last_minute(proposal)) == 0
    again = objected(proposal, "还是不服", now=last_minute(proposal))
    assert again.state == "filed"
    withdraw_objection(objection=again, acting=for_practitioner(), now=at(date(2025, 3, 24), 23))
    assert decide_by_silence(now=at(date(2025, 3, 25), 8)) == 1


def test_withdrawn_after_the_window_silence_decides_at_once() -> None:
    here = desk()
    proposal = received(here, 6)
    objection = objected(proposal, "不是我")
    withdraw_objection(objection=objection, acting=for_practitioner(), now=at(date(2025, 4, 1)))
    assert decide_by_silence(now=at(date(2025, 4, 1), 11)) == 1
    assert PointsEntry.objects.get().fact.effective_on == date(2025, 4, 1)


def test_out_of_scope_is_said_with_grounds_by_somebody_who_had_no_part() -> None:
    here = desk()
    proposal = received(here, 6)
    objection = objected(proposal, "食堂太贵")
    told = refusal(declare_out_of_scope, objection=objection, grounds="无关", by=here.scorer, now=at(NEXT_DAY))
    assert told.code == "had_a_part"
    closed = declare_out_of_scope(objection=objection, grounds="与记分无关", by=here.another, now=at(NEXT_DAY))
    proposal.refresh_from_db()
    assert (closed.state, proposal.state) == ("out_of_scope", "received")


def test_a_late_objection_to_a_proposal_that_was_taken_back_is_closed() -> None:
    here = desk()
    proposal = received(here, 6)
    late = last_minute(proposal) + JUST_BEFORE
    objection = objected(proposal, "不是我", now=late, good_cause="住院")
    withdraw_proposal(proposal=proposal, reason="重新认定", by=here.scorer, now=late)
    assert refusal(admit_late, objection=objection, grounds="好", by=here.another, now=late).code == "not_possible_now"
    closed = declare_out_of_scope(objection=objection, grounds="记分建议已撤回", by=here.another, now=late)
    assert (closed.state, owed(closed)) == ("out_of_scope", [])
