"""What of the demo is still under way, and how its points came about."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django import DjangoDbBlocker

from registry.desks.demo_data import FEWEST, DemoResult
from registry.ledger.days import shanghai_day
from registry.models import (
    CalendarYear,
    Case,
    Fact,
    FactKind,
    PointsEntry,
    ProcedureStep,
    Proposal,
    ProposedEntry,
    Responsibility,
    Task,
)
from tests.desks.loads import load_at, rolled_back

NOWS = {
    "a holiday": "2026-10-04T09:00:00+08:00",
    "late in December": "2026-12-23T08:00:00+08:00",
}
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

    assert states >= {"proposed", "notified", "to_serve", "received", "held", "decided", "dropped"}
    assert set(Case.objects.values_list("state", flat=True)) == {"open", "closed"}
    assert set(Proposal.objects.filter(state="decided").values_list("decided_how", flat=True)) >= {"silence", "officer"}


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
