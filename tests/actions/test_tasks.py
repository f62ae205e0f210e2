"""Tasks: due days by the official calendar, which only ever move later, and what becomes of what is overdue."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.actions.calendar import correct_day
from registry.actions.errors import Refused
from registry.actions.tasks import close_tasks, escalate, is_overdue, open_task, overdue, recount
from registry.ledger.law import policies
from registry.models import ProcedureStep, Task
from registry.rules.clocks import closes_at
from tests.actions.notices import ANNOUNCED_ON, NOTICE, enter
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db
YEAR_END = date(2026, 12, 28)


def owe(
    starts_on: date = TODAY,
    clock: str = "objection",
    holder: Task.Holder = Task.Holder.AGENCY,
    subject: UUID | None = None,
) -> Task:
    return open_task(
        kind=Task.Kind.REVIEW,
        holder=holder,
        subject=subject or uuid4(),
        policy=policies()["cn-2025"],
        clock=clock,
        starts_on=starts_on,
        now=at(starts_on),
    )


def declare_free(day: date) -> None:
    correct_day(day=day, kind="holiday", name="特别假日", reason="补充通知", by=None, now=at(TODAY))


def again(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


# due days -------------------------------------------------------------------------------------------------------------


def test_a_task_is_due_after_the_working_days_of_its_policy() -> None:
    task = owe(TODAY)
    assert (task.working_days, task.due_on, task.missing_year) == (10, date(2025, 3, 24), None)


def test_a_long_holiday_with_make_up_days_pushes_the_due_day() -> None:
    assert owe(date(2025, 9, 25)).due_on == date(2025, 10, 15)
    assert owe(date(2025, 9, 25), "notice").due_on == date(2025, 10, 9)
    assert owe(date(2025, 1, 22), "notice").due_on == date(2025, 2, 5)


def test_the_same_task_while_it_is_open_is_the_same_task() -> None:
    first = owe()
    assert owe(subject=first.subject, clock="answer") == first
    close_tasks(first.subject, now=at(TODAY, 13))
    assert owe(subject=first.subject) != first


def test_a_window_into_a_missing_year_has_no_due_day_and_is_never_overdue() -> None:
    task = owe(YEAR_END)
    assert (task.due_on, task.missing_year) == (None, 2027)
    far = date(2031, 6, 1)
    assert overdue(far, Task.Kind.REVIEW) == []
    assert not is_overdue(task, far)
    assert escalate(now=at(far)) == recount(now=at(far)) == 0
    assert again(task).state == "open"


def test_once_the_year_is_entered_the_task_gets_its_day_and_the_step_says_so() -> None:
    task = owe(YEAR_END)
    enter()
    assert recount(now=at(YEAR_END)) == 1
    found = again(task)
    assert (found.due_on, found.missing_year) == (date(2027, 1, 12), None)
    step = ProcedureStep.objects.get(subject=task.uuid)
    assert (step.act, step.role, step.grounds) == ("postpone", "clock", "2027 → 2027-01-12")
    assert recount(now=at(YEAR_END)) == 0


def test_a_year_entered_late_gives_a_day_that_may_be_over_already() -> None:
    task = owe(YEAR_END)
    enter()
    late = at(date(2027, 3, 1))
    assert recount(now=late) == 1
    assert is_overdue(again(task), date(2027, 3, 1))


def test_a_day_declared_free_later_moves_the_due_day_later() -> None:
    task = owe()
    correct_day(
        day=TODAY + timedelta(days=1), kind="holiday", name="特别假日", reason="补充通知", by=None, now=at(TODAY)
    )
    assert recount(now=at(TODAY)) == 1
    assert again(task).due_on == date(2025, 3, 25)


def test_a_make_up_day_declared_later_moves_no_due_day_earlier() -> None:
    task = owe()
    correct_day(day=date(2025, 3, 15), kind="make_up", reason="补充通知", name="", by=None, now=at(TODAY))
    assert recount(now=at(TODAY)) == 0
    assert again(task).due_on == date(2025, 3, 24)


def test_what_is_over_stays_over() -> None:
    task = owe()
    assert task.due_on is not None
    correct_day(
        day=TODAY + timedelta(days=1), kind="holiday", name="特别假日", reason="补充通知", by=None, now=at(TODAY)
    )
    assert recount(now=at(task.due_on + timedelta(days=1))) == 0


corrections = st.tuples(
    st.dates(date(2026, 11, 1), date(2027, 4, 30)), st.sampled_from(["holiday", "make_up", "ordinary"])
)


@settings(deadline=None, max_examples=40)
@given(
    starts=st.lists(st.dates(date(2026, 11, 1), date(2026, 12, 31)), min_size=1, max_size=4),
    clock=st.sampled_from(["objection", "review", "notice", "training"]),
    events=st.lists(st.none() | corrections, max_size=12),
)
def test_a_due_day_never_moves_earlier_whatever_is_entered_or_corrected(
    starts: list[date], clock: str, events: list[tuple[date, str] | None]
) -> None:
    with transaction.atomic():
        tasks = [owe(start, clock) for start in starts]
        told = {task.pk: task.due_on for task in tasks}
        for number, event in enumerate(events):
            now = at(ANNOUNCED_ON) + timedelta(hours=number)
            with suppress(Refused):
                if event is None:
                    enter(NOTICE, now=now)
                else:
                    correct_day(day=event[0], kind=event[1], name="某节", reason="通知", by=None, now=now)
            recount(now=now)
            for task in map(again, tasks):
                before, told[task.pk] = told[task.pk], task.due_on
                assert before is None or (task.due_on is not None and task.due_on >= before)
                assert (task.due_on is None) == (task.missing_year is not None)
        transaction.set_rollback(True)


# overdue --------------------------------------------------------------------------------------------------------------


def test_a_task_is_overdue_from_the_midnight_of_shanghai_after_its_last_day() -> None:
    task = owe()
    assert task.due_on is not None
    assert overdue(task.due_on, Task.Kind.REVIEW) == []
    assert overdue(task.due_on + timedelta(days=1), Task.Kind.REVIEW) == [task]
    end = closes_at(task.due_on)
    assert escalate(now=end - timedelta(seconds=1)) == 0
    assert escalate(now=end) == 1


def test_what_is_overdue_is_handed_up_once_and_recorded() -> None:
    task = owe()
    late = at(date(2025, 6, 2))
    assert [escalate(now=late), escalate(now=late + timedelta(days=3))] == [1, 0]
    assert (again(task).escalated_at, again(task).state) == (late, "open")
    step = ProcedureStep.objects.get(subject=task.uuid)
    assert (step.act, step.state_after, step.on_day) == ("escalate", "open", date(2025, 6, 2))


@pytest.mark.parametrize("holder", ["practitioner", "expert"])
def test_nobody_above_is_told_of_the_silence_of_practitioners_and_experts(holder: str) -> None:
    owe(holder=Task.Holder(holder))
    assert escalate(now=at(date(2025, 6, 2))) == 0


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def _server_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_server_in")
def test_the_zone_of_the_server_moves_no_due_day() -> None:
    task = owe()
    assert task.due_on == date(2025, 3, 24)
    last_second = datetime(2025, 3, 24, 15, 59, 59, tzinfo=UTC)
    assert escalate(now=last_second) == 0
    assert escalate(now=last_second + timedelta(seconds=1)) == 1
