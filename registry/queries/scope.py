"""What concerns whom: the rows that a user may see, by the roles held on a day.

Auditors and national administrators see everything; administrators of a region, officers and reviewers of an agency and
officers of an authority their region and all inside it; a compliance officer the institution; a practitioner the own
file. Security administrators and support see nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from registry.ledger.families import family_of
from registry.models import (
    Agency,
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
    Whereabouts,
)
from registry.models.access import HELD_BY_KEYS
from registry.queries.roles import OFFICERS_OF_AGENCIES, READERS_OF_CASE_DOCUMENTS
from registry.queries.sight import FULL, Sight

M = TypeVar("M", bound=Model)

REMEMBERED = "_registry_scope"
"""Under this name a request keeps the scope of who asks, which is so looked up once however many parts need it."""

PROVINCE = 2
"""So many digits of a region's code name the province."""

_ASSIGNED = ("agency__region", "institution", "authority__region", "region")


def assignments_of(user: User, today: date) -> list[Assignment]:
    """The assignments in force on the day, with where each is held."""
    if not user.is_active:
        return []
    begun = Assignment.objects.filter(user=user, starts_on__lte=today)
    in_force = begun.filter(Q(ends_on=None) | Q(ends_on__gt=today))
    return list(in_force.select_related(*_ASSIGNED))


def roles_of(user: User, today: date) -> frozenset[Role]:
    """The roles in force on the day."""
    return scope_of(user, today).roles


@dataclass(frozen=True)
class Scope:
    """What one user may see on one day; the assignments are read once."""

    assignments: tuple[Assignment, ...]

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles held."""
        return frozenset(Role(row.role) for row in self.assignments)

    def held_as(self, roles: frozenset[Role]) -> "Scope":
        """As far as it rests on one of `roles`: what a reviewer of one city sees is not what the same person, an
        officer of another, may act on.
        """
        return Scope(tuple(row for row in self.assignments if row.role in roles))

    @cached_property
    def sees_everything(self) -> bool:
        """Auditors do, and administrators without a region."""
        return self.keeps_the_country or Role.AUDITOR in self.roles

    @cached_property
    def keeps_the_country(self) -> bool:
        """Administrators without a region do: they alone change what holds everywhere, such as the calendar."""
        return any(row.role == Role.ADMINISTRATOR and row.region_id is None for row in self.assignments)

    @cached_property
    def agencies(self) -> list[Agency]:
        """The agencies for which the user acts, each once."""
        agencies = {row.agency.pk: row.agency for row in self.assignments if row.agency}
        return [agencies[key] for key in sorted(agencies)]

    @cached_property
    def places(self) -> list[Institution]:
        """The institutions for which the user acts, each once."""
        places = {row.institution.pk: row.institution for row in self.assignments if row.institution}
        return [places[key] for key in sorted(places)]

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """What the codes of the regions that the user sees begin with.

        Roles at institutions and of a file see none, nor does another register, which is told and does not look.
        """
        held = (row for row in self.assignments if row.role not in HELD_BY_KEYS)
        regions = (row.region or getattr(row.agency or row.authority, "region", None) for row in held)
        return tuple(dict.fromkeys(region.prefix for region in regions if region))

    @cached_property
    def is_narrow(self) -> bool:
        """Whether the user sees a city or less: of any list so few rows that each can be looked at."""
        return not self.sees_everything and all(len(prefix) > PROVINCE for prefix in self.regions)

    @cached_property
    def sight(self) -> Sight:
        """As far as the database has to let the user see: all that the roles held here concern."""
        if self.sees_everything:
            return FULL
        files = tuple(row.practitioner_id for row in self.assignments if row.practitioner_id is not None)
        users = [row.user_id for row in self.assignments]
        return Sight(
            regions=self.regions,
            institutions=tuple(self._own_institutions()),
            files=files,
            user=users[0] if users else None,
        )

    def covers(self, institution: Institution) -> bool:
        """Whether the institution concerns the user; asks nothing of the database."""
        return institution.pk in self._own_institutions() or self.covers_region(institution.region_id)

    def covers_region(self, code: str) -> bool:
        """Whether the region lies in what the user sees; asks nothing of the database."""
        return self.sees_everything or code.startswith(self.regions)

    def covers_all_of(self, prefix: str) -> bool:
        """Whether everything in the region whose codes begin so lies in what the user sees; "" is the country."""
        return self.sees_everything or prefix.startswith(self.regions)

    def acts_in(self, code: str) -> bool:
        """Whether one of the user's agencies is that of the region or of one above it."""
        return code.startswith(tuple(agency.region.prefix for agency in self.agencies))

    def acts_for(self, case: Case) -> bool:
        """Whether the user is an officer of the agency of the case, or of one above it. The agency is read already."""
        return self.held_as(OFFICERS_OF_AGENCIES).acts_in(case.agency.region_id)

    def reads_documents_of(self, case: Case) -> bool:
        """Whether the user reads documents and steps of the case: who may, and sees the region of its agency."""
        return self.held_as(READERS_OF_CASE_DOCUMENTS).covers_region(case.agency.region_id)

    def is_own(self, practitioner: Practitioner) -> bool:
        """Whether the file is the user's own, or was merged with it."""
        return practitioner.pk in self.own_files()

    def _own_institutions(self) -> list[int]:
        return [row.institution_id for row in self.assignments if row.institution_id is not None]

    def own_files(self) -> list[int]:
        """The user's own file and those merged with it."""
        own = (row.practitioner_id for row in self.assignments)
        return [file for each in own if each is not None for file in family_of(each).files]

    def institutions(self) -> QuerySet[Institution]:
        """The institutions that concern the user."""
        if self.sees_everything:
            return Institution.objects.all()
        return Institution.objects.filter(self.in_regions("region") | Q(pk__in=self._own_institutions()))

    def in_regions(self, path: str) -> Q:
        """Rows whose region, at `path`, the user sees."""
        if self.sees_everything:
            return Q()
        rules = Q(pk__in=[])
        for prefix in self.regions:
            rules |= Q(**{f"{path}__code__startswith": prefix})
        return rules

    def about(self, person: str) -> Q:
        """Rows about people who concern the user; `person` is the path to the practitioner.

        It asks for each row where the person is or was registered: all people of a province are never looked up.
        """
        if self.sees_everything:
            return Q()
        rule = Q(pk__in=[])
        for registered in self._registered(person):
            rule |= Q(Exists(registered))
        if own := self.own_files():
            rule |= Q(**{f"{person}__in": own})
        return rule

    def _registered(self, person: str) -> Iterator[QuerySet[Any]]:
        """Each way in which the person of an outer row may be registered at a place that concerns the user."""
        somewhere = Registration.objects.filter(practitioner=OuterRef(person))
        if "" in self.regions:
            yield somewhere
        elif self.regions:
            yield Whereabouts.objects.filter(practitioner=OuterRef(person), prefix__in=self.regions)
        if places := self._own_institutions():
            yield somewhere.filter(institution__in=places)

    def registrations(self) -> QuerySet[Registration]:
        """The registrations, present and earlier, at the institutions that concern the user."""
        if self.sees_everything:
            return Registration.objects.all()
        here = self.in_regions("institution__region") | Q(institution__in=self._own_institutions())
        return Registration.objects.filter(here)

    def practitioners(self) -> QuerySet[Practitioner]:
        """The people registered, now or earlier, at an institution that concerns the user, and the user's own file."""
        return Practitioner.objects.filter(self.about("pk"))

    def handlings(self) -> QuerySet[Handling]:
        """The handlings of institutions that concern the user."""
        every = Handling.objects.all()
        return every if self.sees_everything else every.filter(institution__in=self.institutions())

    def triggers(self) -> QuerySet[PersonalTrigger]:
        """The personal triggers of people who concern the user."""
        return PersonalTrigger.objects.filter(self.about("practitioner"))

    def cases(self) -> QuerySet[Case]:
        """The cases of handlings and of personal triggers that concern the user."""
        every = Case.objects.all()
        if self.sees_everything:
            return every
        found = Q(trigger__isnull=False) & self.about("trigger__practitioner")
        return any_of(every, self._handled_here("handling"), found)

    def answering(self) -> QuerySet[Responsibility]:
        """Who answers in those cases, as far as the user may know: an institution knows of its own people only.

        Whoever asks names the case: each row is looked at.
        """
        every = Responsibility.objects.all()
        return every if self.sees_everything else every.filter(or_(*self._known("")))

    def proposals(self) -> QuerySet[Proposal]:
        """The proposals about them, and those of other places that the user's institution has to serve.

        Whoever asks names some: each row is looked at.
        """
        every = Proposal.objects.all()
        return every if self.sees_everything else every.filter(reduce(or_, self._told_of()))

    def proposals_found(self) -> QuerySet[Proposal]:
        """The same for lists of them: they are found, instead of looking at each that there is."""
        every = Proposal.objects.all()
        return every if self.sees_everything else any_of(every, *self._told_of())

    def _told_of(self) -> tuple[Q, ...]:
        served = Task.objects.filter(proposal=OuterRef("pk"), institution__in=self._own_institutions())
        return *self._known("responsibility__"), Exists(served) & self.about("practitioner")

    def _handled_here(self, handling: str) -> Q:
        """Rows of whose `handling` the institution concerns the user."""
        here = Q(**{f"{handling}__institution__in": self._own_institutions()})
        return self.in_regions(f"{handling}__institution__region") | here

    def _known(self, to: str) -> tuple[Q, Q]:
        """The rules by any of which the user may know of a responsibility, to which the path `to` leads."""
        handled_here = self.in_regions(f"{to}handling__institution__region")
        our_handling = Q(**{f"{to}handling": None})
        our_handling |= Q(**{f"{to}handling__institution__in": self._own_institutions()})
        return handled_here, self.about(f"{to}practitioner") & our_handling

    def entries(self) -> QuerySet[PointsEntry]:
        """The points entries of people who concern the user."""
        return PointsEntry.objects.filter(self.about("practitioner"))


EVERYTHING = Scope((Assignment(role=Role.AUDITOR),))
"""Of whoever sees the whole country: for figures that name nobody."""


def any_of(every: QuerySet[M], *rules: Q) -> QuerySet[M]:
    """The rows that any of the rules finds. Each is looked for apart: an OR would go through every row there is."""
    first, *others = (every.filter(rule).order_by().values("pk") for rule in rules)
    return every.filter(pk__in=first.union(*others))


def scope_of(user: User, today: date) -> Scope:
    """The scope of the user on the day: one query. The models' own permissions count for nothing."""
    return Scope(tuple(assignments_of(user, today)))
