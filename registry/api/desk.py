"""The faces of officers' programs: lists, single rows and acts. A subclass says what; how is said here, once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.answers import Answer, KeyReused, ShownOnce, once
from registry.actions.errors import Refused
from registry.api.asking import Asker
from registry.api.authentication import ReadsOrActs, System, key_of
from registry.api.faces import Face
from registry.api.given import Choice, Given, NothingGiven, Whole, errors_of
from registry.api.problems import (
    GONE,
    KEY_MISSING,
    KEY_REUSED,
    MALFORMED,
    REFUSED,
    STALE,
    VALUE_REFUSED,
    Problem,
)
from registry.api.schema import DeskSchema
from registry.api.shapes import Shape, document_of, etag_of
from registry.api.signatures import digest_of, second_of
from registry.api.throttle import PerPerson
from registry.ledger.writing import lock
from registry.models import Practitioner, Role, User
from registry.queries.faults import FieldError
from registry.queries.roles import READERS_OF_FILES
from registry.queries.scope import scope_of
from registry.queries.sight import full_sight, seeing

MOST_ROWS = 200
USUAL_ROWS = 50
KEY_LENGTHS = range(8, 201)
AnyGiven = TypeVar("AnyGiven", bound=Given)


class DeskFace(Face):
    """For a person's program: who asks, and what they may see, read once."""

    permission_classes = (ReadsOrActs,)
    throttle_classes = (PerPerson,)
    http_method_names = ["get", "head", "post"]
    max_body_bytes = 256 * 1024
    schema = DeskSchema()
    tag: ClassVar[str] = ""
    seen_by: ClassVar[frozenset[Role]] = READERS_OF_FILES
    """The roles that may read here."""

    refuses: ClassVar[bool] = False
    """Whether reading can be refused for what the record says, and not only for what was asked."""

    shape: ClassVar[type[Shape]]

    @cached_property
    def asker(self) -> Asker:
        """Who asks."""
        key = key_of(self.request)
        assert isinstance(self.request.user, System)
        return Asker(key.user, key, self.request.user.scope, timezone.now())

    def require(self, roles: frozenset[Role]) -> None:
        """Refuse who holds none of the roles today; from here on the asker holds no others."""
        self.asker = self.asker.held_as(roles)
        if not self.asker.holds(roles):
            raise PermissionDenied

    def require_the_country(self) -> None:
        """Refuse who keeps a part of the country only, where something holds in the whole of it."""
        if not self.asker.scope.keeps_the_country:
            raise PermissionDenied

    def address(self, **changed: Any) -> str:
        """The address that was asked, with other parameters."""
        query = self.request.query_params.copy()
        for name, value in changed.items():
            query[name] = str(value)
        return f"{self.request.path}?{query.urlencode()}"

    def shown(self, row: Any) -> dict[str, Any]:
        """The row as it is answered."""
        return document_of(self.shape, row, {"asker": self.asker})


def read(given: type[Given], data: Any) -> dict[str, Any]:
    """The values sent. Raises Problem with one error for each wrong member."""
    try:
        values: dict[str, Any] = given().run_validation(data)
    except ValidationError as error:
        raise Problem(MALFORMED, errors=errors_of(error, data)) from None
    return values


def parameters(given: type[Given], request: Request, *, beside: Collection[str] = ()) -> dict[str, Any]:
    """What the address asks for, without the names in `beside`. Raises Problem with one error for each wrong one."""
    sent = request.query_params.dict().items()
    return read(given, {name: _plain(given, name, value) for name, value in sent if name not in beside})


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter that narrows a list: how it is read, and the column that it is compared with."""

    field: serializers.Field  # type: ignore[type-arg]  # not subscriptable when it runs
    column: str
    """Empty where the list itself looks at what was asked."""


class Listing(DeskFace):
    """A list, a page at a time, in one stable order: by the running number, so nothing is skipped nor told twice."""

    filters: ClassVar[Mapping[str, Filter]] = {}
    key: ClassVar[str] = "pk"
    """The column whose order is that of the list: unique in it, and always the same."""

    edge: ClassVar[Any] = Whole(min_value=1, required=False, help_text="where the page before ended; taken from `next`")

    asked: Mapping[str, Any] = {}
    """What the parameters say."""

    def rows(self) -> QuerySet[Any]:
        """The rows that the asker may see, with everything shown of them."""
        raise NotImplementedError

    def get(self, request: Request, **path: Any) -> Response:
        """One page."""
        self.require(self.seen_by)
        self.asked = asked = self._asked(request)
        page = self._page(self.rows(), asked)
        answer = Response({"items": [self.shown(row) for row in page[: asked["limit"]]], "next": None})
        if len(page) > asked["limit"]:
            following = self.address(after=getattr(page[asked["limit"] - 1], self.key))
            answer.data["next"] = following
            answer["Link"] = f'<{following}>; rel="next"'
        return answer

    @classmethod
    def asks(cls) -> type[Given]:
        """Every parameter of the list."""
        fields = {
            **{name: each.field for name, each in cls.filters.items()},
            "order": Choice(choices=["newest", "oldest"], required=False, help_text="newest unless told"),
            "limit": Whole(min_value=1, max_value=MOST_ROWS, required=False, help_text=f"{USUAL_ROWS} unless told"),
            "after": cls.edge,
        }
        return type(f"{cls.__name__}Parameters", (Given,), {name: _copy(field) for name, field in fields.items()})

    def _asked(self, request: Request) -> dict[str, Any]:
        return {"limit": USUAL_ROWS, "order": "newest", "after": None, **parameters(self.asks(), request)}

    def _page(self, rows: QuerySet[Any], asked: Mapping[str, Any]) -> list[Any]:
        for name, each in self.filters.items():
            if name in asked and each.column:
                rows = rows.filter(**{each.column: asked[name]})
        newest = asked["order"] == "newest"
        if asked["after"]:
            rows = rows.filter(**{f"{self.key}__{'lt' if newest else 'gt'}": asked["after"]})
        return list(rows.order_by(f"-{self.key}" if newest else self.key)[: asked["limit"] + 1])


class One(DeskFace):
    """One row, with the entity tag of what is shown."""

    def find(self, **path: Any) -> Any:
        """The row at the address. Raises NotFound."""
        raise NotImplementedError

    def get(self, request: Request, **path: Any) -> Response:
        """The row; 304 where the asker has it already."""
        self.require(self.seen_by)
        document = self.shown(self.find(**path))
        tag = etag_of(document)
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status=304, headers={"ETag": tag})
        return Response(document, headers={"ETag": tag})


class Act(DeskFace):
    """Something done, once: a verb on one thing, with its idempotency key, in one transaction."""

    given: ClassVar[type[Given]] = NothingGiven
    done_by: ClassVar[frozenset[Role]]
    """The roles that may do it."""

    makes: ClassVar[bool] = False
    """Whether it makes something new: 201 instead of 200."""

    two_people: ClassVar[bool] = False
    """Whether it may need a second signature."""

    one_time: ClassVar[bool] = False
    """Whether the answer is for this one time: the same request again is told so, and is shown nothing."""

    subject_shape: ClassVar[type[Shape] | None] = None
    """The shape whose entity tag `If-Match` names, where the subject has one."""

    def subject(self, **path: Any) -> Any:
        """What it is done on. Raises NotFound for what is not the asker's."""
        return None

    def do(self, subject: Any, values: dict[str, Any]) -> Any:
        """Call the action; the row or document to answer with."""
        raise NotImplementedError

    def post(self, request: Request, **path: Any) -> Response:
        """Do it, or answer what was answered when it was done."""
        self.require(self.done_by)
        key = idempotency_key(request)
        digest = digest_of(request.path, request.data)
        try:
            answer = once(
                asker=self.asker.name, key=key, digest=digest, now=self.asker.now, do=lambda: self._do(request, path)
            )
        except KeyReused:
            raise Problem(KEY_REUSED) from None
        except ShownOnce:
            raise Problem(GONE) from None
        headers = {**answer.headers, **({"Idempotency-Replayed": "true"} if answer.repeated else {})}
        return Response(answer.document, answer.status, headers=headers)

    @cached_property
    def second(self) -> User | None:
        """The second officer, if one signed this very request; somebody else, with the role and the subject."""
        return second_of(self.request, self.asker, may=self._may_sign)

    def _may_sign(self, officer: User) -> bool:
        everywhere = scope_of(officer, self.asker.today)
        theirs = Asker(officer, self.asker.key, everywhere.held_as(self.done_by), self.asker.now)
        if not theirs.holds(self.done_by):
            return False
        other = type(self)()
        other.request, other.kwargs = self.request, self.kwargs
        other.__dict__["asker"] = theirs
        try:
            with seeing(everywhere.sight):
                other.subject(**self.kwargs)
        except Exception:  # noqa: BLE001 - whatever it is, this officer has no such subject
            return False
        return True

    def _do(self, request: Request, path: Mapping[str, Any]) -> Answer:
        subject = self.subject(**path)
        if wanted := request.headers.get("If-Match"):
            self._require_version(subject, wanted)
        values = read(self.given, request.data)
        with refusals(request.data):
            row = self.do(subject, values)
        document = row if isinstance(row, dict) else self.shown(row)
        headers = {} if isinstance(row, dict) else {"ETag": etag_of(document)}
        return Answer(201 if self.makes else 200, document, headers, one_time=self.one_time)

    def _require_version(self, subject: Any, wanted: str) -> None:
        if subject is None or self.subject_shape is None:
            return
        person = subject if isinstance(subject, Practitioner) else getattr(subject, "practitioner", None)
        if person is not None:
            with full_sight():
                lock(person)
            subject.refresh_from_db()
        present = etag_of(document_of(self.subject_shape, subject, {"asker": self.asker}))
        if wanted.strip() != "*" and present not in [each.strip() for each in wanted.split(",")]:
            raise Problem(STALE)


class refusals:  # noqa: N801 - it reads as a verb: with refusals(...)
    """Within, an action is called: it knows everything, and what it refuses becomes a problem: 409, with the value that
    is to blame where there is one.
    """

    def __init__(self, data: Any) -> None:
        self.data = data
        self.sight = full_sight()

    def __enter__(self) -> None:
        self.sight.__enter__()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.sight.__exit__(None, None, None)
        if isinstance(error, Refused):
            raise problem_of(error, self.data) from error


def problem_of(refusal: Refused, data: Any) -> Problem:
    """The refusal of an action as the API says it."""
    words = str(refusal.message)
    if refusal.field and isinstance(data, Mapping) and refusal.field in data:
        error = FieldError(refusal.field, refusal.value, refusal.code, words, words)
        return Problem(VALUE_REFUSED, words, errors=[error], code=refusal.code)
    return Problem(REFUSED, words, code=refusal.code)


def idempotency_key(request: Request) -> str:
    """The key that came with a write. Raises Problem."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) not in KEY_LENGTHS or not key.isascii() or not key.isprintable():
        raise Problem(KEY_MISSING)
    return key


def _copy(field: Any) -> Any:
    return type(field)(*field._args, **field._kwargs)


def _plain(given: type[Given], name: str, value: str) -> Any:
    """A parameter of the address as the JSON value that it stands for."""
    field = given._declared_fields.get(name)
    if isinstance(field, Whole) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(field, serializers.BooleanField) and value in ("true", "false"):
        return value == "true"
    return value
