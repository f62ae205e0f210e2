"""Who and what a dispute touches: everybody who answers for the case, their institutions, and whoever acted in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from appeals.models import Objection, Panel, PointOfDispute, Seat
from registry.ledger.families import Families, families
from registry.models import (
    Handling,
    PersonalTrigger,
    PointsEntry,
    ProcedureStep,
    Proposal,
    ProposedEntry,
    Registration,
    Responsibility,
    User,
)

Cause = Handling | PersonalTrigger


@dataclass(frozen=True, slots=True)
class Basis:
    """What a dispute rests on: its points, the responsibilities and causes behind them, the people who answer.

    Each is read once, and passed on to whatever asks about the same dispute.
    """

    objection: Objection
    points: tuple[PointOfDispute, ...]
    responsibilities: tuple[Responsibility, ...]
    causes: tuple[Cause, ...]
    people: Families

    @property
    def kept(self) -> int:
        """The kept file of whoever disputes."""
        return self.people.kept[self.objection.practitioner_id]

    @property
    def own_files(self) -> frozenset[int]:
        """All files of whoever disputes."""
        return self.people.members[self.kept]

    @property
    def files(self) -> frozenset[int]:
        """All files of everybody who answers for it."""
        return frozenset(file for members in self.people.members.values() for file in members)


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


def points_of(objection: Objection) -> QuerySet[PointOfDispute]:
    """The points of dispute in their order, each with what it is about, the responsibility and its cause. One query."""
    paths = ("item__proposal__responsibility", "entry__points_entry__responsibility")
    causes = [f"{path}__{cause}" for path in paths for cause in ("handling__authority", "trigger")]
    return objection.points.order_by("number").select_related(*causes)


def basis_of(objection: Objection, points: Collection[PointOfDispute] | None = None) -> Basis:
    """What the dispute rests on. Three queries; one less where all its `points` were read already by `points_of`."""
    points = tuple(points_of(objection) if points is None else points)
    behind = {each for point in points if (each := responsibility_of(about(point)))}
    responsibilities = tuple(sorted(behind, key=lambda each: each.pk))
    causes: dict[Cause, None] = {each.cause: None for each in responsibilities}
    if objection.case is not None:
        causes.setdefault(objection.case.cause)
    people = families(_answering_for(causes) | {objection.practitioner_id})
    return Basis(objection, points, responsibilities, tuple(causes), people)


def about(point: PointOfDispute) -> ProposedEntry | PointsEntry | None:
    """The proposed or recorded entry that is disputed; an older register left facts without one."""
    return point.item or getattr(point.entry, "points_entry", None)


def responsibility_of(about: ProposedEntry | PointsEntry | None) -> Responsibility | None:
    """The responsibility that the entry rests on; what an older register left has none."""
    if about is None:
        return None
    return about.proposal.responsibility if isinstance(about, ProposedEntry) else about.responsibility


def _answering_for(causes: Iterable[Cause]) -> set[int]:
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
    basis = basis_of(objection)
    seats = Seat.objects.filter(panel__objection__in=_same_dispute(objection, basis.own_files))
    judged = seats.filter(state=Seat.State.VOTED, panel__state=Panel.State.CONCLUDED)
    recused = seats.filter(state=Seat.State.RECUSED)
    return Parties(
        basis.files,
        frozenset(_institutions(basis, today)),
        frozenset(officers_of(basis).values_list("pk", flat=True)),
        frozenset(judged.values_list("expert_id", flat=True)),
        frozenset(recused.values_list("expert_id", flat=True)),
    )


def _same_dispute(objection: Objection, files: Collection[int]) -> list[int]:
    """This objection, and the others about the same case or entries of the person, in whichever of the files."""
    same = Q(pk=objection.pk) | Q(points__entry__disputes__objection=objection)
    same |= Q(points__item__entry__fact__disputes__objection=objection)
    if objection.case_id is not None:
        same |= Q(case=objection.case_id, practitioner__in=files)
    return list(Objection.objects.filter(same).distinct().values_list("pk", flat=True))


def _institutions(basis: Basis, today: date) -> set[int]:
    days = [(each.conduct_from, each.conduct_until) for each in basis.causes] + [(today, today)]
    then = Q()
    for first, last in days:
        then |= Q(starts_on__lte=last) & (Q(ends_on=None) | Q(ends_on__gt=first))
    rows = Registration.objects.filter(then, practitioner_id__in=basis.own_files, superseded_at=None)
    return {*rows.values_list("institution_id", flat=True), *named_institutions(basis)}


def named_institutions(basis: Basis) -> set[int]:
    """The ids of the institutions that stand in the causes and in the objection."""
    named = {each.institution_id for each in basis.causes} | {basis.objection.institution_id}
    return {pk for pk in named if pk is not None}


def officers_of(basis: Basis) -> QuerySet[User]:
    """The users who acted for an office in the case, the proposal, the objection or its panels. One query."""
    objection = basis.objection
    steps = ProcedureStep.objects.exclude(role=ProcedureStep.Capacity.EXPERT)
    here = Q(subject=objection.uuid)
    if objection.case_id is not None:
        here |= Q(case=objection.case_id)
    proposals = Proposal.objects.filter(case=objection.case_id, practitioner__in=basis.own_files)
    graded = Responsibility.history.filter(id__in=[each.pk for each in basis.responsibilities])
    acted = User.objects.filter(pk__in=_named_officers(basis)).values_list("pk")
    others = [
        *_columns(steps.filter(here), "actor", "second"),
        *_columns(steps.filter(subject__in=objection.panels.order_by().values("uuid")), "actor", "second"),
        *_columns(proposals, "proposed_by", "countersigned_by"),
        *_columns(graded, "recorded_by"),
    ]
    return User.objects.filter(pk__in=acted.union(*others)).order_by("pk")


def _columns(rows: QuerySet[Any], *names: str) -> list[QuerySet[Any, Any]]:
    return [rows.order_by().values_list(name) for name in names]


def _named_officers(basis: Basis) -> set[int]:
    """The ids of the users who are named in what was read already."""
    objection, entries = basis.objection, [each.entry for each in basis.points if each.entry]
    named = {
        *(each.recorded_by_id for each in (*basis.causes, *basis.responsibilities)),
        *(user for entry in entries for user in (entry.actor_id, entry.second_id)),
        *(objection.reviewer_id, objection.filed_by_id, objection.countersigned_by_id),
        objection.countersignature_declined_by_id,
    }
    return {user for user in named if user is not None}
