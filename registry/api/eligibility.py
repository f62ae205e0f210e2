"""The settlement check: one question, or up to 10,000 at once."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.checks import EmergencyClaim, keep_emergency_claims
from registry.api.authentication import key_of
from registry.api.faces import Face
from registry.api.problems import Problem
from registry.api.questions import MOST_ITEMS, read_item, read_items, read_question
from registry.api.schema import ProblemDocument
from registry.api.shapes import Shape
from registry.models import ApiKey
from registry.queries.eligibility import Answer, Question, Verdict
from registry.queries.nearest import nearest_answers


class QuestionGiven(serializers.Serializer):  # type: ignore[type-arg]  # not subscriptable when it runs
    """One service: by whom, where and on which day."""  # described here, read by registry.api.questions

    practitioner = serializers.CharField(max_length=64, allow_blank=True, help_text="the personal code")
    institution = serializers.CharField(max_length=64, allow_blank=True, help_text="the institution's code")
    on = serializers.DateField(help_text="the day of service")
    emergency = serializers.BooleanField(required=False)
    emergency_reason = serializers.CharField(
        max_length=500,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="needed with an emergency, and only then",
    )
    name = serializers.CharField(max_length=100, required=False, allow_null=True)
    known_at = serializers.DateTimeField(required=False, allow_null=True, help_text="not in the future")


class ReasonShape(Shape):
    """Why."""

    code = serializers.CharField()
    text = serializers.CharField()
    provision = serializers.CharField(allow_null=True)


class AnswerShape(Shape):
    """Whether the service is payable, and why."""

    payable = serializers.BooleanField()
    status = serializers.CharField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    reasons = ReasonShape(many=True)
    emergency_exempt = serializers.BooleanField()
    policy = serializers.CharField(allow_null=True)
    known_at = serializers.DateTimeField()


class QuestionsGiven(serializers.Serializer):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Up to 10,000 services."""

    items = serializers.ListField(child=serializers.JSONField(), max_length=MOST_ITEMS)


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="ResultShape",
        serializers=[AnswerShape, ProblemDocument],
        resource_type_field_name=None,
        many=True,
    )
)
class Results(serializers.ListField):
    """An answer, or a problem, in each place."""


class AnswersShape(Shape):
    """An answer, or a problem, for every item in its place."""

    results = Results()


class Eligibility(Face):
    """Is this service payable?"""

    tag = "settlement"
    composed = True
    given = QuestionGiven
    shape = AnswerShape

    def post(self, request: Request) -> Response:
        """Answer one question."""
        now = timezone.now()
        question = read_question(request.data, now=now)
        (answer,) = _asked([question], key=key_of(request), now=now)
        return Response(shape(answer))


class EligibilityBatch(Face):
    """Are these services payable?"""

    tag = "settlement"
    composed = True
    given = QuestionsGiven
    shape = AnswersShape
    max_body_bytes = 8 * 1024 * 1024

    def post(self, request: Request) -> Response:
        """Answer every item in its place; a malformed one gets its problem there."""
        now = timezone.now()
        items = [read_item(item, now=now) for item in read_items(request.data)]
        questions = [item for item in items if isinstance(item, Question)]
        answers = iter(_asked(questions, key=key_of(request), now=now))
        results = [item.document() if isinstance(item, Problem) else shape(next(answers)) for item in items]
        return Response({"results": results})


def shape(answer: Answer) -> dict[str, object]:
    """The answer as the API shows it, in the language of the moment."""
    return {**verdict_shape(answer), "known_at": shown_instant(answer.known_at)}


def verdict_shape(verdict: Verdict) -> dict[str, object]:
    """All of an answer but the instant of its knowledge."""
    return {
        "payable": verdict.payable,
        "status": verdict.status,
        "until": verdict.until.isoformat() if verdict.until else None,
        "reasons": [
            {"code": reason.code, "text": reason.text, "provision": reason.provision} for reason in verdict.reasons
        ],
        "emergency_exempt": verdict.emergency_exempt,
        "policy": verdict.policy.id if verdict.policy else None,
    }


def shown_instant(instant: datetime) -> str:
    """The instant in UTC, by RFC 3339."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _asked(questions: Sequence[Question], *, key: ApiKey, now: datetime) -> list[Answer]:
    """The answers, given out only after the emergencies claimed have been kept. Who settles asks about anybody."""
    answers = nearest_answers(questions, now=now)
    if claims := list(_claims(zip(questions, answers, strict=True))):
        keep_emergency_claims(claims=claims, key=key, now=now)
    return answers


def _claims(asked: Iterable[tuple[Question, Answer]]) -> Iterable[EmergencyClaim]:
    for question, answer in asked:
        if question.emergency and answer.file is not None and answer.place is not None:
            yield EmergencyClaim(
                practitioner_id=answer.file,
                institution_id=answer.place,
                service_on=question.on,
                reason=question.emergency_reason,
                granted=answer.emergency_exempt,
                known_at=question.known_at,
            )
