"""What must hold after every step of a walk, whoever did it and whether or not it was refused.

Nothing is asked of the acts: who judged is read from the steps that were written down, due days are counted day by day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from appeals.models import ExternalOutcome, Objection, Panel, Seat
from appeals.rules.procedures import OBJECTION, PANEL
from registry.models import Case, Fact, ProcedureStep, Proposal, Task
from registry.rules.clocks import WorkingCalendar, closes_at
from registry.rules.procedures import PROPOSAL
from tests.appeals.walking import World
from tests.appeals.walking_parts import Users, did, named, parts_in, sat_for, why_not
from tests.appeals.walking_sums import decision_agrees, outcomes_agree, terminated_by, would_terminate

OWED = {
    "proposed": {"countersign", "notify"},
    "notified": {"open_notice", "serve"},
    "to_serve": {"serve"},
    "received": {"object"},
    "held": {"decide"},
    "late": {"admit"},
    "filed": {"assign"},
    "in_review": {"review"},
    "committed": {"draw"},
    "seated": {"vote"},
}
"""By the state of whatever waits: what somebody owes about it, so that it goes on. In no other state anything is."""


SIGNATURES = {f"objection.{act}" for act in ("ask_countersignature", "countersign", "decline_countersignature")}
FILED = ("file", "file_late", "appeal")


class Watch:
    """Looks at a world after each step, at what came since it looked last."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen_step = self.seen_fact = 0
        self.told: dict[int, date | None] = {}
        self.windows: dict[UUID, date] = {}
        self.acts: Counter[str] = Counter()

    def look(self, *, clocks: bool = False) -> None:
        """Assert everything that must hold now; after the `clocks` ran also that due days follow the calendar."""
        for step in ProcedureStep.objects.filter(pk__gt=self.seen_step).order_by("pk"):
            self.seen_step = step.pk
            assert step.second_id is None or step.second_id != step.actor_id, "one person signs twice"
            name = f"{step.procedure}.{step.act}"
            self.acts[f"{name} by the clock" if step.role == "clock" else name] += 1
            if name in CHECKS:
                CHECKS[name](step)
            if name in SIGNATURES:
                self._goes_on(step)
        self._two_sign()
        self._due_days(clocks=clocks)
        nothing_is_forgotten()

    def _goes_on(self, step: ProcedureStep) -> None:
        """An objection goes on from the day of its filing, whatever an institution is asked and answers."""
        objection, (filed,) = _objection(step), ProcedureStep.objects.filter(subject=step.subject, act__in=FILED)
        assert objection.filed_at == filed.recorded_at, f"{step.act}: it was filed on another day"
        assert step.state_after == step.state_before == objection.state, f"{step.act} moves it"
        for task in Task.objects.filter(subject=step.subject):
            assert self.told.get(task.pk, ...) == task.due_on, f"{step.act}: {task.kind} is new, or due on another day"
            assert task.closed_at is None or task.closed_at < step.recorded_at, f"{step.act} closes {task.kind}"

    def _two_sign(self) -> None:
        """Points on record come of a decided proposal, and whatever terminates or annuls of two people."""
        for fact in Fact.objects.filter(pk__gt=self.seen_fact).select_related("practitioner").order_by("pk"):
            self.seen_fact = fact.pk
            if fact.kind == "points_scored":
                assert Proposal.objects.filter(state="decided", items__entry__fact=fact).exists(), "points of nowhere"
            if fact.kind == "entry_annulled" or (fact.kind == "points_scored" and terminated_by(fact)):
                assert fact.second_id not in (None, fact.actor_id), f"one person signs: {fact.kind}"

    def _due_days(self, *, clocks: bool) -> None:
        """No last day moves earlier, nor does the one of a window that opens again."""
        self.windows = {}
        for task in Task.objects.order_by("pk"):
            new, before = task.pk not in self.told, self.told.get(task.pk)
            assert before is None or (task.due_on and task.due_on >= before), f"{task.kind} is due earlier than told"
            if new or (clocks and task.state == "open"):
                self._follows_the_calendar(task, new=new)
            if task.state == "lapsed":
                assert task.due_on is not None, f"{task.kind} lapsed and nobody knows the last day"
                assert task.closed_at is not None  # the database sees to it
                assert task.closed_at >= closes_at(task.due_on), f"{task.kind} lapsed before its last day was over"
            if task.kind == "object" and task.due_on is not None:
                assert task.due_on >= self.windows.get(task.subject, task.due_on), "a window opens anew and is shorter"
                self.windows[task.subject] = task.due_on
            self.told[task.pk] = task.due_on

    def _follows_the_calendar(self, task: Task, *, new: bool) -> None:
        """A new last day is the one that comes of counting, unless a later one was told; others are never before it."""
        found = counted(task.starts_on, task.working_days, self.world.days)
        due = task.due_on
        if found is None:
            assert due is None or not new, f"{task.kind} is due in a year that nobody knows"
        elif new and task.subject not in self.windows:
            assert due == found, f"{task.kind} is due on {due}, and not on {found}"
        elif due is None or due >= self.world.today:
            assert due is not None, f"{task.kind} has no last day, and {found} is known"
            assert due >= found, f"{task.kind} is due on {due}, before {found}"


def counted(after: date, working_days: int, days: WorkingCalendar) -> date | None:
    """The last of so many working days, counted day by day; None where it comes to a year that nobody announced."""
    day, left = after, working_days
    while left:
        day += timedelta(days=1)
        worked = days.is_working_day(day)
        if not isinstance(worked, bool):
            return None
        left -= worked
    return day


def nothing_is_forgotten() -> None:
    """About everything that waits somebody owes something, and about nothing else; who waits for another has one."""
    owed: dict[UUID, set[str]] = {}
    for subject, kind in Task.objects.filter(state="open").values_list("subject", "kind"):
        owed.setdefault(subject, set()).add(kind)
    for model in (Proposal, Objection, Panel, Seat):
        for uuid, state in model._default_manager.values_list("uuid", "state"):
            wanted, there = OWED.get(state, set()), owed.get(uuid, set())
            assert there <= wanted, f"{model.__name__} {state}: {there} is owed"
            assert there or not wanted, f"{model.__name__} {state}: nobody owes anything"
    live = Objection.objects.filter(kind="proposed_points").exclude(state__in=[*OBJECTION.ends, "late"])
    objected = Proposal.objects.filter(state="objected")
    assert set(live.values_list("proposal", flat=True)) == set(objected.values_list("pk", flat=True))
    sitting = Panel.objects.exclude(state__in=PANEL.ends)
    referred = Objection.objects.filter(state="with_panel")
    assert set(sitting.values_list("objection", flat=True)) == set(referred.values_list("pk", flat=True))
    for panel in sitting.filter(state="voting"):
        assert panel.seats.filter(state__in=["seated", "voted"]).count() == panel.size
    waiting = Case.objects.filter(state="closed").exclude(proposals=None)
    assert not waiting.filter(proposals__in=Proposal.objects.exclude(state__in=PROPOSAL.ends)).exists()


# what each step must not be -------------------------------------------------------------------------------------------


def _proposes(step: ProcedureStep) -> None:
    assert step.actor_id != _proposal(step).responsibility.recorded_by_id, "who identified proposes"


def _countersigns(step: ProcedureStep) -> None:
    proposal = _proposal(step)
    assert step.actor_id not in did(proposal.uuid, "propose"), "who proposed countersigns"
    assert step.actor_id != proposal.responsibility.recorded_by_id, "who identified countersigns"


def _notifies(step: ProcedureStep) -> None:
    proposal = _proposal(step)
    signed = did(proposal.uuid, "countersign")
    assert signed or not would_terminate(proposal, step.on_day), "told of a termination that one person proposed"


def _decides(step: ProcedureStep) -> None:
    proposal = _proposal(step)
    if step.role == "clock":
        _in_silence(step)
    elif step.state_before == "held":
        assert proposal.responsibility.recorded_by_id not in _both(step), "who identified decides"
    outcomes_agree(proposal)


def _in_silence(step: ProcedureStep) -> None:
    proposal = _proposal(step)
    windows = Task.objects.filter(subject=proposal.uuid, kind="object")
    assert windows, "silence decides where no window was open"
    for window in windows:
        assert window.due_on is not None, "silence decides and nobody knows the last day"
        assert step.recorded_at >= closes_at(window.due_on), "silence decides with the window open"
    answered = proposal.objections.filter(state__in=["filed", "in_review", "with_panel"])
    assert not answered.exists(), "silence decides although somebody objected"


def _drops(step: ProcedureStep) -> None:
    outcomes_agree(_proposal(step))


def _files(step: ProcedureStep) -> None:
    objection = _objection(step)
    points = list(objection.points.select_related("item", "entry"))
    assert points, "an objection disputes nothing"
    for point in points:
        assert point.item is None or point.item.proposal_id == objection.proposal_id, "a point about another proposal"
        assert point.entry is None or point.entry.practitioner_id == objection.practitioner_id, "a point about another"


def _is_assigned(step: ProcedureStep) -> None:
    objection = _objection(step)
    assert objection.reviewer_id is not None  # somebody was named
    _judges({objection.reviewer_id}, step)


def _closes_or_refuses(step: ProcedureStep) -> None:
    """What a court decided closes an objection by whoever records it; the person takes back their own."""
    carried_out = ExternalOutcome.objects.filter(recorded_at=step.recorded_at).exists()
    if step.role == "agency" and not carried_out:
        _judges(_both(step), step)


def _reviews(step: ProcedureStep) -> None:
    objection = _objection(step)
    assert step.actor_id == objection.reviewer_id, "somebody else than the reviewer decides"
    _judges(_both(step), step)
    decision_agrees(objection)


def _judges(judges: Users, step: ProcedureStep) -> None:
    objection = _objection(step)
    before = parts_in(objection, before=step) | sat_for(objection)
    assert not judges & before, f"{step.act}: who had a part in it judges"


def _draws(step: ProcedureStep) -> None:
    assert step.actor_id not in did(step.subject, "commit"), "who committed the seed draws"


def _seats(step: ProcedureStep) -> None:
    seat = Seat.objects.select_related("expert", "panel__objection").get(uuid=step.subject)
    assert why_not(seat, step) == [], "an expert sits who may not"


def _votes(step: ProcedureStep) -> None:
    seat = Seat.objects.select_related("expert").get(uuid=step.subject)
    assert step.actor_id == seat.expert.user_id, "somebody votes for another"


CHECKS: dict[str, Callable[[ProcedureStep], None]] = {
    "proposal.propose": _proposes,
    "proposal.countersign": _countersigns,
    "proposal.notify": _notifies,
    "proposal.decide": _decides,
    "proposal.hold": _in_silence,
    "proposal.drop": _drops,
    "proposal.withdraw": _drops,
    "objection.file": _files,
    "objection.file_late": _files,
    "objection.appeal": _files,
    "objection.assign": _is_assigned,
    "objection.refuse": _closes_or_refuses,
    "objection.declare_out_of_scope": _closes_or_refuses,
    "objection.withdraw": _closes_or_refuses,
    "objection.decide": _reviews,
    "panel.draw": _draws,
    "seat.seat": _seats,
    "seat.vote": _votes,
}


def _both(step: ProcedureStep) -> Users:
    return named([(step.actor_id, step.second_id)])


def _proposal(step: ProcedureStep) -> Proposal:
    return Proposal.objects.select_related("responsibility").get(uuid=step.subject)


def _objection(step: ProcedureStep) -> Objection:
    return Objection.objects.get(uuid=step.subject)
