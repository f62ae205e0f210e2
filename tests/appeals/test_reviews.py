"""Who reviews, what every point needs, and the decision with what it carries out."""

from datetime import date

import pytest
from django.utils import translation

from appeals.actions.disputes import Dispute
from appeals.actions.findings import PointResult
from appeals.actions.objections import withdraw_objection
from appeals.actions.panels import fail_panel
from appeals.actions.reviews import assign_reviewer, classify_point, decide_objection, preview_decision
from appeals.models import Expert
from appeals.queries.involvement import PARTS
from appeals.queries.objections import track
from registry.actions.procedure import for_practitioner
from registry.actions.silence import decide_by_silence
from registry.ledger.reading import standing_of
from registry.models import Assignment, Fact, Role, Task
from tests.appeals.disputes import NEXT_DAY, decided, in_review, objected, points_of, refusal, said
from tests.appeals.peers import DRAWN, asked, cast, disputed, drawn, experts, referred, shown, user_of
from tests.casework import desk, morning_after, received
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["identifier", "scorer"])
def test_who_identified_or_proposed_does_not_review_and_is_told_who_could(who: str) -> None:
    here = desk()
    objection = objected(received(here, 6), "不是我")
    asked_for = getattr(here, who)
    with translation.override("en"):
        told = refusal(assign_reviewer, objection=objection, reviewer=asked_for, by=here.another, now=at(NEXT_DAY))
        _, _, others = str(told.message).partition("It could be")
    assert (told.code, told.field) == ("reviewer_not_possible", "reviewer")
    assert here.reviewer.username in others
    assert here.scorer.username not in others


def test_who_countersigned_a_termination_does_not_review_it() -> None:
    here = desk()
    objection = objected(received(here, 12), "不是我")
    told = refusal(assign_reviewer, objection=objection, reviewer=here.second, by=here.another, now=at(NEXT_DAY))
    assert told.code == "reviewer_not_possible"


def test_who_is_no_officer_of_the_agency_does_not_review() -> None:
    here = desk()
    objection = objected(received(here, 6), "不是我")
    told = refusal(assign_reviewer, objection=objection, reviewer=here.town.second, by=here.another, now=at(NEXT_DAY))
    assert told.code == "reviewer_not_possible"


def test_an_officer_who_sits_on_the_panel_does_not_take_over_its_review() -> None:
    here = desk()
    experts(here)
    panel = drawn(here)
    officer = user_of(asked(panel)[0].expert)
    Assignment.objects.create(
        user=officer, role=Role.AGENCY_OFFICER, agency=here.town.agency, starts_on=date(2025, 1, 1)
    )
    told = refusal(assign_reviewer, objection=panel.objection, reviewer=officer, by=here.reviewer, now=at(DRAWN))
    assert (told.code, told.field) == ("reviewer_not_possible", "reviewer")
    assert str(PARTS["panel"]) in str(told.message)


def test_the_review_can_be_given_to_another_and_its_last_day_stays() -> None:
    here = desk()
    objection = in_review(here, objected(received(here, 6), "不是我"))
    before = Task.objects.get(subject=objection.uuid, kind="review")
    assign_reviewer(objection=objection, reviewer=here.another, by=here.reviewer, now=at(date(2025, 3, 20)))
    after = Task.objects.get(subject=objection.uuid, kind="review")
    assert (after.pk, after.due_on, after.user) == (before.pk, before.due_on, here.another)
    assert refusal(decided, here, objection, "upheld").code == "not_the_reviewer"
    decided(here, objection, "upheld", by=here.another)


def test_every_point_needs_a_result_with_grounds() -> None:
    here = desk()
    objection = in_review(here, objected(received(here, 3, 5), "不是我", "算错了"))
    first, second = points_of(objection)
    given = {"objection": objection, "decision": "维持", "by": here.reviewer, "now": at(NEXT_DAY, 12)}
    one = {first.pk: PointResult("upheld", "属实")}
    assert refusal(decide_objection, results=one, **given).field == "result_2"
    empty = {**one, second.pk: PointResult("upheld", " ")}
    assert refusal(decide_objection, results=empty, **given).field == "grounds_2"
    raised = {**one, second.pk: PointResult("reduced", "从轻", points=5)}
    assert refusal(decide_objection, results=raised, **given).field == "points_2"
    assert not Fact.objects.exists()


def test_a_decision_that_terminates_needs_a_second_officer_without_a_part() -> None:
    here = desk()
    before = received(here, 6, number="罚字2号", on=date(2025, 3, 3))
    proposal = received(here, 6)  # with the six that are only proposed it does not terminate yet
    decide_by_silence(now=morning_after(before))
    objection = in_review(here, objected(proposal, "不是我"))
    later = at(date(2025, 3, 26))
    found = preview_decision(objection=objection, results=said(objection, "upheld"), now=later)
    assert (found.needs_second, found.after.status) == (True, "terminated")
    assert refusal(decided, here, objection, "upheld", now=later).code == "second_person_missing"
    assert refusal(decided, here, objection, "upheld", now=later, second=here.scorer).code == "had_a_part"
    decided(here, objection, "upheld", now=later, second=here.another)
    assert standing_of(here.surgeon, date(2025, 3, 26)).status == "terminated"


def test_a_professional_question_is_not_decided_without_its_panel_unless_it_is_none() -> None:
    here = desk()
    proposal = received(here, 6)
    points = [Dispute(item=proposal.items.get(), text="手术指征明确", professional=True)]
    objection = in_review(here, objected(proposal, points=points))
    (point,) = points_of(objection)
    assert refusal(decided, here, objection, "upheld").code == "peer_review_missing"
    classify_point(point=point, professional=False, grounds="只涉及计费", by=here.reviewer, now=at(NEXT_DAY, 12))
    decided(here, objection, "upheld")


def test_a_professional_question_may_be_annulled_without_a_panel() -> None:
    here = desk()
    proposal = received(here, 6)
    points = [Dispute(item=proposal.items.get(), text="手术指征明确", professional=True)]
    decided(here, in_review(here, objected(proposal, points=points)), "annulled")
    assert not Fact.objects.exists()


def test_the_preview_says_what_the_decision_then_does() -> None:
    here = desk()
    objection = in_review(here, objected(received(here, 9), "情节轻"))
    found = preview_decision(objection=objection, results=said(objection, 5), now=at(NEXT_DAY, 12))
    assert (found.before.points, found.after.points, found.needs_second) == (0, 5, False)
    assert not Fact.objects.exists()
    decided(here, objection, 5)
    assert standing_of(here.surgeon, NEXT_DAY).answer == found.after.answer


def test_the_track_tells_each_step_and_who_must_act_next() -> None:
    here = desk()
    objection = objected(received(here, 6), "不是我")
    first = track(objection, today=NEXT_DAY)
    assert [stage.act for stage in first.stages] == ["file"]
    (due,) = first.next
    assert (due.kind, due.who, due.until) == ("assign", here.town.agency.name, date(2025, 3, 18))
    in_review(here, objection)
    late = track(objection, today=date(2025, 6, 1))
    assert [(due.kind, due.overdue) for due in late.next] == [("review", True)]
    decided(here, objection, "upheld")
    done = track(objection, today=date(2025, 6, 1))
    assert ([stage.act for stage in done.stages], done.next) == (["file", "assign", "decide"], ())


def test_a_practitioner_who_is_an_officer_does_not_judge_the_own_points() -> None:
    here = desk()
    Expert.objects.create(
        name="王伟", user=here.another, practitioner=here.surgeon, specialties=["surgery"], recorded_at=at(TODAY)
    )
    objection = objected(received(here, 6), "不是我")
    told = refusal(assign_reviewer, objection=objection, reviewer=here.another, by=here.reviewer, now=at(NEXT_DAY))
    assert told.code == "reviewer_not_possible"


def test_the_decision_follows_the_majority_of_the_panel_and_says_so() -> None:
    here = desk()
    experts(here)
    objection = disputed(here, 6)
    panel = drawn(here, objection=objection)
    for seat, left in zip(asked(panel), (4, 4, 0), strict=True):
        cast(seat, left)
    for otherwise in ("upheld", 5, 3, "annulled"):
        told = refusal(decided, here, objection, otherwise, now=at(DRAWN, 16))
        assert (told.code, told.field) == ("panel_decided_otherwise", "result_1")
        assert "4" in str(told.message)
    decided(here, objection, 4, now=at(DRAWN, 16))
    assert standing_of(here.surgeon, DRAWN).points == 4


def test_where_the_panel_was_given_up_the_reviewer_decides_alone() -> None:
    here = desk()
    objection = disputed(here, 6)
    panel = referred(here, objection)
    told = refusal(decided, here, objection, "upheld", now=at(DRAWN))
    assert told.code == "not_possible_now"
    fail_panel(panel=panel, reason="专家不足", by=here.another, now=at(DRAWN))
    decided(here, objection, "upheld", now=at(DRAWN, 16))
    assert standing_of(here.surgeon, DRAWN).points == 6


def test_an_objection_withdrawn_while_the_panel_votes_sends_the_experts_home() -> None:
    here = desk()
    experts(here)
    objection = disputed(here, 6)
    panel = drawn(here, objection=objection)
    withdraw_objection(objection=objection, acting=for_practitioner(), now=at(DRAWN, 16))
    assert shown(panel).state == "cancelled"
    assert not Task.objects.filter(kind__in=["vote", "draw", "review"], state="open").exists()


def test_nobody_signs_their_own_decision_second_even_where_one_signature_is_enough() -> None:
    here = desk()
    objection = in_review(here, objected(received(here, 6), "不是我"))
    told = refusal(decided, here, objection, "upheld", second=here.reviewer)
    assert (told.code, told.field) == ("second_person_same", "second")
