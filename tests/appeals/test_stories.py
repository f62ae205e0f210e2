"""The stories of casework to their end: ledger, standing, check, what is owed, and what was written down."""

from datetime import date, timedelta

import pytest

from appeals.actions.clockwork import run_clocks as run_clocks_of_appeals
from appeals.actions.disputes import Dispute
from appeals.actions.objections import file_objection
from appeals.actions.reviews import preview_decision
from appeals.models import Objection
from registry.actions.clockwork import run_clocks
from registry.actions.deliveries import open_notice
from registry.actions.many import Identified, Proposed, identify_many, notify_many, propose_many
from registry.actions.procedure import for_practitioner
from registry.actions.silence import decide_by_silence
from registry.ledger.checking import file_differences
from registry.ledger.reading import standing_of
from registry.models import Case, Fact, Practitioner, ProcedureStep, Proposal, Task
from registry.queries.eligibility import Question, eligibility
from registry.queries.reach import reach_of
from registry.queries.recipients import RecipientKind
from tests.actions.measuring import hire
from tests.appeals.disputes import NEXT_DAY, appealed, decided, in_review, objected, refusal, said, stored
from tests.appeals.peers import asked, cast, disputed, drawn, experts, morning_after
from tests.casework import Desk, desk, item, last_minute, received, window
from tests.casework import morning_after as after_the_window
from tests.town import TODAY, at, build, handle, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    """A town where a suspension starts on the day it is decided."""
    return desk(build("510100"))


def payable(here: Desk, on: date, who: Practitioner | None = None) -> bool:
    """Whether a service at the hospital on the day is paid, as known now."""
    question = Question(practitioner=(who or here.surgeon).code, institution=here.town.hospital.code, on=on)
    return eligibility(question, now=at(date(2028, 1, 1))).payable


def told(subject: Proposal | Objection) -> list[tuple[str, str]]:
    """The steps of a row: what was done, and in which capacity."""
    steps = ProcedureStep.objects.filter(subject=subject.uuid).order_by("pk")
    return list(steps.values_list("act", "role"))


def owed() -> list[tuple[str, str]]:
    """All that anybody owes, by kind."""
    return sorted(Task.objects.filter(state="open").values_list("kind", "holder"))


def test_a_surgeon_wins_on_one_of_three_points_and_stays_payable(here: Desk) -> None:
    proposal = received(here, 2, 5, 3 + 4)
    two, five, seven = proposal.items.order_by("points")
    disputes = [
        Dispute(item=two, text="当日不在岗", evidence=[("考勤", stored("考勤.pdf"))]),
        Dispute(item=five, text="不是重复收费"),
        Dispute(item=seven, text="未虚构服务"),
    ]
    objection = file_objection(proposal=proposal, points=disputes, via="practitioner", filed_by=None, now=at(NEXT_DAY))
    in_review(here, objection)
    found = preview_decision(
        objection=objection, results=said(objection, "upheld", "upheld", "annulled"), now=at(NEXT_DAY, 12)
    )
    assert (found.after.points, found.after.status, found.needs_second) == (7, "normal", False)
    decided(here, objection, "upheld", "upheld", "annulled")
    assert [fact.points for fact in Fact.objects.order_by("pk")] == [2, 5]
    assert (standing_of(here.surgeon, NEXT_DAY).points, payable(here, NEXT_DAY)) == (7, True)
    assert told(objection) == [("file", "practitioner"), ("assign", "agency"), ("decide", "agency")]
    assert told(proposal)[-2:] == [("object", "practitioner"), ("decide", "agency")]
    run_clocks(now=at(NEXT_DAY, 16))
    assert owed() == [("interview", "agency"), ("interview", "institution"), ("talk", "institution")]
    assert Case.objects.get().state == "closed"
    assert not list(file_differences())


def test_a_department_of_forty_is_told_at_once_and_each_goes_their_own_way(here: Desk) -> None:
    people = hire(here.town, 40)
    case = Case.objects.get(handling=handle(here.town))
    rows = [
        Identified(number=number, practitioner=person, grade="important", grounds="科室共同所为", identified_on=TODAY)
        for number, person in enumerate(people, start=1)
    ]
    found = identify_many(case=case, rows=rows, by=here.identifier, now=at(TODAY, 9))
    proposals = propose_many(
        case=case,
        rows=[Proposed(number=n, responsibility=each, items=[item(6)]) for n, each in enumerate(found, start=1)],
        by=here.scorer,
        now=at(TODAY),
    )
    notify_many(case=case, proposals=proposals, channel="portal", by=here.scorer, now=at(TODAY, 12))
    silent, objecting, away = proposals[:36], proposals[36:38], proposals[38:]
    for proposal in [*silent, *objecting]:
        open_notice(proposal=proposal, acting=for_practitioner(), now=at(TODAY, 13))
    won, lost = (in_review(here, objected(Proposal.objects.get(pk=each.pk), "不是我")) for each in objecting)
    decided(here, won, "annulled")
    decided(here, lost, "upheld")
    later = at(date(2025, 3, 25), 8)
    came = run_clocks(now=later)
    assert (came["unopened"], came["decided"], came["failed"]) == (2, 36, 0)
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["decided"] * 37 + ["dropped"] + ["to_serve"] * 2
    assert Fact.objects.count() == 37
    assert [standing_of(each.practitioner, later.date()).points for each in (silent[0], *objecting, *away)] == [
        6,
        0,
        6,
        0,
        0,
    ]
    by_kind = Task.objects.filter(state="open")
    assert [by_kind.filter(kind=kind).count() for kind in ("serve", "talk", "interview")] == [2, 37, 74]
    assert Case.objects.get().state == "open"
    assert not list(file_differences())


def test_a_panel_where_two_experts_fall_silent_answers_with_their_reserves_and_the_case_ends(here: Desk) -> None:
    experts(here)
    panel = drawn(here, objection=disputed(here, 9))
    voted, silent, _other = asked(panel)
    cast(voted, 4)
    later = morning_after(silent)
    assert run_clocks_of_appeals(now=later)["replaced_experts"] == 2
    for seat, left in zip(asked(panel), (4, None), strict=True):
        cast(seat, left, now=later + timedelta(hours=1))
    objection = Objection.objects.get()
    assert refusal(decided, here, objection, "upheld", now=later + timedelta(hours=2)).code == "panel_decided_otherwise"
    decided(here, objection, 4, now=later + timedelta(hours=2))
    fact = Fact.objects.get()
    assert (fact.points, fact.effective_on, fact.actor) == (4, later.date(), here.reviewer)
    assert (standing_of(here.surgeon, later.date()).status, payable(here, later.date())) == ("normal", True)
    run_clocks(now=later + timedelta(hours=3))
    assert owed() == [("talk", "institution")]
    assert sorted(panel.seats.values_list("state", flat=True)) == ["replaced", "replaced", "voted", "voted", "voted"]
    assert not list(file_differences())


def test_an_objection_on_the_last_minute_in_shanghai_is_heard_and_one_minute_later_the_clock_is_right(
    here: Desk,
) -> None:
    in_time, late = received(here, 9), received(here, 9, who=here.nurse, number="罚字2号")
    minute, morning = last_minute(in_time), after_the_window(in_time)
    objected(in_time, "不是我", now=minute)
    refused = refusal(objected, late, "不是我", now=minute + timedelta(minutes=1))
    assert (refused.code, refused.value) == ("objection_late", "2025-03-24")
    came = run_clocks(now=morning)
    assert (came["decided"], came["failed"]) == (1, 0)
    on = morning.date()
    assert [standing_of(who, on).status for who in (here.surgeon, here.nurse)] == ["normal", "suspended"]
    assert [payable(here, on), payable(here, on, here.nurse)] == [True, False]
    assert told(late)[-1] == ("decide", "clock")
    appeal = in_review(here, appealed(Fact.objects.get().points_entry, now=morning), now=morning)
    decided(here, appeal, "annulled", now=morning + timedelta(hours=2), second=here.another)
    assert payable(here, on, here.nurse)
    assert not list(file_differences())


def test_over_a_long_holiday_with_make_up_days_every_clock_waits_for_the_days_that_are_worked(here: Desk) -> None:
    proposal = received(here, 6, on=date(2025, 9, 26))
    assert window(proposal).due_on == date(2025, 10, 16)  # two days before the holiday, eight with a Saturday after it
    objection = objected(proposal, "不是我", now=at(date(2025, 10, 3)))
    assigned = Task.objects.get(subject=objection.uuid, kind="assign")
    assert assigned.due_on == date(2025, 10, 14)  # Thursday, Friday, the worked Saturday, Monday, Tuesday
    assert run_clocks(now=at(date(2025, 10, 14), 23))["escalated"] == 0
    assert run_clocks(now=at(date(2025, 10, 15), 1))["escalated"] == 1
    in_review(here, objection, now=at(date(2025, 10, 15)))
    decided(here, objection, "upheld", now=at(date(2025, 10, 16)))
    assert Fact.objects.get().effective_on == date(2025, 10, 16)
    assert not list(file_differences())


def test_handled_in_december_and_decided_in_january_the_year_counts_the_points_and_the_suspension_runs_on(
    here: Desk,
) -> None:
    score(here.town, 3, date(2025, 11, 3))
    proposal = received(here, 6, on=date(2025, 12, 22))
    morning = after_the_window(proposal)
    assert morning.date() == date(2026, 1, 7)
    assert decide_by_silence(now=morning) == 1
    fact = Fact.objects.get(points=6)
    assert (fact.counted_on, fact.effective_on) == (date(2025, 12, 22), date(2026, 1, 7))
    found = standing_of(here.surgeon, morning.date())
    assert (found.status, found.points, found.until) == ("suspended", 0, date(2026, 3, 7))
    days = [date(2026, 1, 6), date(2026, 1, 7), date(2026, 3, 6), date(2026, 3, 7)]
    assert [payable(here, day) for day in days] == [True, False, False, True]
    run_clocks(now=morning)
    assert ("training", "institution") in owed()
    assert not list(file_differences())


def test_annulled_after_the_suspension_was_served_the_claims_are_to_be_paid_and_everybody_is_told_again(
    here: Desk,
) -> None:
    proposal = received(here, 9)
    morning = after_the_window(proposal)
    run_clocks(now=morning)
    blocked, over = morning.date(), standing_of(here.surgeon, morning.date()).until
    assert over == date(2025, 5, 25)
    assert [payable(here, day) for day in (blocked, over - timedelta(days=1), over)] == [False, False, True]
    day = date(2025, 9, 1)
    run_clocks(now=at(day, 8))
    objection = in_review(here, appealed(Fact.objects.get().points_entry, now=at(day)), now=at(day, 11))
    found = preview_decision(objection=objection, results=said(objection, "annulled"), now=at(day, 12))
    assert found.difference is not None
    reach = reach_of(found.difference, entries=found.entries)
    assert [(each.from_, each.until) for each in reach.restitution] == [(blocked, over)]
    kinds = {each.kind for each in reach.recipients}
    assert {RecipientKind.PRACTITIONER, RecipientKind.INSTITUTION, RecipientKind.ALL_REGIONS} <= kinds
    decided(here, objection, "annulled", now=at(day, 15), second=here.another)
    assert all(payable(here, each) for each in (blocked, over - timedelta(days=1)))
    question = Question(
        practitioner=here.surgeon.code, institution=here.town.hospital.code, on=blocked, known_at=at(day, 14)
    )
    assert not eligibility(question, now=at(day, 16)).payable  # as it was known before
    run_clocks(now=at(day, 16))
    assert owed() == []  # the talks about what never was are taken back
    assert told(objection)[-1] == ("decide", "agency")
    assert not list(file_differences())
