"""How a settlement system asks, in tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client

from tests.town import TODAY, Town

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ONE, BATCH = "/api/v1/eligibility", "/api/v1/eligibility/batch"


@dataclass
class Settlement:
    """Asks about the surgeon at the hospital on the day on which stories begin, unless told otherwise."""

    town: Town
    key: str
    language: str = "en"

    def item(self, **members: Any) -> dict[str, Any]:
        """The members of a good question; a member that is ... is left out."""
        good = {"practitioner": self.town.surgeon.code, "institution": self.town.hospital.code, "on": TODAY.isoformat()}
        return {name: value for name, value in {**good, **members}.items() if value is not ...}

    def ask(self, **members: Any) -> Response:
        """One question."""
        return self.post(ONE, json.dumps(self.item(**members)))

    def batch(self, *items: Any) -> Response:
        """Several questions at once."""
        return self.post(BATCH, json.dumps({"items": items}))

    def post(self, address: str, body: str | bytes, **headers: str) -> Response:
        """Any body, with any headers besides the key."""
        sent = {"authorization": f"Bearer {self.key}", "accept-language": self.language, **headers}
        content_type = sent.pop("content_type", "application/json")
        raw = body if isinstance(body, bytes) else body.encode()
        return Client(raise_request_exception=False).post(address, raw, content_type, headers=sent)


def problem(response: Response, status: int, name: str) -> dict[str, Any]:
    """The problem that the response is, after checking its form."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    shown: dict[str, Any] = json.loads(response.content)
    assert (shown["type"], shown["status"]) == (f"urn:problem-type:demerit-register:{name}", status)
    assert shown["title"]
    assert shown["detail"]
    return shown


def errors(response: Response) -> list[tuple[str, str]]:
    """Field and code of every error of a malformed request."""
    return fields(problem(response, 400, "malformed"))


def fields(shown: dict[str, Any]) -> list[tuple[str, str]]:
    """Field and code of every error of a problem, each of which has words."""
    for error in shown["errors"]:
        assert set(error) == {"field", "value", "code", "message", "remedy"}
        assert error["message"]
        assert error["remedy"]
    return [(error["field"], error["code"]) for error in shown["errors"]]
