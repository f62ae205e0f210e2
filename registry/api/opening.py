"""Faces of one person: whose file it is, why it is opened, and the record of that."""

import re
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.access_log import LONGEST_REASON, SHORTEST_REASON, Kind, clean_reason, record_access
from registry.actions.errors import Refused
from registry.api.asking import Asker
from registry.api.desk import DeskFace
from registry.api.problems import ACCESS_REASON_NEEDED, Problem
from registry.api.subjects import one
from registry.ledger.families import family_of
from registry.models import Practitioner
from registry.queries.access_log import is_ones_work
from registry.queries.faults import Fault

HEADER = "Access-Reason"
_REMEDY = _("Send it in UTF-8, percent-encoded: what the file is needed for, in 10 to 500 characters.")
MISSING = Fault("required", _("“%(field)s” is missing."), _REMEDY)
NOT_UTF8 = Fault("not_utf8", _("“%(field)s” is no percent-encoded UTF-8."), _REMEDY)
ENCODED = re.compile("[!-~]([ -~]*[!-~])?")
SAID: Any = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": SHORTEST_REASON, "pattern": f"^{ENCODED.pattern}$"},
    OpenApiParameter.HEADER,
    description=(
        f"why the file is opened: {SHORTEST_REASON} to {LONGEST_REASON} characters in UTF-8, percent-encoded. Needed"
        " where the person is outside your work (registered at no place of yours today, in no open case or task of"
        " yours), and always of administrators and auditors. It is kept with the look, and the person may read it."
    ),
)
"""How the header is described."""


class OnPractitioner(DeskFace):
    """The practitioner at the address, with everything that makes one person of several files."""

    _person: Practitioner | None = None

    def person(self, practitioner: Any) -> Practitioner:
        """The practitioner, read once. Raises NotFound."""
        if self._person is None:
            self._person = one(self.asker.scope.practitioners(), uuid=practitioner)
        return self._person

    def files(self, practitioner: Any) -> frozenset[int]:
        """The ids of all files that are this person."""
        return family_of(self.person(practitioner).pk).files


class OpensFile(OnPractitioner):
    """Reading here is opening the person's file: it is kept, and outside one's work it needs a reason."""

    opens: ClassVar[str] = Kind.OPENED
    headers_of_reads: ClassVar[tuple[Any, ...]] = (SAID,)

    def get(self, request: Request, **path: Any) -> Response:
        """What is there, once it is kept who saw it and why."""
        self.require(self.seen_by)
        person = self.person(path["practitioner"])
        reason = reason_for(self.asker, person, request)
        reads: Any = super()
        answer: Response = reads.get(request, **path)
        keep_opening(self.asker, person, kind=self.opens, reason=reason)
        return answer


def reason_for(asker: Asker, person: Practitioner, request: Request) -> str:
    """Why the asker opens the file; nothing where it is part of their work. Raises Problem where a reason is needed."""
    reason = access_reason(request)
    if not reason and not is_ones_work(asker.scope, person, asker.today):
        raise reason_needed(MISSING)
    return reason


def keep_opening(asker: Asker, person: Practitioner, *, kind: str, reason: str) -> None:
    """Record that the asker opened the file. Comes before the answer leaves."""
    record_access(practitioner=person, by=asker.person, key=asker.key, kind=kind, reason=reason, now=asker.now)


def access_reason(request: Request) -> str:
    """The reason that the request gives, or nothing. Raises Problem for an unfit one, even where none is needed."""
    if HEADER not in request.headers:
        return ""
    sent = request.headers[HEADER].strip(" ")
    if not sent:
        raise reason_needed(MISSING)
    if not ENCODED.fullmatch(sent):
        raise reason_needed(NOT_UTF8, sent)
    try:
        return clean_reason(unquote_to_bytes(sent.encode("latin-1")).decode())
    except UnicodeError:
        raise reason_needed(NOT_UTF8, sent) from None
    except Refused as refusal:
        raise reason_needed(Fault(refusal.code, refusal.message, _REMEDY), sent) from None


def reason_needed(fault: Fault, sent: str | None = None) -> Problem:
    """The problem that asks for a reason."""
    return Problem(ACCESS_REASON_NEEDED, errors=[fault.of(HEADER, sent)])
