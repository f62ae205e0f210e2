"""Which endpoints, and what is owed to them, somebody may see."""

from django.db.models import Q, QuerySet

from notifications.models import Endpoint, Push, Subscription
from notifications.models.bodies import BODIES
from notifications.queries.inbox import bodies_of, own_bodies
from notifications.rules.procedures import ENDPOINT
from registry.models import Role
from registry.queries.scope import Scope


def endpoints_of(seen: Scope) -> QuerySet[Endpoint]:
    """The endpoints of the bodies for which somebody with this scope works; all of them to who watches over all."""
    every = Endpoint.objects.select_related(*BODIES, "proposed_by", "approved_by")
    return every if seen.sees_everything else every.filter(_of_bodies(seen))


def keeps_endpoints(seen: Scope) -> bool:
    """Whether somebody with this scope administers the whole register, and so what goes out of it."""
    return any(row.role == Role.ADMINISTRATOR and row.region_id is None for row in seen.assignments)


def may_ask(seen: Scope) -> bool:
    """Whether somebody with this scope may ask for an endpoint: for a body of their own, or for any."""
    return keeps_endpoints(seen) or bool(own_bodies(seen))


def pushes_of(seen: Scope) -> QuerySet[Push]:
    """What is owed, or was, to these endpoints."""
    return Push.objects.filter(endpoint__in=endpoints_of(seen)).select_related("endpoint", "notice__event")


def subscriptions_of(seen: Scope) -> QuerySet[Subscription]:
    """The subscriptions of these bodies."""
    every = Subscription.objects.select_related("practitioner", *BODIES, "made_by")
    return every if seen.sees_everything else every.filter(_of_bodies(seen))


def _of_bodies(seen: Scope) -> Q:
    rule = Q(pk__in=[])
    for column, ids in bodies_of(seen).items():
        rule |= Q(**{f"{column}__in": ids})
    return rule


def allows(endpoint: Endpoint, act: str) -> bool:
    """Whether the act fits the state of the endpoint; a test and a new key move no state."""
    if act == "test":
        return endpoint.state == Endpoint.State.ACTIVE
    if act == "rotate":
        return endpoint.state != Endpoint.State.RETIRED
    return ENDPOINT.allows(endpoint.state, act)
