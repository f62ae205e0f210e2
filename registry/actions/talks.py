"""Talks: owed to somebody whose points or standing crossed a line, and recorded once they were held.

At the tier of a talk each institution where the person is registered owes one; at the tier of an interview, and after
a suspension or termination, its agency owes one too. The day on which a talk is opened is the day on which those who
owe it can know, so their working days run from there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.crossings import TIERS, Asked, Turn, subject_of, turn_of
from registry.actions.errors import Refused
from registry.actions.one_by_one import one_by_one
from registry.actions.procedure import CLOCK, Acting, Capacity, advance, locked
from registry.actions.requirements import required
from registry.actions.tasks import open_task
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson, lock, lock_many
from registry.models import (
    Agency,
    ChangeSeen,
    Institution,
    Practitioner,
    Registration,
    StandingChange,
    StoredFile,
    Task,
)
from registry.queries.calendar import calendar
from registry.queries.explain import day
from registry.rules.clocks import WorkingCalendar
from registry.rules.policy import NoPolicyInForce, Policy
from registry.rules.procedures import TASK

Kind, Holder = Task.Kind, Task.Holder
HOLDERS: Mapping[Task.Kind, tuple[Task.Holder, ...]] = {
    Kind.TALK: (Holder.INSTITUTION,),
    Kind.INTERVIEW: (Holder.INSTITUTION, Holder.AGENCY),
    Kind.TRAINING: (Holder.INSTITUTION, Holder.AGENCY),
}
"""Who owes which talk."""

TALKS = tuple(HOLDERS)
_BATCH = 500


def open_talks(*, now: datetime) -> int:
    """Open what the changes of standing that nobody looked at yet ask for; how many tasks were opened or taken back.

    Each change is looked at once, in order, however long nobody looked. Raises SomeFailed where a change could not be
    read; the others are done then, and that person's wait.
    """
    days = calendar()
    return one_by_one("talks", _unseen(), lambda row: _see(row[0], now, days), of=lambda row: row[1])


def finish_talk(
    *, task: Task, held_on: date, result: str, file: StoredFile | None = None, acting: Acting, now: datetime
) -> Task:
    """Record that a talk took place on a day, and what was said. After the due day it is possible, and late.

    Recording the same twice is recording it once. Raises Refused for a day to come or before the cause of the talk,
    for somebody else's task, and for a task that is closed or no talk.
    """
    return finish_talks(tasks=[task], held_on=held_on, result=result, file=file, acting=acting, now=now)[0]


def finish_talks(
    *,
    tasks: Sequence[Task],
    held_on: date,
    result: str,
    file: StoredFile | None = None,
    acting: Acting,
    now: datetime,
) -> list[Task]:
    """Record talks held with several people on the same day, with the same words: all of them or none."""
    result = required(result, field="result")
    if not tasks:
        raise Refused("tasks_missing", _("Choose at least one talk."), field="tasks")
    if held_on > shanghai_day(now):
        raise Refused(
            "held_in_future",
            _("%(day)s has not come yet. Record the talk once it took place.") % {"day": day(held_on)},
            field="held_on",
            value=held_on,
        )
    with transaction.atomic():
        lock_many([_person(task) for task in tasks])
        return [_finish(task, held_on, result, file, acting, now) for task in sorted(tasks, key=lambda each: each.pk)]


def may_finish(task: Task, acting: Acting) -> bool:
    """Whether it is theirs to record: the holder's, or that of an agency around the holder's region."""
    if acting.role == Capacity.INSTITUTION:
        return task.holder == Holder.INSTITUTION and task.institution_id == getattr(acting.institution, "pk", None)
    place = task.institution or task.agency
    return bool(acting.agency and place and place.region_id.startswith(acting.agency.region.prefix))


# finishing ------------------------------------------------------------------------------------------------------------


def _finish(task: Task, held_on: date, result: str, file: StoredFile | None, acting: Acting, now: datetime) -> Task:
    row = locked(task)
    if (row.state, row.held_on, row.result) == (Task.State.DONE, held_on, result):
        return row
    _require_talk(row)
    _require_holder(row, acting)
    _require_after_cause(row, held_on)
    advance(
        TASK,
        row,
        "finish",
        acting=acting,
        now=now,
        practitioner=row.practitioner,
        grounds=result,
        closed_at=now,
        closed_by=acting.by,
        held_on=held_on,
        result=result,
        file=file,
    )
    return row


def _person(task: Task) -> Practitioner:
    _require_talk(task)
    assert task.practitioner is not None  # every talk is opened with its person
    return task.practitioner


def _require_talk(task: Task) -> None:
    if task.kind not in TALKS:
        raise Refused(
            "no_talk",
            _("“%(task)s” is no talk; it ends with an act of its own.") % {"task": task.get_kind_display()},
            field="task",
            value=str(task.uuid),
        )


def _require_holder(task: Task, acting: Acting) -> None:
    if not may_finish(task, acting):
        raise Refused(
            "task_of_others",
            _("This task is one of %(holder)s. Ask them to record it.") % {"holder": task.institution or task.agency},
            field="task",
            value=str(task.uuid),
        )


def _require_after_cause(task: Task, held_on: date) -> None:
    if task.change is not None and held_on < task.change.on_day:
        raise Refused(
            "held_before_its_cause",
            _("The talk follows what came on %(cause)s; it cannot have been held on %(day)s.")
            % {"cause": day(task.change.on_day), "day": day(held_on)},
            field="held_on",
            value=held_on,
        )


# opening --------------------------------------------------------------------------------------------------------------


def _unseen() -> Iterator[tuple[int, int]]:
    """Ids of the changes that nobody looked at, with the ids of their files, in order, a batch at a time."""
    unseen = StandingChange.objects.filter(~Exists(ChangeSeen.objects.filter(change=OuterRef("pk")))).order_by("pk")
    last = 0
    while batch := list(unseen.filter(pk__gt=last).values_list("pk", "practitioner_id")[:_BATCH]):
        yield from batch
        last = batch[-1][0]


def _see(pk: int, now: datetime, days: WorkingCalendar) -> int:
    change = StandingChange.objects.select_related("practitioner", "fact__agency").get(pk=pk)
    with transaction.atomic():
        person = lock(change.practitioner)
        if not ChangeSeen.objects.get_or_create(change=change, defaults={"seen_at": now})[1]:
            return 0
        turn = turn_of(change, person)
        return _open(turn, person, now, days) + (_take_back(turn, person, now) if turn.takes_back else 0)


def _open(turn: Turn, person: LockedPerson, now: datetime, days: WorkingCalendar) -> int:
    change = turn.change
    known_by = Practitioner.objects.get(pk=person.kept).uuid
    opened = set()
    for region, place, agency in _owing(change, person):
        policy = _law(region, change.on_day)
        for asked in turn.asks(known_by, policy):
            for holder in HOLDERS[asked.kind]:
                if task := _opened(asked, holder, place, agency, change, policy, now, days):
                    opened.add(task.pk)
    return len(opened)


def _opened(
    asked: Asked,
    holder: Task.Holder,
    place: Institution | None,
    agency: Agency,
    change: StandingChange,
    policy: Policy,
    now: datetime,
    days: WorkingCalendar,
) -> Task | None:
    """The new task; None where it was open already, or where the institution that would owe it does not exist."""
    if holder == Holder.INSTITUTION and place is None:
        return None
    task = open_task(
        kind=asked.kind,
        holder=holder,
        subject=asked.subject,
        policy=policy,
        clock=str(asked.kind),
        starts_on=shanghai_day(now),
        now=now,
        agency=agency if holder == Holder.AGENCY else None,
        institution=place if holder == Holder.INSTITUTION else None,
        practitioner=change.practitioner,
        change=change,
        days=days,
    )
    return task if task.change_id == change.pk else None


def _owing(change: StandingChange, person: LockedPerson) -> Iterator[tuple[str, Institution | None, Agency]]:
    """Region, institution and agency of each place where the person was registered on the day.

    Of somebody who was registered nowhere the agency that decided takes care.
    """
    rows = Registration.objects.filter(practitioner_id__in=person.members, superseded_at=None)
    there = rows.filter(Q(ends_on=None) | Q(ends_on__gt=change.on_day), starts_on__lte=change.on_day)
    places = dict.fromkeys(row.institution for row in there.select_related("institution__agency").order_by("pk"))
    for place in places:
        yield place.region_id, place, place.agency
    if not places and change.fact and change.fact.agency:
        yield change.fact.agency.region_id, None, change.fact.agency


def _law(region: str, on: date) -> Policy:
    try:
        return policies().in_force(region, on)
    except NoPolicyInForce:
        return policies().national(on)


def _take_back(turn: Turn, person: LockedPerson, now: datetime) -> int:
    """Cancel the open talks of the person whose cause, after a correction, never was."""
    reason = gettext("What the talk was about was taken back: by what is known now it never came to it.")
    count = 0
    for task in _gone(turn, person):
        advance(
            TASK,
            locked(task),
            "cancel",
            acting=CLOCK,
            now=now,
            practitioner=task.practitioner,
            grounds=reason,
            closed_at=now,
            result=reason,
        )
        count += 1
    return count


def _gone(turn: Turn, person: LockedPerson) -> Iterator[Task]:
    rows = Task.objects.filter(practitioner_id__in=person.members, kind__in=TALKS, state=Task.State.OPEN)
    tasks = list(rows.select_related("practitioner", "change").order_by("pk"))
    years = _years(turn, Practitioner.objects.filter(pk__in=person.members).values_list("uuid", flat=True))
    for task in tasks:
        assert task.change is not None  # talks are opened by changes only
        if task.kind == Kind.TRAINING:
            if not turn.blocked_on(task.change.on_day):
                yield task
        elif (year := years.get(task.subject)) is not None:
            tier = policies()[task.policy].get(TIERS[Kind(task.kind)])
            if not turn.ever_reached(year, tier):
                yield task


def _years(turn: Turn, files: Iterable[UUID]) -> dict[UUID, int]:
    """The years whose totals the change touched, by what the talks about them are about."""
    touched = {*turn.before, *turn.after}
    return {subject_of(file, kind, year): year for file in files for kind in TIERS for year in touched}
