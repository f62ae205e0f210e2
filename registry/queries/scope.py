"""What concerns whom: the rows that a user may see, by the roles held on a day.

An administrator sees everything, an agency officer the region of the agency, a compliance officer the institution.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models import (
    Assignment,
    Case,
    Handling,
    Institution,
    PersonalTrigger,
    PointsEntry,
    Practitioner,
    Proposal,
    Registration,
    Responsibility,
    Role,
    Task,
    User,
)


def assignments_of(user: User, today: date) -> list[Assignment]:
    """The assignments in force on the day, with agency and institution."""
    if not user.is_active:
        return []
    begun = Assignment.objects.filter(user=user, starts_on__lte=today)
    in_force = begun.filter(Q(ends_on=None) | Q(ends_on__gt=today))
    return list(in_force.select_related("agency__region", "institution"))


def roles_of(user: User, today: date) -> frozenset[Role]:
    """The roles in force on the day; a superuser holds that of an administrator."""
    return scope_of(user, today).roles


@dataclass(frozen=True)
class Scope:
    """What one user may see on one day; the assignments are read once."""

    assignments: tuple[Assignment, ...]
    roles: frozenset[Role]

    @property
    def sees_everything(self) -> bool:
        """Administrators do."""
        return Role.ADMINISTRATOR in self.roles

    def covers(self, institution: Institution) -> bool:
        """Whether the institution concerns the user; asks nothing of the database."""
        here = any(row.institution_id == institution.pk for row in self.assignments)
        return here or self.covers_region(institution.region_id)

    def covers_region(self, code: str) -> bool:
        """Whether the region lies in that of one of the user's agencies; asks nothing of the database."""
        return self.sees_everything or code.startswith(self._prefixes())

    def acts_for(self, case: Case) -> bool:
        """Whether the user is an officer of the agency of the case, or of one above it. The agency is read already."""
        officer = Role.AGENCY_OFFICER in self.roles
        return officer and case.agency.region_id.startswith(self._prefixes())

    def reads_documents_of(self, case: Case) -> bool:
        """Whether the user reads the documents and the steps of the case: its agency does, and administrators."""
        return self.sees_everything or self.acts_for(case)

    def _prefixes(self) -> tuple[str, ...]:
        return tuple(row.agency.region.prefix for row in self.assignments if row.agency)

    def _own_institutions(self) -> list[int]:
        return [row.institution_id for row in self.assignments if row.institution_id is not None]

    def institutions(self) -> QuerySet[Institution]:
        """The institutions that concern the user."""
        if self.sees_everything:
            return Institution.objects.all()
        rules = Q(pk__in=[])
        for assignment in self.assignments:
            if assignment.agency is not None:
                rules |= Q(region__code__startswith=assignment.agency.region.prefix)
            if assignment.institution_id is not None:
                rules |= Q(pk=assignment.institution_id)
        return Institution.objects.filter(rules)

    def practitioners(self) -> QuerySet[Practitioner]:
        """The people registered, now or earlier, at an institution that concerns the user."""
        if self.sees_everything:
            return Practitioner.objects.all()
        registered = Registration.objects.filter(practitioner=OuterRef("pk"), institution__in=self.institutions())
        return Practitioner.objects.filter(Exists(registered))

    def handlings(self) -> QuerySet[Handling]:
        """The handlings of institutions that concern the user."""
        every = Handling.objects.all()
        return every if self.sees_everything else every.filter(institution__in=self.institutions())

    def triggers(self) -> QuerySet[PersonalTrigger]:
        """The personal triggers of people who concern the user."""
        every = PersonalTrigger.objects.all()
        return every if self.sees_everything else every.filter(practitioner__in=self.practitioners())

    def cases(self) -> QuerySet[Case]:
        """The cases of handlings and of personal triggers that concern the user."""
        every = Case.objects.all()
        if self.sees_everything:
            return every
        theirs = Q(handling__institution__in=self.institutions())
        return every.filter(theirs | Q(trigger__practitioner__in=self.practitioners()))

    def answering(self) -> QuerySet[Responsibility]:
        """Who answers in those cases, as far as the user may know: an institution knows of its own people only."""
        every = Responsibility.objects.all()
        if self.sees_everything:
            return every
        handled_here = Q(pk__in=[])
        for prefix in self._prefixes():
            handled_here |= Q(handling__institution__region__code__startswith=prefix)
        theirs = Q(practitioner__in=self.practitioners())
        return every.filter(handled_here | theirs & (Q(handling=None) | Q(handling__in=self.handlings())))

    def proposals(self) -> QuerySet[Proposal]:
        """The proposals about them, and those of other places that the user's institution has to serve."""
        every = Proposal.objects.all()
        if self.sees_everything:
            return every
        served = Task.objects.filter(proposal=OuterRef("pk"), institution__in=self._own_institutions())
        known = Q(responsibility__in=self.answering())
        return every.filter(known | Exists(served) & Q(practitioner__in=self.practitioners()))

    def entries(self) -> QuerySet[PointsEntry]:
        """The points entries of people who concern the user."""
        every = PointsEntry.objects.all()
        return every if self.sees_everything else every.filter(practitioner__in=self.practitioners())


def scope_of(user: User, today: date) -> Scope:
    """The scope of the user on the day: one query."""
    assignments = tuple(assignments_of(user, today))
    held = frozenset(Role(assignment.role) for assignment in assignments)
    return Scope(assignments, held | {Role.ADMINISTRATOR} if user.is_superuser and user.is_active else held)
