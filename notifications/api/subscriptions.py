"""Subscriptions: a body asks to be told of a named person, from a day until a day."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from notifications.actions.subscriptions import LONGEST_REASON, end_subscription, subscribe
from notifications.api.shared import BodyGiven, BodyRef, body_of, named_body
from notifications.models import Subscription
from notifications.queries.endpoints import subscriptions_of
from registry.api.desk import Act, Filter, Listing, One
from registry.api.given import Day, Given, Id, Prose
from registry.api.shapes import ActorRef, PersonRef, Shape
from registry.api.subjects import named, one
from registry.queries.roles import READERS_OF_NOTICES, TOLD


class SubscriptionShape(Shape):
    """A standing question of one body about one person: whatever is told of them is told to it as well."""

    id = serializers.UUIDField(source="uuid")
    body = serializers.SerializerMethodField()
    practitioner = PersonRef()
    reason = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="the first day that no longer counts")
    made_at = serializers.DateTimeField()
    made_by = ActorRef(allow_null=True)

    @extend_schema_field(BodyRef)
    def get_body(self, row: Subscription) -> dict[str, str] | None:
        """Who asked."""
        return body_of(row)


class SubscriptionGiven(Given):
    """Of whom, for which of your bodies, why, and until when."""

    body = BodyGiven()
    practitioner = Id(help_text="the `id` of somebody whom you may see")
    reason = Prose(max_length=LONGEST_REASON)
    ends_on = Day(help_text="the first day that no longer counts, at most a year ahead")


class Subscriptions(Listing, Act):
    """The subscriptions of the bodies for which you act."""

    tag = "subscriptions"
    creates = "subscribe"
    creating = "Ask to be told of a person. Where a subscription runs already, it ends on the later of both days."
    shape = SubscriptionShape
    given = SubscriptionGiven
    seen_by = READERS_OF_NOTICES
    done_by = TOLD
    makes = True
    filters = {
        "practitioner": Filter(Id(required=False), "practitioner__uuid"),
        "running_on": Filter(Day(required=False), ""),
    }

    def rows(self) -> QuerySet[Subscription]:
        rows, on = subscriptions_of(self.asker.scope), self.asked.get("running_on")
        return rows.filter(starts_on__lte=on, ends_on__gt=on) if on else rows

    def do(self, subject: None, values: dict[str, Any]) -> Subscription:
        body = named_body(self.asker.scope, values.pop("body"))
        person = named("practitioner", self.asker.scope.practitioners(), uuid=values.pop("practitioner"))
        return subscribe(body=body, practitioner=person, by=self.asker.user, now=self.asker.now, **values)


class SubscriptionView(One):
    """One subscription."""

    tag = "subscriptions"
    shape = SubscriptionShape
    seen_by = READERS_OF_NOTICES

    def find(self, **path: Any) -> Subscription:
        return one(subscriptions_of(self.asker.scope), uuid=path["subscription"])


class EndSubscription(Act):
    """End a subscription today. Ending it again changes nothing."""

    tag = "subscriptions"
    shape = SubscriptionShape
    subject_shape = SubscriptionShape
    done_by = TOLD

    def subject(self, **path: Any) -> Subscription:
        return one(subscriptions_of(self.asker.scope), uuid=path["subscription"])

    def do(self, subject: Subscription, values: dict[str, Any]) -> Subscription:
        return end_subscription(subscription=subject, by=self.asker.user, now=self.asker.now)
