"""Who asks: a system, by its key in the header `Authorization: Bearer`."""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from registry.ledger.days import shanghai_day
from registry.models import ApiKey
from registry.queries.keys import holder, note_use, scope_of_key
from registry.queries.scope import Scope
from registry.queries.sight import look

NOBODY = Scope(())
READING = (ApiKey.Scope.PERSON, ApiKey.Scope.AUTHORITY, ApiKey.Scope.REGION)
_REALM = 'Bearer realm="register"'


@dataclass(frozen=True, slots=True)
class System:
    """The system that holds a key, and what it may see today."""

    key: ApiKey
    scope: Scope
    is_authenticated: bool = True


class BearerKey(BaseAuthentication):
    """Every request needs a key; a missing one is refused like a wrong one, before the body is read."""

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        """The system and its key. A program whose person holds no role any more is refused like a wrong key. Raises
        AuthenticationFailed.
        """
        now = timezone.now()
        key = holder(_bearer(request), now, get_adapter(request).get_client_ip(request))
        seen = scope_of_key(key, shanghai_day(now)) if key else NOBODY
        if key is None or (key.scope == ApiKey.Scope.PERSON and not seen.roles):
            raise AuthenticationFailed
        note_use(key, now)
        look(seen.sight)
        return System(key, seen), key

    def authenticate_header(self, request: Request) -> str:
        """The challenge of RFC 6750: says whether a key was sent, not what was wrong with it."""
        return f'{_REALM}, error="invalid_token"' if _bearer(request) else _REALM


class MaySettle(BasePermission):
    """Keys of settlement systems."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the key was issued to a settlement system."""
        return isinstance(request.user, System) and request.user.key.scope == ApiKey.Scope.SETTLEMENT


class ReadsOrActs(BasePermission):
    """Keys of programs that act for a person, and of the systems of authorities and other regions, which read."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the key was issued to one of them; the roles are looked at by each address."""
        return isinstance(request.user, System) and request.user.key.scope in READING


def key_of(request: Request) -> ApiKey:
    """The key that an admitted request came with."""
    assert isinstance(request.auth, ApiKey)
    return request.auth


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
