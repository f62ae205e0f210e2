"""Which panels, objections, seats and experts somebody may open."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from appeals.models import Expert, ExpertPlace, Objection, Panel, Seat
from registry.models import User
from registry.queries.roles import POOL_READERS
from registry.queries.scope import Scope

OF_AN_OBJECTION = ("practitioner", "agency__region", "case__handling__authority", "case__trigger")
"""What the pages of a panel and of a seat ask of the objection."""


def within(seen: Scope, path: str) -> Q:
    """Rows whose agency, at `path`, lies in the region of one of the user's agencies."""
    return seen.in_regions(f"{path}__region")


def panels_in(seen: Scope) -> QuerySet[Panel]:
    """The panels of objections that the user's agencies answer."""
    rows = Panel.objects.filter(within(seen, "objection__agency"))
    return rows.select_related("objection__reviewer", *(f"objection__{path}" for path in OF_AN_OBJECTION))


def objections_in(seen: Scope) -> QuerySet[Objection]:
    """The objections that the user's agencies answer."""
    rows = Objection.objects.filter(within(seen, "agency"))
    return rows.select_related("practitioner", "agency", "case", "reviewer")


def reads_the_pool(seen: Scope) -> bool:
    """Whether the user reads experts and panels."""
    return bool(seen.roles & POOL_READERS)


def experts_for(seen: Scope, user: User) -> QuerySet[Expert]:
    """For those who read the pool: who works, or worked, in a region of theirs, and whose workplace nobody knows yet;
    themselves for experts.
    """
    rows = Expert.objects.select_related("user", "practitioner")
    if seen.sees_everything:
        return rows
    if not reads_the_pool(seen):
        return rows.filter(user=user)
    places = ExpertPlace.objects.filter(expert=OuterRef("pk"))
    return rows.filter(Exists(places.filter(seen.in_regions("institution__region"))) | ~Exists(places))


def seats_of(user: User) -> QuerySet[Seat]:
    """The seats of the expert who signs in with this account."""
    rows = Seat.objects.filter(expert__user=user)
    return rows.select_related("expert", *(f"panel__objection__{path}" for path in OF_AN_OBJECTION))


def mark_of(seat: Seat) -> str:
    """What a case is called on the desk of its expert: it says nothing of the case."""
    return str(seat.uuid)[-6:].upper()
