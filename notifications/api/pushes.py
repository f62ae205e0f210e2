"""What is pushed to endpoints: what did not get through and why, every try, and sending it again."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from notifications.actions.endpoints import replay_push
from notifications.models import Attempt, Kind, Push
from notifications.models.pushes import Problem
from notifications.queries.delivery import dead
from notifications.queries.endpoints import endpoints_of, keeps_endpoints, pushes_of
from registry.api.desk import Act, Listing, One
from registry.api.shapes import Shape, Word
from registry.api.subjects import one
from registry.queries.roles import ADMINISTRATORS, READERS_OF_NOTICES


class PushShape(Shape):
    """One notice on its way to one endpoint. `event` is the id under which it is sent, the same at every try."""

    id = serializers.UUIDField(source="uuid")
    endpoint = serializers.UUIDField(source="endpoint.uuid")
    event = serializers.UUIDField(source="notice.event.uuid")
    notice = serializers.UUIDField(source="notice.uuid")
    kind = Word(Kind.choices, source="notice.event.kind")
    sequence = serializers.IntegerField(help_text="of what the endpoint is told of the person")
    state = Word(Push.State.choices)
    since = serializers.DateTimeField(help_text="first owed, or asked for again")
    next_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField(help_text="since then")
    problem = Word(Problem.choices, help_text="of the last try; its code is empty where there was none")


class AttemptShape(Shape):
    """One try, as it ended."""

    number = serializers.IntegerField()
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP")
    problem = Word(Problem.choices, help_text="its code is empty where the letter was accepted")


class DeadLetters(Listing):
    """What was tried and did not get through to an endpoint, with the reason of the last try."""

    tag = "endpoints"
    shape = PushShape
    seen_by = READERS_OF_NOTICES

    def rows(self) -> QuerySet[Push]:
        endpoint = one(endpoints_of(self.asker.scope), uuid=self.kwargs["endpoint"])
        return dead(pushes_of(self.asker.scope).filter(endpoint=endpoint))


class PushView(One):
    """One notice on its way to one endpoint."""

    tag = "endpoints"
    shape = PushShape
    seen_by = READERS_OF_NOTICES

    def find(self, **path: Any) -> Push:
        return one(pushes_of(self.asker.scope), uuid=path["push"])


class Attempts(Listing):
    """Every try to deliver, with how it ended."""

    tag = "endpoints"
    shape = AttemptShape
    seen_by = READERS_OF_NOTICES

    def rows(self) -> QuerySet[Attempt]:
        return one(pushes_of(self.asker.scope), uuid=self.kwargs["push"]).tries.all()


class ReplayPush(Act):
    """Send it again, or now, under the same id; the count of its failures begins anew."""

    tag = "endpoints"
    shape = PushShape
    subject_shape = PushShape
    done_by = ADMINISTRATORS

    def subject(self, **path: Any) -> Push:
        if not keeps_endpoints(self.asker.scope):
            raise NotFound
        return one(pushes_of(self.asker.scope), uuid=path["push"])

    def do(self, subject: Push, values: dict[str, Any]) -> Push:
        return replay_push(push=subject, by=self.asker.user, now=self.asker.now)
