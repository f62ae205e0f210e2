"""Who and what a dispute touches: everybody who answers for the case, their institutions, and whoever acted in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from appeals.models import Objection, Panel, Seat
from registry.ledger.families import families, family_of
from registry.models import (
    Handling,
    PersonalTrigger,
    ProcedureStep,
    Proposal,
    Registration,
    Responsibility,
)
from registry.queries.identifiers import identifiers_of


@dataclass(frozen=True, slots=True)
class Parties:
    """Ids: of files of people, of institutions, of users who acted for an office, of experts.

    `judged` are the experts whose votes on this dispute have been opened, `recused` those who stepped back from it.
    """

    people: frozenset[int]
    institutions: frozenset[int]
    officers: frozenset[int]
    judged: frozenset[int]
    recused: frozenset[int]


def responsibilities_of(objection: Objection) -> list[Responsibility]:
    """The responsibilities that the disputed points rest on; what an older register left has none."""
    proposed = Q(proposals__items__disputes__objection=objection)
    recorded = Q(points_entries__fact__disputes__objection=objection)
    found = Responsibility.objects.filter(proposed | recorded).distinct().order_by("pk")
    return list(found.select_related("handling__institution", "handling__authority", "trigger__institution"))


def causes_of(objection: Objection) -> list[Handling | PersonalTrigger]:
    """The handlings and personal triggers that the dispute is about, each once."""
    found = {each.cause: None for each in responsibilities_of(objection)}
    if objection.case is not None:
        found[objection.case.cause] = None
    return list(found)


def answering_for(causes: Iterable[Handling | PersonalTrigger]) -> set[int]:
    """The files of everybody with a responsibility in one of the causes."""
    handlings = [each for each in causes if isinstance(each, Handling)]
    triggers = [each for each in causes if isinstance(each, PersonalTrigger)]
    responsible = Responsibility.objects.filter(Q(handling__in=handlings) | Q(trigger__in=triggers))
    return {*responsible.values_list("practitioner_id", flat=True), *(each.practitioner_id for each in triggers)}


def parties_of(objection: Objection, *, today: date) -> Parties:
    """Whom a panel must be independent of, on a day.

    The institutions are those of the case, and those at which the person was registered at the time of the conduct or
    is today.
    """
    causes = causes_of(objection)
    asked = answering_for(causes) | {objection.practitioner_id}
    found = families(asked)
    people = frozenset(file for members in found.members.values() for file in members)
    seats = Seat.objects.filter(panel__objection__in=_same_dispute(objection))
    judged = seats.filter(state=Seat.State.VOTED, panel__state=Panel.State.CONCLUDED)
    recused = seats.filter(state=Seat.State.RECUSED)
    return Parties(
        people,
        frozenset(_institutions(objection, causes, today)),
        frozenset(officers_of(objection, causes)),
        frozenset(judged.values_list("expert_id", flat=True)),
        frozenset(recused.values_list("expert_id", flat=True)),
    )


def _same_dispute(objection: Objection) -> list[int]:
    """This objection, and the others about the same case or entries of the person, in whichever of the files."""
    same = Q(pk=objection.pk) | Q(points__entry__disputes__objection=objection)
    same |= Q(points__item__entry__fact__disputes__objection=objection)
    if objection.case_id is not None:
        same |= Q(case=objection.case_id, practitioner__in=family_of(objection.practitioner_id).files)
    return list(Objection.objects.filter(same).distinct().values_list("pk", flat=True))


def _institutions(objection: Objection, causes: list[Handling | PersonalTrigger], today: date) -> set[int]:
    files = family_of(objection.practitioner_id).files
    days = [(each.conduct_from, each.conduct_until) for each in causes] + [(today, today)]
    then = Q()
    for first, last in days:
        then |= Q(starts_on__lte=last) & (Q(ends_on=None) | Q(ends_on__gt=first))
    rows = Registration.objects.filter(then, practitioner_id__in=files, superseded_at=None)
    named = {each.institution_id for each in causes} | {objection.institution_id}
    return {*rows.values_list("institution_id", flat=True), *(pk for pk in named if pk is not None)}


def officers_of(objection: Objection, causes: list[Handling | PersonalTrigger]) -> set[int]:
    """The users who acted for an office in the case, the proposal, the objection or its panels."""
    panels = list(objection.panels.values_list("uuid", flat=True))
    about = Q(subject__in=[objection.uuid, *panels])
    if objection.case_id is not None:
        about |= Q(case=objection.case_id)
    steps = ProcedureStep.objects.filter(about).exclude(role=ProcedureStep.Capacity.EXPERT)
    proposals = Proposal.objects.filter(
        case=objection.case_id, practitioner__in=family_of(objection.practitioner_id).files
    )
    facts = objection.points.filter(entry__isnull=False)
    pairs = [
        *steps.values_list("actor", "second"),
        *proposals.values_list("proposed_by", "countersigned_by"),
        *facts.values_list("entry__actor", "entry__second"),
        *((each.recorded_by_id, None) for each in causes),
        *((user, None) for each in responsibilities_of(objection) for user in identifiers_of(each)),
        (objection.reviewer_id, objection.filed_by_id),
        (objection.countersigned_by_id, None),
    ]
    return {user for pair in pairs for user in pair if user is not None}
