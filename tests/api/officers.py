"""How a program of an officer asks, in tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.models import ApiKey, User

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

_NUMBERS = count(1)


def key_for(user: User) -> str:
    """The text of a key with which a program acts for the user."""
    now = timezone.now()
    _key, text = issue_key(
        name=f"program of {user}",
        scope=ApiKey.Scope.PERSON,
        user=user,
        expires_at=now + timedelta(days=90),
        by=user,
        now=now,
    )
    return text


@dataclass
class Program:
    """Asks for one user. A write gets an idempotency key of its own unless one is given."""

    user: User
    language: str = "en"
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = key_for(self.user)

    def get(self, address: str, **headers: str) -> Response:
        """Read."""
        return self._client().get(_whole(address), headers=self._headers(headers))

    def post(self, address: str, document: Any = None, **headers: str) -> Response:
        """Write."""
        headers.setdefault("idempotency_key", f"test-key-{next(_NUMBERS):08}")
        body = json.dumps(document if document is not None else {})
        return self._client().post(_whole(address), body, "application/json", headers=self._headers(headers))

    def read(self, address: str) -> Any:
        """The document at an address, which is there."""
        response = self.get(address)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def done(self, address: str, document: Any = None, **headers: str) -> Any:
        """The document answered to a write that succeeds."""
        response = self.post(address, document, **headers)
        assert response.status_code in {200, 201}, response.content.decode()
        return json.loads(response.content)

    def _client(self) -> Client:
        return Client(raise_request_exception=False)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"authorization": f"Bearer {self.key}", "accept-language": self.language, **named}


def _whole(address: str) -> str:
    return address if address.startswith("/") else f"/api/v1/{address}"
