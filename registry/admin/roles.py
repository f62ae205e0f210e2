"""Who is asking, and what their roles let them see and do. The models' own permissions are not used."""

from typing import cast

from django.http import HttpRequest

from registry.admin.moment import today
from registry.models import Agency, Role, User
from registry.queries.scope import Scope, scope_of

EVERYBODY = frozenset(Role) - {Role.EXPERT}
"""Everybody in the office. Experts come in too, but only to what is made for them."""

EXPERTS = frozenset({Role.EXPERT})
OFFICERS_OF_AGENCIES = frozenset({Role.AGENCY_OFFICER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
POOL_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.AGENCY_OFFICER})
STAFF_KEEPERS = frozenset({Role.AGENCY_OFFICER, Role.COMPLIANCE_OFFICER})

_NOBODY = Scope((), frozenset())
_REMEMBERED = "_registry_scope"


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a page that anonymous visitors never reach."""
    return cast(User, request.user)


def scope(request: HttpRequest) -> Scope:
    """What the signed-in user holds and may see today, asked once per request."""
    if not hasattr(request, _REMEMBERED):
        user = request.user
        setattr(request, _REMEMBERED, scope_of(user, today()) if isinstance(user, User) else _NOBODY)
    return cast(Scope, getattr(request, _REMEMBERED))


def has_any(request: HttpRequest, roles: frozenset[Role]) -> bool:
    """Whether the user holds one of `roles` today."""
    return bool(scope(request).roles & roles)


def is_officer(request: HttpRequest) -> bool:
    """Anybody with a role in the office."""
    return has_any(request, EVERYBODY)


def is_expert(request: HttpRequest) -> bool:
    """Judges the cases for which they were drawn."""
    return has_any(request, EXPERTS)


def keeps_the_pool(request: HttpRequest) -> bool:
    """Keeps experts and panels."""
    return has_any(request, POOL_KEEPERS)


def is_administrator(request: HttpRequest) -> bool:
    """Manages regions, agencies, users and keys."""
    return has_any(request, ADMINISTRATORS)


def is_agency_officer(request: HttpRequest) -> bool:
    """Records handlings and points in the region of their agency."""
    return has_any(request, OFFICERS_OF_AGENCIES)


def agencies_of(holder: Scope) -> list[Agency]:
    """The agencies for which somebody with this scope acts."""
    agencies = {row.agency.pk: row.agency for row in holder.assignments if row.agency}
    return [agencies[key] for key in sorted(agencies)]
