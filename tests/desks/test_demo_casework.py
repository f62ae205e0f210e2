"""What of the demo is still under way, and how its points came about."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from appeals.actions import clockwork as of_appeals
from appeals.models import (
    Application,
    Attendance,
    Expert,
    ExpertConflict,
    ExpertPlace,
    ExternalOutcome,
    ExternalPoint,
    Objection,
    Panel,
    PointOfDispute,
    Seat,
    Vote,
)
from appeals.queries.countersigning import waits_for_countersignature
from appeals.rules.procedures import APPLICATION, ATTENDANCE, OBJECTION
from appeals.rules.verify import Published, verify_content
from registry.actions import clockwork as of_the_register
from registry.desks.demo_data import FEWEST, DemoResult
from registry.desks.demo_data.experts import asked_today
from registry.desks.demo_data.places import BUSY_HOSPITAL
from registry.ledger.days import shanghai_day
from registry.models import (
    CalendarYear,
    Case,
    Fact,
    FactKind,
    Institution,
    InstitutionMeasure,
    PointsEntry,
    Practitioner,
    ProcedureStep,
    Proposal,
    ProposedEntry,
    Responsibility,
    Task,
    User,
)
from registry.rules.procedures import PROPOSAL
from tests.desks.loads import load_at, rolled_back, some

NOWS = some(
    {
        "a holiday": "2026-10-04T09:00:00+08:00",
        "late in December": "2026-12-23T08:00:00+08:00",
    }
)
NEXT_WORKING_DAY = {"2026-10-04": "2026-10-08", "2026-12-23": "2026-12-23"}
PEOPLE = FEWEST + 40


@pytest.fixture(scope="module", params=NOWS.values(), ids=list(NOWS))
def now(request: pytest.FixtureRequest) -> datetime:
    return datetime.fromisoformat(request.param)


@pytest.fixture(scope="module")
def demo(now: datetime, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DemoResult]:
    with django_db_blocker.unblock(), rolled_back():
        yield load_at(now, practitioners=PEOPLE)


def open_tasks(*kinds: str) -> list[Task]:
    return list(Task.objects.filter(state="open", kind__in=kinds).order_by("due_on"))


def test_every_entry_was_proposed_told_and_decided_or_was_taken_over(demo: DemoResult) -> None:
    here = Fact.objects.filter(kind=FactKind.POINTS_SCORED, legacy=False)
    decided = ProposedEntry.objects.filter(entry__fact__in=here, proposal__state="decided")

    assert here.count() == PointsEntry.objects.count() == decided.count() > 20
    assert not decided.filter(proposal__received_on=None).exists()
    assert not decided.exclude(proposal__deliveries__event="received").exists()


def test_nobody_did_two_parts_of_one_case(demo: DemoResult) -> None:
    for proposal in Proposal.objects.select_related("responsibility"):
        did = [proposal.responsibility.recorded_by_id, proposal.proposed_by_id, proposal.countersigned_by_id]
        assert len({who for who in did if who}) == len([who for who in did if who])


def test_every_step_is_that_of_somebody_or_of_the_clock(demo: DemoResult) -> None:
    steps = ProcedureStep.objects.exclude(role__in=["clock", "practitioner"])

    assert not steps.filter(actor=None).exists()
    assert not ProcedureStep.objects.filter(role="clock", actor__isnull=False).exists()


def test_a_proposal_can_be_seen_in_every_state(demo: DemoResult) -> None:
    states = set(Proposal.objects.values_list("state", flat=True))

    assert states == set(PROPOSAL.transitions)
    assert set(Case.objects.values_list("state", flat=True)) == {"open", "closed"}
    assert set(Proposal.objects.filter(state="decided").values_list("decided_how", flat=True)) == {
        "silence",
        "officer",
        "review",
    }


def test_somebody_was_identified_and_nothing_is_proposed_yet(demo: DemoResult) -> None:
    assert Responsibility.objects.filter(proposals=None).exists()


def test_the_agency_has_to_countersign_to_tell_to_serve_and_to_decide(demo: DemoResult) -> None:
    for kind in ("countersign", "notify", "serve", "decide"):
        assert [task for task in open_tasks(kind) if task.holder == "agency"], kind
    assert [task for task in open_tasks("serve") if task.holder == "institution"]
    assert open_tasks("open_notice")


def test_windows_are_open_and_the_next_to_close_closes_on_the_next_working_day(demo: DemoResult, now: datetime) -> None:
    windows = [task.due_on for task in open_tasks("object") if task.due_on]
    assert windows[0].isoformat() == NEXT_WORKING_DAY[shanghai_day(now).isoformat()]
    assert len(open_tasks("object")) > 2


def test_a_window_into_a_year_without_a_calendar_has_no_last_day_yet(demo: DemoResult, now: datetime) -> None:
    known = set(CalendarYear.objects.values_list("year", flat=True))
    waiting = [task for task in open_tasks("object") if task.missing_year]

    assert shanghai_day(now).year in known
    assert shanghai_day(now).year + 1 not in known
    assert bool(waiting) == ((shanghai_day(now).month, shanghai_day(now).day) > (12, 20))


def test_nothing_that_the_clock_should_have_done_is_left(demo: DemoResult, now: datetime) -> None:
    due = Task.objects.filter(state="open", due_on__lt=shanghai_day(now), kind__in=["object", "open_notice"])

    assert not due.exists()


def test_a_department_answers_in_one_case(demo: DemoResult) -> None:
    together = Case.objects.get(handling__department="骨科").proposals.all()

    assert together.filter(state="received").count() == together.count() >= 3
    assert len(set(together.values_list("received_on", flat=True))) == 1


def test_an_objection_can_be_seen_in_every_state_and_of_every_kind(demo: DemoResult) -> None:
    assert set(Objection.objects.values_list("state", flat=True)) == set(OBJECTION.transitions)
    assert set(Objection.objects.values_list("kind", flat=True)) == set(Objection.Kind.values)
    assert open_tasks("admit")
    assert open_tasks("assign")
    assert open_tasks("review")


def test_a_surgeon_won_one_of_three_points_and_a_panel_had_a_dissent(demo: DemoResult) -> None:
    (answer,) = [each for each in Objection.objects.filter(state="decided") if each.points.count() == 3]
    panel = answer.panels.get()

    assert [point.result for point in answer.points.order_by("number")] == ["reduced", "upheld", "upheld"]
    assert panel.state == "concluded"
    assert sorted(panel.seats.values_list("state", flat=True)) == ["replaced", "voted", "voted", "voted"]
    assert Vote.objects.filter(seat__panel=panel, dissenting=True).count() == 1


def test_the_hospital_was_asked_for_its_signature_and_once_declined_it_and_neither_delayed_anything(
    demo: DemoResult, client: Client
) -> None:
    (waiting,) = filter(waits_for_countersignature, Objection.objects.all())
    (declined,) = Objection.objects.exclude(countersignature_declined_at=None)
    assert (waiting.state, declined.state) == ("with_panel", "decided")
    for each in (waiting, declined):
        assert each.countersignature_asked_at == each.filed_at
        assert each.countersigned_at is None
    (step,) = ProcedureStep.objects.filter(subject=declined.uuid, act="decline_countersignature")
    assert step.grounds
    client.force_login(User.objects.get(username=f"compliance-{BUSY_HOSPITAL}"))
    desk = client.get(reverse("admin:index"), headers={"accept-language": "en"}).content.decode()
    assert "1 person asked for your signature" in desk
    assert waiting.number in desk
    assert declined.number not in desk


def test_panels_wait_for_a_draw_and_for_a_vote_and_one_could_not_be_drawn(demo: DemoResult) -> None:
    assert set(Panel.objects.values_list("state", flat=True)) >= {"committed", "voting", "concluded", "failed"}
    assert open_tasks("draw")
    (vote,) = open_tasks("vote")
    assert vote.user is not None
    assert vote.user.username == next(each["username"] for each in demo.accounts if each["role"] == "expert")
    assert not Vote.objects.filter(seat__panel__state="voting").exists()


def test_a_published_draw_comes_out_again(demo: DemoResult) -> None:
    for panel in Panel.objects.exclude(draw=None):
        verify_content(json.dumps(panel.draw).encode(), Published(commitment=panel.commitment), StringIO())


def test_the_pool_has_sixty_experts_of_several_subjects_with_a_past(demo: DemoResult) -> None:
    assert 55 <= Expert.objects.count() <= 70
    assert len({subject for expert in Expert.objects.all() for subject in expert.specialties}) >= 8
    assert ExpertPlace.objects.exclude(ends_on=None).exists()
    assert ExpertConflict.objects.exists()
    assert Seat.objects.filter(state="voted").exists()


def test_repair_can_be_seen_at_every_stage(demo: DemoResult) -> None:
    assert set(Application.objects.values_list("state", flat=True)) == set(APPLICATION.transitions)
    assert set(Attendance.objects.values_list("state", flat=True)) == set(ATTENDANCE.transitions)
    for kind in ("convene", "deliberate", "grant"):
        assert open_tasks(kind), kind


def test_experts_can_sign_in_who_have_to_vote_and_to_sign_an_opinion(demo: DemoResult) -> None:
    experts = [User.objects.get(username=each["username"]) for each in demo.accounts if each["role"] == "expert"]
    assert {task.kind for task in open_tasks("vote", "deliberate") if task.user in experts} == {"vote", "deliberate"}


def test_whoever_is_drawn_to_vote_another_expert_is_shown_for_the_opinion(demo: DemoResult) -> None:
    (vote,) = open_tasks("vote")
    for called in open_tasks("deliberate"):
        Task.objects.filter(pk=vote.pk).update(user=called.user)

        assert len(asked_today()) == 2


def test_everything_that_lowers_points_or_periods_was_applied_for_appealed_or_judged_elsewhere(
    demo: DemoResult,
) -> None:
    relieved = Fact.objects.filter(kind__in=["points_relieved", "period_shortened"])
    corrected = Fact.objects.filter(kind__in=["entry_annulled", "entry_revised"])

    assert {fact.application.state for fact in relieved.select_related("application")} == {"granted"}
    for fact in corrected:
        disputed = PointOfDispute.objects.filter(entry=fact.entry, objection__state="decided")
        assert disputed.exists() or ExternalPoint.objects.filter(entry=fact.entry).exists()


def test_a_measure_is_in_force_and_a_court_has_spoken(demo: DemoResult, now: datetime) -> None:
    measure = InstitutionMeasure.objects.get(state="in_force")

    assert measure.periods.get(superseded_at=None).starts_on <= shanghai_day(now)
    assert set(ExternalOutcome.objects.values_list("body", flat=True)) == {"court", "reconsideration"}


def test_talks_are_open_overdue_and_done(demo: DemoResult, now: datetime) -> None:
    talks = Task.objects.filter(kind__in=["talk", "interview", "training"])

    assert talks.filter(state="done", held_on__isnull=False).exists()
    assert talks.filter(state="open", due_on__lt=shanghai_day(now), escalated_at__isnull=False).exists()
    assert talks.filter(state="open").exclude(due_on__lt=shanghai_day(now)).exists()


def test_the_clock_has_nothing_left_to_do(demo: DemoResult, now: datetime) -> None:
    later = now + timedelta(minutes=1)

    assert set(of_the_register.run_clocks(now=later).values()) == {0}
    assert set(of_appeals.run_clocks(now=later).values()) == {0}


def test_everybody_who_was_given_a_password_sees_a_first_page(demo: DemoResult, client: Client) -> None:
    for account in demo.accounts:
        assert client.login(username=account["username"], password=account["password"])
        page = client.get(reverse("admin:index"), follow=True)
        assert page.status_code == 200
        client.logout()


def test_what_there_is_to_look_at_is_there(demo: DemoResult) -> None:
    assert len(demo.sights) >= 20
    for sight in demo.sights:
        number = sight["number"]
        found = (
            Case.objects.filter(number=number),
            Objection.objects.filter(number=number),
            Application.objects.filter(number=number),
            Practitioner.objects.filter(code=number),
            Institution.objects.filter(code=number),
        )
        assert any(rows.exists() for rows in found), sight
