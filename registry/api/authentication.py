"""Who asks: a system, by its key in the header `Authorization: Bearer`."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from registry.models import ApiKey
from registry.queries.keys import holder

_REALM = 'Bearer realm="register"'


@dataclass(frozen=True, slots=True)
class System:
    """The system that holds a key."""

    key: ApiKey
    is_authenticated: bool = True


class BearerKey(BaseAuthentication):
    """Every request needs a key; a missing one is refused like a wrong one, before the body is read."""

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        """The system and its key. Raises AuthenticationFailed."""
        key = holder(_bearer(request), timezone.now())
        if key is None:
            raise AuthenticationFailed
        return System(key), key

    def authenticate_header(self, request: Request) -> str:
        """The challenge of RFC 6750: says whether a key was sent, not what was wrong with it."""
        return f'{_REALM}, error="invalid_token"' if _bearer(request) else _REALM


class MaySettle(BasePermission):
    """Keys of settlement systems."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the key was issued to a settlement system."""
        return isinstance(request.user, System) and request.user.key.scope == ApiKey.Scope.SETTLEMENT


class ForAPerson(BasePermission):
    """Keys of programs that act for a person."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the key was issued to a program of a person."""
        return isinstance(request.user, System) and request.user.key.scope == ApiKey.Scope.PERSON


def key_of(request: Request) -> ApiKey:
    """The key that an admitted request came with."""
    assert isinstance(request.auth, ApiKey)
    return request.auth


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
