"""What an act would do: asked with the same body as the act, and written nowhere."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.desk import DeskFace, read, refusals
from registry.api.given import Given, NothingGiven
from registry.api.shapes import document_of


class Preview(DeskFace):
    """A question sent as a POST; it needs no idempotency key. Refused as the act would be."""

    http_method_names = ["post"]
    given: ClassVar[type[Given]] = NothingGiven

    def subject(self, **path: Any) -> Any:
        """What it is asked about. Raises NotFound for what is not the asker's."""
        return None

    def found(self, subject: Any, values: dict[str, Any]) -> Any:
        """What would follow. Raises Refused."""
        raise NotImplementedError

    def post(self, request: Request, **path: Any) -> Response:
        """What would follow."""
        self.require(self.seen_by)
        subject = self.subject(**path)
        values = read(self.given, request.data)
        with refusals(request.data):
            found = self.found(subject, values)
        return Response(document_of(self.shape, found))
