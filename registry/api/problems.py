"""How the API says no: problem+json (RFC 9457) with types that stay the same."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.http.request import UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from registry.queries.faults import FieldError

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:problem-type:demerit-register:"
BACK_AFTER = 5  # seconds; a database that was restarted answers again by then

log = structlog.get_logger("registry.api")


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of problem: its name never changes, nor what it means."""

    name: str
    status: int
    title: str | Promise
    detail: str | Promise

    @property
    def type(self) -> str:
        return _TYPE + self.name


MALFORMED = Kind(
    "malformed", 400, _("Malformed request"), _("Some members of the request are wrong; `errors` names each.")
)
INVALID_JSON = Kind("invalid-json", 400, _("Not JSON"), _("The body is not JSON. Send one JSON object in UTF-8."))
UNAUTHENTICATED = Kind(
    "unauthenticated",
    401,
    _("No valid key"),
    _("Send `Authorization: Bearer` with a key in force. The administrator of the register issues keys."),
)
FORBIDDEN = Kind(
    "forbidden", 403, _("Not allowed"), _("The key is not meant for this. Ask the register's administrator.")
)
ACCESS_REASON_NEEDED = Kind(
    "access-reason-needed",
    403,
    _("A reason is needed"),
    _(
        "The person is not part of your work. Say in the header `Access-Reason` for which task you need the file."
        " It is kept, and the person may read it."
    ),
)
NOT_FOUND = Kind(
    "not-found", 404, _("Nothing here"), _("There is nothing at this address. Compare it with the API's description.")
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed", 405, _("Method not allowed"), _("Use one of the methods that the header `Allow` names.")
)
NOT_ACCEPTABLE = Kind(
    "not-acceptable", 406, _("Not acceptable"), _("The answer is `application/json` only. Accept that, or anything.")
)
LENGTH_REQUIRED = Kind(
    "length-required", 411, _("Length required"), _("Send the body in one piece, with the header `Content-Length`.")
)
TOO_LARGE = Kind("too-large", 413, _("Too large"), _("The request is too large. Send it in several parts."))
UNSUPPORTED_MEDIA_TYPE = Kind(
    "unsupported-media-type",
    415,
    _("Unsupported media type"),
    _("Send the body as `Content-Type: application/json` in UTF-8, not compressed."),
)
REFUSED = Kind(
    "refused", 409, _("Refused"), _("What stands now does not allow this. Look at it again and choose another act.")
)
VALUE_REFUSED = Kind(
    "value-refused",
    409,
    _("Refused for a value"),
    _("The law or the record does not allow a value; `errors` names it."),
)
STALE = Kind(
    "stale", 412, _("Changed meanwhile"), _("`If-Match` names another version. Read the row again, then decide again.")
)
KEY_MISSING = Kind(
    "idempotency-key-missing",
    400,
    _("No idempotency key"),
    _("Send `Idempotency-Key` with every write: 8 to 200 characters of your own, another one for each thing to do."),
)
KEY_REUSED = Kind(
    "idempotency-key-reused",
    422,
    _("Idempotency key used before"),
    _("This key stands for another request for ever. Send a new key with what you want done now."),
)
GONE = Kind(
    "gone",
    409,
    _("Shown once"),
    _("This was done, and what it answered was shown that one time. Ask anew, with a new key and a reason."),
)
SECOND_MISSING = Kind(
    "second-signature-missing",
    409,
    _("Two people needed"),
    _("Let a second officer sign this very request at `/api/v1/signatures/`; send that as `Second-Signature`."),
)
SECOND_REFUSED = Kind(
    "second-signature-refused",
    409,
    _("Second signature refused"),
    _("The second signature is of another request, too old, your own, or of somebody who may not do this act here."),
)
TOO_MANY = Kind("too-many-requests", 429, _("Too many requests"), _("Wait for as many seconds as `Retry-After` says."))
UNAVAILABLE = Kind(
    "unavailable",
    503,
    _("Not available at the moment"),
    _(
        "The register does not reach its records at the moment. Wait for as many seconds as `Retry-After` says, and"
        " send the same request again, a write under the same `Idempotency-Key`: it is done once."
    ),
)
INTERNAL = Kind(
    "internal",
    500,
    _("Something failed here"),
    _("The register failed and gives no answer. Try again, and tell its administrator if it stays so."),
)

_OF_FRAMEWORK: Mapping[type[Exception], Kind] = {
    exceptions.NotAuthenticated: UNAUTHENTICATED,
    exceptions.AuthenticationFailed: UNAUTHENTICATED,
    exceptions.PermissionDenied: FORBIDDEN,
    exceptions.NotFound: NOT_FOUND,
    Http404: NOT_FOUND,
    exceptions.MethodNotAllowed: METHOD_NOT_ALLOWED,
    exceptions.NotAcceptable: NOT_ACCEPTABLE,
    exceptions.UnsupportedMediaType: UNSUPPORTED_MEDIA_TYPE,
    exceptions.ParseError: INVALID_JSON,
    exceptions.Throttled: TOO_MANY,
    UnreadablePostError: INVALID_JSON,
    OperationalError: UNAVAILABLE,
    InterfaceError: UNAVAILABLE,
}


class Problem(Exception):
    """A request that is refused. `detail` replaces the general sentence of its kind."""

    def __init__(
        self,
        kind: Kind,
        detail: str | Promise | None = None,
        *,
        errors: Sequence[FieldError] = (),
        code: str | None = None,
    ) -> None:
        super().__init__(kind.name)
        self.kind = kind
        self.code = code
        self.detail = detail or kind.detail
        self.errors = tuple(errors)

    def document(self) -> dict[str, object]:
        """The problem as the API shows it, in the language of the moment."""
        shape: dict[str, object] = {
            "type": self.kind.type,
            "title": str(self.kind.title),
            "status": self.kind.status,
            "detail": str(self.detail),
        }
        if self.code:
            shape["code"] = self.code
        if self.errors:
            shape["errors"] = [error.document() for error in self.errors]
        return shape


def respond(exception: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to any exception of a view. What nobody foresaw is logged by type and place, never by its message."""
    set_rollback()
    problem = _problem(exception)
    if problem.kind in {INTERNAL, UNAVAILABLE}:
        _log(exception)
    headers = _headers(problem.kind, exception)
    return Response(problem.document(), problem.kind.status, headers=headers, content_type=MEDIA_TYPE)


def _headers(kind: Kind, exception: Exception) -> dict[str, str]:
    if kind is UNAVAILABLE:
        return {"Retry-After": str(BACK_AFTER)}
    if hasattr(exception, "auth_header"):
        return {"WWW-Authenticate": exception.auth_header}
    if isinstance(exception, exceptions.Throttled):
        return {"Retry-After": str(ceil(getattr(exception, "wait", None) or 1))}
    return {}


def _problem(exception: Exception) -> Problem:
    if isinstance(exception, Problem):
        return exception
    kinds = (kind for framework, kind in _OF_FRAMEWORK.items() if isinstance(exception, framework))
    return Problem(next(kinds, INTERNAL))


def _log(exception: Exception) -> None:
    frames = traceback.extract_tb(exception.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("api_failed", exception=type(exception).__qualname__, places=places)
