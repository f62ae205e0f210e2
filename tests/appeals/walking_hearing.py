"""What people, reviewers and experts can do in a walk: objections and appeals, panels, and what courts decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from appeals.actions.appeals import file_appeal
from appeals.actions.countersigning import ask_countersignature, decline_countersignature
from appeals.actions.disputes import Dispute
from appeals.actions.experts import declare_conflict, leave_pool
from appeals.actions.external import Ruling, record_external_outcome
from appeals.actions.findings import PointResult
from appeals.actions.objections import (
    add_evidence,
    add_words,
    admit_late,
    countersign_objection,
    declare_out_of_scope,
    file_objection,
    refuse_late,
    withdraw_objection,
)
from appeals.actions.panels import draw_panel, fail_panel, refer_to_panel
from appeals.actions.reviews import assign_reviewer, classify_point, decide_objection
from appeals.actions.seats import recuse
from appeals.actions.votes import vote
from appeals.models import ExternalOutcome, Objection, Panel, PointOfDispute, Seat
from appeals.queries.disputed import disputed_points, present_points
from appeals.queries.involvement import possible_reviewers
from appeals.queries.panels import panel_outcomes
from appeals.rules.procedures import OBJECTION
from registry.actions.procedure import for_agency, for_practitioner
from registry.ledger.days import shanghai_day
from registry.models import Fact, FactKind, Institution, Proposal, ProposedEntry, User
from tests.appeals.disputes import stored
from tests.appeals.walking import World

OPEN = [state for state in OBJECTION.states if state not in OBJECTION.ends]
Told = tuple[str, int | None]


def pending(*states: str) -> QuerySet[Objection]:
    """The objections in these states, or all that are not over."""
    return Objection.objects.filter(state__in=states or OPEN)


def object_to_points(world: World) -> None:
    """The person objects, in person, on paper or over the hospital; sometimes late, sometimes with a good cause."""
    proposal = world.pick(Proposal.objects.exclude(state__in=["proposed", "dropped"]))
    file_objection(
        proposal=proposal,
        points=_disputes(world, list(proposal.items.order_by("pk"))),
        statement="不服",
        good_cause=world.one_of("", "住院"),
        now=world.now,
        **_way(world, proposal),
    )


def _disputes(world: World, about: list[Any]) -> list[Dispute]:
    """No points, one for each, or two about one and the same."""
    chosen = world.one_of([], about, [*about, *about], [*about[:1], *about[:1]])
    return [Dispute(item=each, text="不是我做的", professional=world.likely(0.3)) for each in chosen]


def _way(world: World, proposal: Proposal | None = None) -> dict[str, Any]:
    via = world.one_of("practitioner", "practitioner", "institution", "paper")
    if via == "institution":
        place = world.one_of(world.here.town.hospital, world.here.town.hospital, world.here.town.clinic)
        return {"via": via, "institution": place, "signature": stored(), "filed_by": world.somebody()}
    if via == "practitioner":
        return {"via": via, "filed_by": None}
    on = world.today - timedelta(days=world.chance.randrange(6))
    if proposal is not None and proposal.notified_at is not None and world.likely(0.8):
        on = max(on, shanghai_day(proposal.notified_at))
    return {"via": via, "filed_by": world.somebody(), "received_on": on}


def answer_a_late_one(world: World) -> None:
    """An officer admits or refuses what came too late."""
    act = world.one_of(admit_late, refuse_late)
    act(objection=world.pick(pending("late")), grounds="经核实", by=world.somebody(), now=world.now)


def add_to_it(world: World) -> None:
    """More words, a file, or the signature of the hospital."""
    objection, by = world.pick(pending()), world.somebody()
    match world.chance.randrange(3):
        case 0:
            add_words(objection=objection, words="补充说明", acting=for_practitioner(), now=world.now)
        case 1:
            point = world.pick(objection.points.all())
            file = stored(content=f"%PDF-1.4\n{world.chance.random()}\n%%EOF".encode())
            add_evidence(point=point, exhibits=[("病历", file)], acting=for_practitioner(), now=world.now)
        case _:
            place = world.here.town.hospital
            countersign_objection(objection=objection, institution=place, by=by, now=world.now)


def ask_to_countersign(world: World) -> None:
    """The person asks a place for its signature: mostly the hospital, and now and then somebody else asks."""
    objection = world.pick(pending())
    by = world.holders[objection.practitioner_id] if world.likely(0.9) else world.somebody()
    ask_countersignature(objection=objection, institution=_place(world), by=by, now=world.now)


def answer_for_the_place(world: World) -> None:
    """The place that was asked signs or declines; now and then one that was not."""
    asked = pending().exclude(countersignature_asked_at=None)
    objection, place, by = world.pick(asked if world.likely(0.9) else pending()), _place(world), world.somebody()
    if world.likely(0.4):
        countersign_objection(objection=objection, institution=place, by=by, now=world.now)
    else:
        decline_countersignature(objection=objection, institution=place, reason="事实清楚", by=by, now=world.now)


def _place(world: World) -> Institution:
    return world.here.town.hospital if world.likely(0.85) else world.here.town.clinic


def withdraw(world: World) -> None:
    """The person takes it back, by themselves or by a letter."""
    acting = for_agency(world.somebody(), world.here.town.agency) if world.likely(0.3) else for_practitioner()
    withdraw_objection(objection=world.pick(pending()), reason="不再争议", acting=acting, now=world.now)


def find_out_of_scope(world: World) -> None:
    """An officer finds that it cannot be decided here."""
    declare_out_of_scope(objection=world.pick(pending()), grounds="与记分无关", by=world.somebody(), now=world.now)


def assign(world: World) -> None:
    """Somebody is given the review: mostly somebody who may."""
    objection = world.pick(pending("filed") if world.likely(0.7) else pending())
    possible = possible_reviewers(objection, world.today)
    experts = [each.user for each in world.experts if each.user is not None]
    reviewer = world.pick(possible) if world.likely(0.75) else world.pick([*world.officers, *experts])
    assign_reviewer(objection=objection, reviewer=reviewer, by=world.somebody(), now=world.now)


def classify(world: World) -> None:
    """The reviewer finds that a point is for experts, or is not."""
    point = world.pick(PointOfDispute.objects.filter(objection__in=pending("in_review")))
    professional = world.likely(0.4)
    classify_point(point=point, professional=professional, grounds="经审查", by=_reviewer(world, point.objection),
                   now=world.now)  # fmt: skip


def _reviewer(world: World, objection: Objection) -> User:
    return objection.reviewer if objection.reviewer and world.likely(0.85) else world.somebody()


def refer(world: World) -> None:
    """Experts are asked about some of the points."""
    objection = world.pick(pending("in_review"))
    points = list(objection.points.order_by("pk"))
    refer_to_panel(
        objection=objection,
        points=points if world.likely(0.6) else world.chance.sample(points, 1),
        question="指征是否成立？",
        specialty="surgery" if world.likely(0.9) else "imaging",
        by=_reviewer(world, objection),
        now=world.now,
    )


def draw(world: World) -> None:
    """The panel is drawn."""
    panel = world.pick(Panel.objects.filter(state="committed"))
    draw_panel(panel=panel, by=world.somebody(panel.committed_by_id), now=world.now)


def give_up_panel(world: World) -> None:
    """An officer gives a panel up."""
    panel = world.pick(Panel.objects.filter(state__in=["committed", "voting"]))
    fail_panel(panel=panel, reason="专业选错", by=world.somebody(), now=world.now)


def cast_a_vote(world: World) -> None:
    """An expert who was drawn votes; now and then another one tries to."""
    seat = world.pick(Seat.objects.filter(state="seated") if world.likely(0.9) else Seat.objects.all())
    by = seat.expert.user if world.likely(0.9) else world.pick(world.experts).user
    assert by is not None  # all experts of the walk have accounts
    stakes = {point.pk: disputed_points(point) for point in seat.panel.points.select_related("item", "entry")}
    votes = {pk: (*_word(world, stake), "理由") for pk, stake in stakes.items()}
    vote(seat=seat, votes=votes, by=by, now=world.now)


def _word(world: World, stake: int) -> Told:
    """Upheld, reduced to something, annulled; sometimes to what cannot be."""
    if not stake:
        return ("annulled", None)
    kind = world.one_of("upheld", "reduced", "annulled")
    return (kind, world.chance.randint(1, stake) if kind == "reduced" else None)


def step_back(world: World) -> None:
    """An expert steps back."""
    seat = world.pick(Seat.objects.filter(state="seated"))
    assert seat.expert.user is not None  # all experts of the walk have accounts
    recuse(seat=seat, reason="师生关系", by=seat.expert.user, now=world.now)


def change_the_pool(world: World) -> None:
    """An expert declares a conflict, or leaves."""
    expert, person = world.pick(world.experts), world.pick(world.people)
    if world.likely(0.7):
        declare_conflict(expert=expert, practitioner=person, reason="亲属", by=expert.user, now=world.now)
    else:
        leave_pool(expert=expert, reason="退休", by=world.somebody(), now=world.now)


def results_of(world: World, objection: Objection, *, faithful: float = 0.9) -> dict[int, PointResult]:
    """A result for each point, mostly that of the panel where there is one."""
    answers, found = panel_outcomes(objection), {}
    for point in objection.points.select_related("item", "entry").order_by("pk"):
        answer = answers.get(point.pk)
        kind, points = _word(world, disputed_points(point))
        if answer is not None and world.likely(faithful):
            kind, points = answer.kind, answer.points if answer.kind == "reduced" else None
        found[point.pk] = PointResult(kind, "查证属实", points=points)
    return found


def decide(world: World) -> None:
    """The reviewer decides."""
    objection = world.pick(pending("in_review"))
    by = _reviewer(world, objection)
    possible = [user for user in possible_reviewers(objection, world.today) if user != by]
    decide_objection(
        objection=objection,
        results=results_of(world, objection),
        decision="复核决定",
        by=by,
        second=world.one_of(None, world.somebody(), *possible),
        now=world.now,
    )


def appeal(world: World) -> None:
    """Somebody appeals against points on record, or against the standing of the day."""
    entries = Fact.objects.filter(kind=FactKind.POINTS_SCORED)
    entry = world.pick(entries)
    own = list(entries.filter(practitioner=entry.practitioner).order_by("pk"))
    standing = world.likely(0.25)
    file_appeal(
        practitioner=entry.practitioner,
        entries=[] if standing else world.one_of([entry], own),
        standing=standing,
        points=[] if standing else [Dispute(item=entry, text="指征成立", professional=world.likely(0.4))],
        statement="不服",
        new_facts=world.one_of("", "新的证据"),
        now=world.now,
        **_way(world),
    )


def record_a_judgment(world: World) -> None:
    """A court or a reconsideration decides about points on record."""
    entry = world.pick(Fact.objects.filter(kind=FactKind.POINTS_SCORED))
    result, points = _word(world, present_points(entry))
    by = world.somebody()
    record_external_outcome(
        practitioner=entry.practitioner,
        body=world.one_of(*ExternalOutcome.Body.values),
        name="人民法院",
        document_number=f"行终{ExternalOutcome.objects.count() + 1}号",
        decided_on=world.today - timedelta(days=world.chance.randrange(9)),
        rulings=[Ruling(entry=entry, result=result, points=points)],
        grounds="事实不清",
        agency=world.here.town.agency,
        by=by,
        second=world.one_of(None, world.somebody(by)),
        now=world.now,
    )


def misuse_another_point(world: World) -> None:
    """Somebody disputes what is not theirs, which is always refused."""
    proposal = world.pick(Proposal.objects.exclude(state__in=["proposed", "dropped"]))
    other = world.pick(ProposedEntry.objects.exclude(proposal=proposal))
    points = [Dispute(item=other, text="不是我")]
    file_objection(
        proposal=proposal, points=points, via="practitioner", filed_by=None, good_cause="住院", now=world.now
    )
    raise AssertionError("a point about another proposal was taken")


ACTS = {
    object_to_points: 9,
    answer_a_late_one: 3,
    add_to_it: 2,
    ask_to_countersign: 4,
    answer_for_the_place: 4,
    withdraw: 1,
    find_out_of_scope: 0.7,
    assign: 8,
    classify: 2,
    refer: 4,
    draw: 6,
    give_up_panel: 0.5,
    cast_a_vote: 16,
    step_back: 1,
    change_the_pool: 0.7,
    decide: 8,
    appeal: 3,
    record_a_judgment: 0.7,
    misuse_another_point: 0.3,
}
