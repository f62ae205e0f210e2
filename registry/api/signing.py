"""Signing as the second person."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.desk import DeskFace, read
from registry.api.given import Given, Text
from registry.api.shapes import Shape
from registry.api.signatures import HOLDS, sign


class RequestGiven(Given):
    """The request that is signed: the path of the address, and the body, as the first officer will send them."""

    address = Text(max_length=400, help_text="such as /api/v1/proposals/…/decisions/")
    body = serializers.DictField(help_text="the body of that request")


class SignatureShape(Shape):
    """A signature, for a quarter of an hour and this one request."""

    signature = serializers.CharField()
    expires_at = serializers.DateTimeField()


class Signatures(DeskFace):
    """Sign a request of another officer as the second person.

    The first officer sends it with the header `Second-Signature`. Whether you may is looked at then: you hold a role of
    the act, its subject is in your scope, and you had no part that forbids it.
    """

    tag = "signatures"
    http_method_names = ["post"]
    shape = SignatureShape
    given = RequestGiven

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        signer = self.asker.user  # a system signs nothing, whatever it sends
        asked = read(self.given, request.data)
        expires_at = timezone.now() + HOLDS
        signature = sign(signer, asked["address"], asked["body"])
        return Response({"signature": signature, "expires_at": expires_at.isoformat()})
