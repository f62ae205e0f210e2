"""The shapes that go over the wire, for the description of the API. What is malformed is decided in questions.py."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from registry.api.members import LONGEST_CODE, LONGEST_NAME, LONGEST_REASON
from registry.api.questions import MOST_ITEMS
from registry.models import StandingStatus
from registry.queries.reasons import CODES

Shape = serializers.Serializer[Any]


class QuestionShape(Shape):
    """One service of one practitioner at one institution on one day."""

    practitioner = serializers.CharField(
        max_length=LONGEST_CODE, allow_blank=True, help_text=_("Personal code: any that the person has or ever had.")
    )
    institution = serializers.CharField(max_length=LONGEST_CODE, allow_blank=True, help_text=_("Institution code."))
    on = serializers.DateField(help_text=_("Day of service, by the calendar of Shanghai."))
    emergency = serializers.BooleanField(default=False, help_text=_("Emergency or rescue."))
    emergency_reason = serializers.CharField(
        max_length=LONGEST_REASON,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text=_("Required in an emergency, and kept; refused without one."),
    )
    name = serializers.CharField(
        max_length=LONGEST_NAME,
        required=False,
        allow_null=True,
        help_text=_("Compared with the registered name when given; spaces and kinds of middle dot do not matter."),
    )
    known_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text=_("Ask for the answer as the register knew things at this past instant (RFC 3339 with an offset)."),
    )


class ReasonShape(Shape):
    """Why, as a code, in words, and by which provision."""

    code = serializers.ChoiceField(choices=CODES)
    text = serializers.CharField()
    provision = serializers.CharField(allow_null=True)


class AnswerShape(Shape):
    """Payable or not. `status` and `until` are null for a person whom the register does not know."""

    payable = serializers.BooleanField()
    status = serializers.ChoiceField(choices=StandingStatus.choices, allow_null=True)
    until = serializers.DateField(allow_null=True, help_text=_("The first day after the suspension or the bar."))
    reasons = ReasonShape(many=True)
    emergency_exempt = serializers.BooleanField(help_text=_("Payable only because it was an emergency."))
    policy = serializers.CharField(
        allow_null=True,
        help_text=_("Policy of the institution's region in force on the day; null before there was one."),
    )
    known_at = serializers.DateTimeField(help_text=_("The instant as of which the answer holds."))


class FieldErrorShape(Shape):
    """What is wrong with one member. `field` is empty where the whole value is no object."""

    field = serializers.CharField(allow_blank=True)
    value = serializers.JSONField(allow_null=True)
    code = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField()


class ProblemShape(Shape):
    """A problem (RFC 9457). Its type never changes its meaning."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldErrorShape(many=True, required=False)  # type: ignore[assignment] # the name is that of RFC 9457


class BatchShape(Shape):
    """Several questions at once."""

    items = serializers.ListField(child=QuestionShape(), max_length=MOST_ITEMS)
