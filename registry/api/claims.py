"""Files of claims of settlement systems: handed in as they are, checked in the background, the result taken away."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import IO, Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.answers import Answer, KeyReused, once
from registry.api.asking import Asker
from registry.api.attachments import AsItIs
from registry.api.authentication import MaySettle, System, key_of
from registry.api.desk import Act, DeskFace, Filter, Listing, One, idempotency_key, parameters, refusals
from registry.api.downloads import CSV, ENDINGS, NDJSON, PARQUET, Download, stream_pieces
from registry.api.given import Choice, Flag, Given, Instant, Text
from registry.api.parsers import too_many_bytes
from registry.api.problems import INVALID_JSON, KEY_REUSED, MALFORMED, REFUSED, Problem
from registry.api.schema import DeskSchema
from registry.api.shapes import Shape, Word
from registry.api.signatures import digest_of
from registry.claims import jobs, waking
from registry.claims.checking import OUTCOMES
from registry.claims.jobs import Handed
from registry.claims.pieces import PIECE, Part, opened
from registry.claims.telling import kind_of_result
from registry.models import ClaimsCheck
from registry.queries import faults
from registry.queries.keys import same_system
from registry.queries.sight import FULL, each_with

SETTLES: Any = frozenset({"settlement_system"})
"""Who may: no role of a person, but the scope of a key."""

CUT_OFF = _("%(arrived)s of %(told)s bytes arrived. Send the file again, whole.")


class SystemAsker(Asker):
    """A settlement system. The keys that took over from one another are one system."""

    @property
    def name(self) -> str:
        """By what the answers given to this system are kept."""
        return f"system-{min(same_system(self.key))}"


class OfSystems(DeskFace):
    """For settlement systems, each of which sees what it handed in itself. What it is shown was made for it."""

    permission_classes: Any = (MaySettle,)
    tag = "settlement"
    composed = True
    seen_by = SETTLES

    @cached_property
    def asker(self) -> Asker:
        """Which system asks."""
        assert isinstance(self.request.user, System)
        return SystemAsker(None, key_of(self.request), self.request.user.scope, timezone.now())

    def require(self, roles: Any) -> None:
        """The scope of the key was looked at before."""

    def checks(self) -> QuerySet[ClaimsCheck]:
        """The checks of this system; those whose file never came whole are none."""
        own = ClaimsCheck.objects.filter(key__in=same_system(self.asker.key))
        return own.exclude(state=ClaimsCheck.State.RECEIVING)

    def check(self, path: Mapping[str, Any]) -> ClaimsCheck:
        """The one at the address. Raises NotFound for another system's."""
        if (found := self.checks().filter(uuid=path["check"]).first()) is None:
            raise NotFound
        return found


class ClaimsCheckShape(Shape):
    """A file of claims and how far its check is. `counts` and `reasons` are of the rows done."""

    id = serializers.UUIDField(source="uuid")
    filename = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(help_text="bytes")
    state = Word(ClaimsCheck.State.choices)
    working = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()
    percent = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    known_at = serializers.DateTimeField(allow_null=True, help_text="what every answer is as known at")
    restitution_since = serializers.DateTimeField(source="since", allow_null=True)
    every_row = serializers.BooleanField(source="every", help_text="payable rows are told, too")
    language = serializers.CharField()
    columns_not_read = serializers.ListField(child=serializers.CharField(), source="further")
    problem = serializers.CharField(allow_blank=True, help_text="why the file was refused; a stable code")
    problem_text = serializers.CharField(allow_blank=True, help_text="why, and what to do")
    received_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    forgotten = serializers.BooleanField(help_text="the file and the result are no longer kept")

    def get_working(self, row: ClaimsCheck) -> bool:
        """A worker has it, or is to have it; ask again."""
        return row.state in jobs.WAITING

    def get_rows(self, row: ClaimsCheck) -> int:
        """How many rows are done."""
        return int(row.counts.get("rows", 0))

    def get_percent(self, row: ClaimsCheck) -> int:
        """How much of the work is done."""
        if row.state == ClaimsCheck.State.DONE:
            return 100
        return min(99, 100 * self.get_rows(row) // row.about) if row.about else 0

    def get_counts(self, row: ClaimsCheck) -> dict[str, int]:
        """Rows by outcome, those whose emergency was exempt, and those that the policy claims back."""
        return {name: row.counts.get(name, 0) for name in (*OUTCOMES, "emergency_exempt", "reclaimed")}

    def get_reasons(self, row: ClaimsCheck) -> dict[str, int]:
        """Rows by reason; a row may have several."""
        reasons = {name.removeprefix("reason:"): count for name, count in row.counts.items() if ":" in name}
        return dict(sorted(reasons.items()))


class ClaimsCheckView(OfSystems, One):
    """One file of claims: how far its check is, and what came out so far."""

    shape = ClaimsCheckShape

    def find(self, **path: Any) -> ClaimsCheck:
        return self.check(path)


class CancelClaimsCheck(OfSystems, Act):
    """End a check that is not done. Its file, and what there is of a result, are forgotten."""

    shape = ClaimsCheckShape
    subject_shape = ClaimsCheckShape
    done_by = SETTLES

    def subject(self, **path: Any) -> ClaimsCheck:
        return self.check(path)

    def do(self, subject: ClaimsCheck, values: dict[str, Any]) -> ClaimsCheck:
        return jobs.cancel(subject, now=self.asker.now)


class ClaimsResult(OfSystems, Download):
    """The rows that are not payable, and why, in the kind of the file; of a Parquet file as NDJSON."""

    downloads = (CSV, NDJSON)
    refuses = True
    content_negotiation_class = AsItIs

    def get_renderers(self) -> list[Any]:
        """The result is of the kind that it is; problems are JSON."""
        return [JSONRenderer()]

    def get(self, request: Request, **path: Any) -> StreamingHttpResponse:
        check = self.check(path)
        if check.state != ClaimsCheck.State.DONE:
            words = _("This check is in the state “%(state)s”; only a finished one has its result.")
            raise Problem(REFUSED, words % {"state": check.get_state_display()}, code="not_done")
        if check.forgotten:
            raise Problem(REFUSED, _("The result is no longer kept. Send the file again."), code="forgotten")
        media_type = {"csv": CSV, "ndjson": NDJSON}[kind_of_result(check.kind)]
        return stream_pieces(
            each_with(FULL, opened(check, Part.RESULT)), media_type, f"claims-{check.uuid}.{ENDINGS[media_type]}"
        )


class _File(BaseParser):
    """A body that is a file: it is not read, but handed on."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream


class CsvGiven(_File):
    """A table as text."""

    media_type = CSV


class NdjsonGiven(_File):
    """One JSON object on each line."""

    media_type = NDJSON


class ParquetGiven(_File):
    """A table in columns."""

    media_type = PARQUET


class BytesGiven(_File):
    """Any of them: what a file is follows from its content."""

    media_type = "application/octet-stream"


class AskedOfClaims(Given):
    """How the file is to be checked."""

    filename = Text(max_length=255, required=False, help_text="as you call it; shown to you again")
    every_row = Flag(required=False, help_text="tell payable rows, too")
    known_at = Instant(required=False, help_text="answer as known then; unless told, as known when the work begins")
    restitution_since = Instant(
        required=False, help_text="tell the rows that were not payable as known then, and are as known now"
    )
    language = Choice(
        choices=[code for code, _name in settings.LANGUAGES],
        required=False,
        help_text="of the words in the result; unless told, that of the request",
    )


class ClaimsSchema(DeskSchema):
    """A file goes in as it is; how it is checked stands in the address."""

    def get_response_serializers(self) -> Any:
        """It is accepted, and done later."""
        answers = super().get_response_serializers()
        return {202 if status == 201 else status: answer for status, answer in answers.items()}

    def get_override_parameters(self) -> list[Any]:
        """Of a write what is asked, and its key; of the list its filters."""
        said = super().get_override_parameters()
        return [AskedOfClaims, *said] if self.method == "POST" else said


class ClaimsChecks(OfSystems, Listing, Act):
    """The files of claims that you handed in."""

    creates = "hand_in_claims"
    creating = (
        "Hand in a file of claims as CSV, NDJSON or Parquet, as it is. A worker checks it; then take the result.\n\n"
        "Columns: `practitioner` (人员代码), `institution` (机构编码), `on` (服务日期), if wanted `emergency` (急诊),"
        " `emergency_reason` (急诊理由), `name` (姓名) and `id` (单据号), which comes back in the result. A row that is"
        " wrong stands in the result with what is wrong. Claimed emergencies are kept as those of single questions are."
    )
    shape = ClaimsCheckShape
    filters = {"state": Filter(Choice(choices=ClaimsCheck.State.values, required=False), "state")}
    done_by = SETTLES
    makes = True
    schema = ClaimsSchema()
    parser_classes: Any = (CsvGiven, NdjsonGiven, ParquetGiven, BytesGiven)
    given: ClassVar[Any] = OpenApiTypes.BINARY
    max_body_bytes = settings.REGISTRY_CLAIMS_MB * 1024 * 1024

    def rows(self) -> QuerySet[ClaimsCheck]:
        return self.checks()

    def post(self, request: Request, **path: Any) -> Response:
        """Keep the file and put its check on the list of things to do; or answer what was answered before."""
        key, told = idempotency_key(request), _length(request, self.max_body_bytes)
        asked = _handed(parameters(AskedOfClaims, request), self.asker.now)
        arriving = _Arriving(request.data)
        with refusals({}):
            received = jobs.receive(handed=asked, contents=arriving, key=self.asker.key, now=self.asker.now)
        answer = None
        try:
            if received.size != told:
                raise Problem(INVALID_JSON, CUT_OFF % {"arrived": received.size, "told": told})
            answer = self._answered(request, received, key, arriving)
        finally:
            if answer is None or answer.repeated:
                jobs.discard(received)
        headers = {**answer.headers, **({"Idempotency-Replayed": "true"} if answer.repeated else {})}
        return Response(answer.document, answer.status, headers=headers)

    def _answered(self, request: Request, received: ClaimsCheck, key: str, arrived: "_Arriving") -> Answer:
        digest = digest_of(request.get_full_path(), {"sha256": arrived.digest.hexdigest()})
        try:
            return once(
                asker=self.asker.name, key=key, digest=digest, now=self.asker.now, do=lambda: self._hand_over(received)
            )
        except KeyReused:
            raise Problem(KEY_REUSED) from None

    def _hand_over(self, received: ClaimsCheck) -> Answer:
        jobs.hand_over(received, now=self.asker.now)
        transaction.on_commit(waking.wake_workers)
        return Answer(202, self.shown(received), {"Location": f"{self.request.path}{received.uuid}/"})


class _Arriving:
    """The pieces of a body, as they come, all but the last of one size; then their digest."""

    def __init__(self, body: Any) -> None:
        self._body, self.digest = body, hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._piece():
            self.digest.update(piece)
            yield piece

    def _piece(self) -> bytes:
        held = bytearray()
        while hasattr(self._body, "read") and len(held) < PIECE and (more := self._body.read(PIECE - len(held))):
            held += more
        return bytes(held)


def _length(request: Request, limit: int) -> int:
    """How many bytes come. Raises Problem for more than are taken, and for none."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > limit:
        raise too_many_bytes(limit)
    if not length:
        raise Problem(MALFORMED, _("There is no file in the body. Send the claims as CSV, NDJSON or Parquet."))
    return length


def _handed(asked: dict[str, Any], now: datetime) -> Handed:
    """How the file is to be checked. Raises Problem for moments that nobody knows yet, or in the wrong order."""
    known_at, since = asked.get("known_at"), asked.get("restitution_since")
    for name, moment, latest in (("known_at", known_at, now), ("restitution_since", since, known_at or now)):
        if moment is not None and moment > latest:
            raise Problem(MALFORMED, errors=[faults.IN_THE_FUTURE.of(name, moment.isoformat())])
    return Handed(
        filename=asked.get("filename", ""),
        language=asked.get("language") or get_language() or settings.LANGUAGE_CODE,
        every=asked.get("every_row", False),
        known_at=known_at,
        since=since,
    )
