"""The systems that notices are pushed to: asked for, approved, paused, tested, given another key, retired."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from notifications.actions.endpoints import (
    LONGEST_NAME,
    LONGEST_OVERLAP,
    approve_endpoint,
    pause_endpoint,
    propose_endpoint,
    resume_endpoint,
    retire_endpoint,
    rotate_key,
    send_test,
)
from notifications.actions.proposed import MOST_NETWORKS
from notifications.api.pushes import PushShape
from notifications.api.shared import BodyGiven, BodyRef, body_of, named_body
from notifications.models import Endpoint, EndpointKey, Push
from notifications.queries.endpoints import endpoints_of, keeps_endpoints
from notifications.wire.connecting import Credentials
from notifications.wire.signing import public_text
from registry.api.desk import Act, Filter, Listing, One
from registry.api.given import Choice, Given, Prose, ReasonGiven, Text, Whole
from registry.api.shapes import ActorRef, Shape, Word
from registry.api.subjects import one
from registry.queries.roles import ADMINISTRATORS, ASKING_FOR_ENDPOINTS, READERS_OF_NOTICES

PEM = "in PEM"


class KeyShape(Shape):
    """A key that signs what goes to an endpoint; its private half never leaves the register."""

    id = serializers.UUIDField(source="uuid")
    public = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="null until another takes over")

    def get_public(self, row: EndpointKey) -> str:
        """The public half (ed25519), as Standard Webhooks write it."""
        return public_text(bytes(row.public))


class EndpointRow(Shape):
    """An address at which a system of a body receives its notices, in short."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    body = serializers.SerializerMethodField()
    url = serializers.CharField()
    state = Word(Endpoint.State.choices)
    failures = serializers.IntegerField(help_text="in a row")
    rests_until = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(BodyRef)
    def get_body(self, row: Endpoint) -> dict[str, str] | None:
        """Whose system it is."""
        return body_of(row)


class EndpointShape(EndpointRow):
    """An endpoint with all that was approved of it, and its keys."""

    networks = serializers.ListField(child=serializers.CharField())
    issuer = serializers.CharField(allow_blank=True)
    certificate = serializers.CharField(allow_blank=True)
    takes_batches = serializers.BooleanField()
    proposed_at = serializers.DateTimeField()
    proposed_by = ActorRef(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    approved_by = ActorRef(allow_null=True)
    keys = KeyShape(many=True, source="keys.all")


class CredentialsGiven(Given):
    """How the two sides prove who they are. All may be empty."""

    issuer = Prose(default="", allow_blank=True, max_length=20_000, help_text=f"certificate authority, {PEM}")
    certificate = Prose(default="", allow_blank=True, max_length=20_000, help_text=f"ours, {PEM}")
    key = Prose(default="", allow_blank=True, max_length=20_000, help_text=f"of ours, {PEM}; sealed, never shown again")


class EndpointGiven(Given):
    """Where a system would receive."""

    body = BodyGiven()
    name = Text(max_length=LONGEST_NAME)
    url = Text(max_length=500, help_text="https, with the name of a host")
    networks = serializers.ListField(
        child=Text(max_length=43), max_length=MOST_NETWORKS, help_text="CIDR: all that the name may lead to"
    )
    credentials = CredentialsGiven(required=False)
    takes_batches = serializers.BooleanField(default=False, help_text="up to a hundred letters in one request")


class Endpoints(Listing, Act):
    """The endpoints of the bodies for which you act; every one for who watches over the whole register."""

    tag = "endpoints"
    creates = "ask_for_endpoint"
    creating = "Ask for an endpoint. Nothing goes there before an administrator of the whole register approves it."
    shape = EndpointRow
    given = EndpointGiven
    seen_by = READERS_OF_NOTICES
    done_by = ASKING_FOR_ENDPOINTS
    makes = True
    filters = {"state": Filter(Choice(choices=Endpoint.State.values, required=False), "state")}

    def rows(self) -> QuerySet[Endpoint]:
        return endpoints_of(self.asker.scope)

    def do(self, subject: None, values: dict[str, Any]) -> Endpoint:
        body = named_body(self.asker.scope, values.pop("body"))
        credentials = Credentials(**values.pop("credentials", {}))
        return propose_endpoint(body=body, credentials=credentials, by=self.asker.user, now=self.asker.now, **values)


class EndpointView(One):
    """One endpoint, with its public keys."""

    tag = "endpoints"
    shape = EndpointShape
    seen_by = READERS_OF_NOTICES

    def find(self, **path: Any) -> Endpoint:
        return one(endpoints_of(self.asker.scope), uuid=path["endpoint"])


class OnEndpoint(Act):
    """An act on an endpoint, by an administrator of the whole register."""

    tag = "endpoints"
    shape: ClassVar[type[Shape]] = EndpointShape
    subject_shape = EndpointShape
    done_by = ADMINISTRATORS

    def subject(self, **path: Any) -> Endpoint:
        if not keeps_endpoints(self.asker.scope):
            raise NotFound
        return one(endpoints_of(self.asker.scope), uuid=path["endpoint"])

    def by(self) -> dict[str, Any]:
        """Who acts, when."""
        return {"by": self.asker.user, "now": self.asker.now}


class ApproveEndpoint(OnEndpoint):
    """Approve an endpoint: from now on the notices to its body go there."""

    def do(self, subject: Endpoint, values: dict[str, Any]) -> Endpoint:
        return approve_endpoint(endpoint=subject, **self.by())


class PauseEndpoint(OnEndpoint):
    """Pause an endpoint: nothing goes there until it is resumed, and what is owed waits."""

    given = ReasonGiven

    def do(self, subject: Endpoint, values: dict[str, Any]) -> Endpoint:
        return pause_endpoint(endpoint=subject, **values, **self.by())


class ResumeEndpoint(OnEndpoint):
    """Resume an endpoint that is paused or was disabled, from what it is owed first on."""

    def do(self, subject: Endpoint, values: dict[str, Any]) -> Endpoint:
        return resume_endpoint(endpoint=subject, **self.by())


class RetireEndpoint(OnEndpoint):
    """Switch an endpoint off for good. What was owed stays in the inbox of its recipient alone."""

    given = ReasonGiven

    def do(self, subject: Endpoint, values: dict[str, Any]) -> Endpoint:
        return retire_endpoint(endpoint=subject, **values, **self.by())


class RotationGiven(Given):
    """How long both keys sign."""

    days = Whole(min_value=0, max_value=LONGEST_OVERLAP.days)


class RotateEndpointKey(OnEndpoint):
    """Give an endpoint a new pair of keys; the older one signs beside it for so many days."""

    given = RotationGiven

    def do(self, subject: Endpoint, values: dict[str, Any]) -> Endpoint:
        rotate_key(endpoint=subject, overlap=timedelta(days=values["days"]), **self.by())
        return subject


class TestEndpoint(OnEndpoint):
    """Send a letter that is about nobody, to see whether it arrives."""

    shape = PushShape
    makes = True

    def do(self, subject: Endpoint, values: dict[str, Any]) -> Push:
        return send_test(endpoint=subject, **self.by())
