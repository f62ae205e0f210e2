"""The end of a walk: the officers do what their tasks name, and days pass, until nothing waits any more."""

from __future__ import annotations

from collections.abc import Callable

from appeals.actions.objections import admit_late, refuse_late
from appeals.actions.panels import draw_panel, fail_panel, refer_to_panel
from appeals.actions.reviews import assign_reviewer, decide_objection
from appeals.models import Objection, Panel
from appeals.queries.involvement import possible_reviewers
from appeals.queries.panels import needs_panel, panel_outcomes
from registry.actions.cases import close_case
from registry.actions.decisions import decide_held
from registry.actions.deliveries import notify, record_receipt
from registry.actions.errors import Refused
from registry.actions.procedure import for_agency
from registry.actions.proposals import countersign
from registry.models import Case, Proposal, Task, User
from tests.appeals.walking import Idle, World
from tests.appeals.walking_hearing import cast_a_vote, pending, results_of
from tests.appeals.walking_office import enter_next_year
from tests.casework import officer

WEEKS = 60
"""More than any walk needs: a window, a panel that falls silent, a review, and all of it again."""


def go_home(world: World, look: Callable[..., None]) -> None:
    """Let everything come to its end. Whatever is still open after so many weeks never ends."""
    for _week in range(WEEKS):
        for task in waiting():
            task.refresh_from_db()
            if task.state == "open":
                came = world.attempt(lambda _world, task=task: do(world, task), name=f"do: {task.kind}")  # type: ignore[misc]
                if came == "done":
                    look()
        if not waiting():
            break
        world.let_pass(world.one_of(1, 3, 7), clocks=world.likely(0.5))
        look(clocks=True)
    for case in Case.objects.filter(state="open").order_by("pk"):
        close_case(case=case, reason="无人待处理", by=world.here.another, now=world.now)
    look()


def waiting() -> list[Task]:
    """What is owed about cases: talks and measures are about people and institutions."""
    away = ["talk", "interview", "training", "measure"]
    return list(Task.objects.filter(state="open").exclude(kind__in=away).order_by("pk"))


def do(world: World, task: Task) -> None:
    """What the task names; the person does nothing, and half of the experts do not either."""
    if task.due_on is None:
        enter_next_year(world)
    elif task.kind == "vote" and world.likely(0.5):
        cast_a_vote(world)
    elif task.kind in ABOUT_PROPOSALS and task.holder == "agency":
        ABOUT_PROPOSALS[task.kind](world, Proposal.objects.get(uuid=task.subject))
    elif task.kind in ABOUT_OBJECTIONS:
        ABOUT_OBJECTIONS[task.kind](world, pending().get(uuid=task.subject))
    elif task.kind == "draw":
        _draw(world, Panel.objects.get(uuid=task.subject))
    else:
        raise Idle


def _sign(world: World, proposal: Proposal) -> None:
    countersign(proposal=proposal, by=_fresh(world), now=world.now)


def _tell(world: World, proposal: Proposal) -> None:
    given = {"proposal": proposal, "now": world.now}
    try:
        notify(channel=world.one_of("portal", "by_hand"), by=world.here.scorer, **given)  # type: ignore[arg-type]
    except Refused as refusal:
        if refusal.code != "countersignature_missing":
            raise
        countersign(by=_fresh(world), **given)  # type: ignore[arg-type]


def _hand_over(world: World, proposal: Proposal) -> None:
    acting = for_agency(world.here.scorer, world.here.town.agency)
    record_receipt(proposal=proposal, channel="by_hand", received_on=world.today, remark="回执存卷", acting=acting,
                   now=world.now)  # fmt: skip


def _decide_what_waits(world: World, proposal: Proposal) -> None:
    decide_held(proposal=proposal, default_months=True, by=_fresh(world), second=_fresh(world), now=world.now)


def _admit(world: World, objection: Objection) -> None:
    dropped = objection.proposal is not None and objection.proposal.state == "dropped"
    act = refuse_late if dropped else world.one_of(admit_late, refuse_late)
    act(objection=objection, grounds="经核实", by=_uninvolved(world, objection), now=world.now)


def _assign(world: World, objection: Objection) -> None:
    assign_reviewer(objection=objection, reviewer=_uninvolved(world, objection), by=world.somebody(), now=world.now)


def _review(world: World, objection: Objection) -> None:
    """The reviewer refers what is for experts, and decides the rest; one who had a part meanwhile hands it on."""
    reviewer, judged = objection.reviewer, panel_outcomes(objection)
    assert reviewer is not None  # it is in review
    if reviewer not in possible_reviewers(objection, world.today):
        _assign(world, objection)
        return
    asked = [point for point in objection.points.all() if needs_panel(point) and point.pk not in judged]
    if asked and not any(point.votes.exists() for point in asked):
        refer_to_panel(objection=objection, points=asked, question="指征是否成立？", specialty="surgery", by=reviewer,
                       now=world.now)  # fmt: skip
        return
    results, second = results_of(world, objection, faithful=1), _fresh(world)
    decide_objection(
        objection=objection, results=results, decision="复核决定", by=reviewer, second=second, now=world.now
    )


def _draw(world: World, panel: Panel) -> None:
    by = _fresh(world)
    try:
        draw_panel(panel=panel, by=by, now=world.now)
    except Refused as refusal:
        if refusal.code != "too_few_experts":
            raise
        fail_panel(panel=panel, reason="专家不足", by=by, now=world.now)


def _fresh(world: World) -> User:
    """An officer who has done nothing yet."""
    return officer(world.here.town, f"fresh{User.objects.count()}")


def _uninvolved(world: World, objection: Objection) -> User:
    possible = possible_reviewers(objection, world.today)
    return possible[0] if possible else _fresh(world)


ABOUT_PROPOSALS: dict[str, Callable[[World, Proposal], None]] = {
    "countersign": _sign,
    "notify": _tell,
    "serve": _hand_over,
    "decide": _decide_what_waits,
}

ABOUT_OBJECTIONS: dict[str, Callable[[World, Objection], None]] = {
    "admit": _admit,
    "assign": _assign,
    "review": _review,
}
