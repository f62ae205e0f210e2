"""What went wrong, as an OperationOutcome: every problem of the API, in the words of FHIR."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from registry.api import problems
from registry.api.fhir.media import FHIR_JSON
from registry.api.fhir.terms import PROBLEM
from registry.api.problems import Kind

PERSON_IN_ADDRESS = Kind(
    "person-in-address",
    400,
    _("A person's identifier in an address"),
    _("Addresses are logged on their way. Send what identifies a person as a form, by POST to `_search`."),
)
UNKNOWN_PARAMETER = Kind(
    "unknown-parameter",
    400,
    _("Unknown search parameter"),
    _("Use the search parameters that `/fhir/metadata` names."),
)
BAD_PARAMETER = Kind(
    "bad-parameter",
    400,
    _("Wrong search parameter"),
    _("Write the search parameter as `/fhir/metadata` describes it."),
)
MISSING_PARAMETER = Kind(
    "missing-parameter",
    400,
    _("Search parameter missing"),
    _("Say whom the search is about, by POST to `_search`."),
)
GONE = Kind("gone", 410, _("No longer there"), _("It was withdrawn. Its history still tells what was known of it."))

_CODES = {
    problems.MALFORMED.name: "invalid",
    problems.INVALID_JSON.name: "structure",
    problems.UNAUTHENTICATED.name: "login",
    problems.FORBIDDEN.name: "forbidden",
    problems.NOT_FOUND.name: "not-found",
    problems.METHOD_NOT_ALLOWED.name: "not-supported",
    problems.NOT_ACCEPTABLE.name: "not-supported",
    problems.UNSUPPORTED_MEDIA_TYPE.name: "not-supported",
    problems.LENGTH_REQUIRED.name: "required",
    problems.TOO_LARGE.name: "too-long",
    problems.TOO_MANY.name: "throttled",
    problems.UNAVAILABLE.name: "transient",
    problems.INTERNAL.name: "exception",
    PERSON_IN_ADDRESS.name: "security",
    UNKNOWN_PARAMETER.name: "not-supported",
    BAD_PARAMETER.name: "value",
    MISSING_PARAMETER.name: "required",
    GONE.name: "deleted",
}
_DETAILS: Mapping[str, str | Promise] = {
    problems.NOT_FOUND.name: _("There is nothing at this address for you. `/fhir/metadata` says what there is."),
    problems.NOT_ACCEPTABLE.name: _("Answers are FHIR R4 as JSON only. Accept `application/fhir+json`."),
    problems.UNSUPPORTED_MEDIA_TYPE.name: _("Send the search as `application/x-www-form-urlencoded` in UTF-8."),
}


def respond(exception: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to any exception of a view: what the API would answer, as an OperationOutcome."""
    answer = problems.respond(exception, context)
    headers = {name: answer[name] for name in ("WWW-Authenticate", "Retry-After") if name in answer}
    return Response(outcome_of(answer.data), answer.status_code, headers=headers, content_type=FHIR_JSON)


def outcome_of(problem: Mapping[str, Any]) -> dict[str, Any]:
    """The OperationOutcome that says the same as a problem document."""
    name = problem["type"].rpartition(":")[2]
    issue = {
        "severity": "fatal" if problem["status"] >= 500 else "error",
        "code": _CODES.get(name, "processing"),
        "details": {"coding": [{"system": PROBLEM, "code": name}], "text": problem["title"]},
        "diagnostics": str(_DETAILS.get(name, problem["detail"])),
    }
    return {"resourceType": "OperationOutcome", "issue": [issue]}
