"""Who is asking, and what their roles let them see and do. The models' own permissions are not used."""

from typing import cast

from django.http import HttpRequest

from registry.admin.moment import today
from registry.models import Role, User
from registry.queries.roles import (
    ADMINISTRATORS,
    COMPARING,
    EXPERTS,
    OFFICE,
    OFFICERS_OF_AGENCIES,
    OWN_FILE,
    POOL_READERS,
    READERS_OF_ACCESS,
    READERS_OF_DELIVERIES,
    READERS_OF_FILES,
    READERS_OF_NOTICES,
    READERS_OF_THE_PUBLISHED,
    WATCHING_OVER_ALL,
)
from registry.queries.scope import REMEMBERED, Scope, scope_of
from registry.queries.sight import look

_NOBODY = Scope(())


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a page that anonymous visitors never reach."""
    return cast(User, request.user)


def scope(request: HttpRequest) -> Scope:
    """What the signed-in user holds and may see today, asked once per request; from then on the database shows that."""
    if not hasattr(request, REMEMBERED):
        user = request.user
        held = scope_of(user, today()) if isinstance(user, User) else _NOBODY
        setattr(request, REMEMBERED, held)
        look(held.sight)
    return cast(Scope, getattr(request, REMEMBERED))


def narrow(request: HttpRequest, roles: frozenset[Role]) -> Scope:
    """From here on the request sees only what rests on one of `roles`."""
    setattr(request, REMEMBERED, scope(request).held_as(roles))
    return scope(request)


def has_any(request: HttpRequest, roles: frozenset[Role]) -> bool:
    """Whether the user holds one of `roles` today."""
    return bool(scope(request).roles & roles)


def is_officer(request: HttpRequest) -> bool:
    """Anybody with a role in the office."""
    return has_any(request, OFFICE)


def holds_own_file(request: HttpRequest) -> bool:
    """A practitioner, whose own file is elsewhere than in the office."""
    return has_any(request, OWN_FILE)


def has_own_pages(request: HttpRequest) -> bool:
    """Somebody with pages of their own elsewhere than in the office."""
    return has_any(request, OWN_FILE | EXPERTS)


def is_expert(request: HttpRequest) -> bool:
    """Judges the cases for which they were drawn, elsewhere than in the office."""
    return has_any(request, EXPERTS)


def reads_the_pool(request: HttpRequest) -> bool:
    """Reads the pool of experts and the panels."""
    return has_any(request, POOL_READERS)


def is_administrator(request: HttpRequest) -> bool:
    """Manages regions, agencies, users and keys."""
    return has_any(request, ADMINISTRATORS)


def keeps_the_country(request: HttpRequest) -> bool:
    """Changes what holds in the whole country: an administrator of the whole of it."""
    return scope(request).keeps_the_country


def is_agency_officer(request: HttpRequest) -> bool:
    """Records handlings and points in the region of their agency."""
    return has_any(request, OFFICERS_OF_AGENCIES)


def reads_access(request: HttpRequest) -> bool:
    """Reads accounts, roles and keys."""
    return has_any(request, READERS_OF_ACCESS)


def reads_people(request: HttpRequest) -> bool:
    """Reads who is registered and how they stand, with their cases or without."""
    return has_any(request, READERS_OF_THE_PUBLISHED)


def reads_files(request: HttpRequest) -> bool:
    """Reads people and their cases."""
    return has_any(request, READERS_OF_FILES)


def compares(request: HttpRequest) -> bool:
    """Compares regions, agencies and institutions."""
    return has_any(request, COMPARING)


def audits(request: HttpRequest) -> bool:
    """Looks over what others did, as far as the scope goes."""
    return has_any(request, WATCHING_OVER_ALL)


def reads_deliveries(request: HttpRequest) -> bool:
    """Looks at where notices are pushed, and how that goes."""
    return has_any(request, READERS_OF_DELIVERIES)


def watches_over_all(request: HttpRequest) -> bool:
    """Looks at what holds in the whole register, and holds the role for all of it."""
    return has_any(request, WATCHING_OVER_ALL) and scope(request).sees_everything


def reads_notices(request: HttpRequest) -> bool:
    """Reads notices to the own body, or all of them."""
    return has_any(request, READERS_OF_NOTICES)
