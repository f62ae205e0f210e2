"""Who had which part in a walk, found from the steps and facts that were written down, and not from who may judge."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from appeals.models import Objection, Seat
from registry.models import Fact, ProcedureStep, Proposal, Responsibility

Users = set[int]


def did(subject: UUID, *acts: str, before: ProcedureStep | None = None) -> Users:
    """Who did the acts on a row, as the first or the second; before a step, where one is named."""
    steps = ProcedureStep.objects.filter(subject=subject, act__in=acts).exclude(role="clock")
    if before is not None:
        steps = steps.filter(recorded_at__lt=before.recorded_at)
    return named(steps.values_list("actor", "second"))


def named(pairs: Iterable[tuple[int | None, int | None]]) -> Users:
    """The users in pairs of which either may be nobody."""
    return {user for pair in pairs for user in pair if user is not None}


def parts_in(objection: Objection, *, before: ProcedureStep) -> Users:
    """Whoever, before the step, had a part in what is disputed, reviewed it, filed the objection or did not sign it."""
    entries = Fact.objects.filter(disputes__objection=objection)
    proposals = _proposals(objection)
    found = did(objection.uuid, "decline_countersignature", before=before)
    found |= named([(objection.countersigned_by_id, objection.filed_by_id if objection.via != "paper" else None)])
    for proposal in proposals:
        found |= did(proposal.uuid, "propose", "countersign", "decide", before=before)
        found |= named([(proposal.responsibility.recorded_by_id, proposal.responsibility.cause.recorded_by_id)])
    corrections = Fact.objects.filter(entry__in=entries, recorded_at__lt=before.recorded_at)
    found |= named([*entries.values_list("actor", "second"), *corrections.values_list("actor", "second")])
    same = Q(proposal__in=proposals) | Q(points__entry__in=entries) | Q(points__item__proposal__in=proposals)
    for other in Objection.objects.filter(same).exclude(pk=objection.pk).distinct():
        found |= did(other.uuid, "decide", before=before)
    return found


def sat_for(objection: Objection) -> Users:
    """The accounts of the experts who were ever given a seat for the objection."""
    seats = Seat.objects.filter(panel__objection=objection, expert__user__isnull=False)
    return set(seats.values_list("expert__user_id", flat=True))


def why_not(seat: Seat, step: ProcedureStep) -> list[str]:
    """What forbids the expert the seat that the step gave."""
    expert, panel = seat.expert, seat.panel
    objection = panel.objection
    acting = parts_in(objection, before=step) | did(panel.uuid, "commit", "draw") | {objection.reviewer_id}
    handlings = [each.responsibility.handling_id for each in _proposals(objection)]
    answering = Responsibility.objects.filter(handling__in=[each for each in handlings if each])
    there = expert.places.filter(institution__handlings__in=[each for each in handlings if each])
    before = _other_seats(seat).filter(Q(state="recused") | Q(state="voted", panel__state="concluded"))
    found = {
        "acted in the case": expert.user_id in acting,
        "answers in the case": answering.filter(practitioner=expert.practitioner_id).exists(),
        "declared a conflict": expert.conflicts.filter(practitioner=objection.practitioner_id).exists(),
        "works at the hospital": there.exists(),
        "left the pool": not expert.active,
        "judged it or stepped back before": before.exists(),
    }
    return [why for why, holds in found.items() if holds]


def _other_seats(seat: Seat) -> QuerySet[Seat]:
    """The expert's other seats for the same person in the same case, or for the same entries."""
    objection = seat.panel.objection
    same = Q(panel__objection=objection) | Q(panel__objection__points__entry__disputes__objection=objection)
    if objection.case_id is not None:
        same |= Q(panel__objection__case=objection.case_id, panel__objection__practitioner=objection.practitioner_id)
    return Seat.objects.filter(same, expert=seat.expert).exclude(pk=seat.pk)


def _proposals(objection: Objection) -> list[Proposal]:
    about = Q(items__disputes__objection=objection) | Q(items__entry__fact__disputes__objection=objection)
    rows = Proposal.objects.filter(about | Q(pk=objection.proposal_id)).select_related("responsibility")
    return list(rows.distinct())
