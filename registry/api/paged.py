"""Lists in an order of their own, such as due first: a page, and the place from which the next one goes on."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.desk import Filter, Listing
from registry.api.given import Given, Text


class Paged(Listing):
    """A list whose query gives a page and the place after it. It has one order, so none is asked for."""

    filters: ClassVar[Mapping[str, Filter]] = {}
    edge: ClassVar[Any] = Text(required=False, max_length=60, help_text="where the page before ended; from `next`")

    def page(self, asked: Mapping[str, Any]) -> tuple[Sequence[Any], str]:
        """The rows, and the place after them; empty at the end."""
        raise NotImplementedError

    def get(self, request: Request, **path: Any) -> Response:
        """One page."""
        self.require(self.seen_by)
        self.asked = asked = self._asked(request)
        rows, after = self.page(asked)
        answer = Response({"items": [self.shown(row) for row in rows], "next": None})
        if after:
            following = self.address(after=after)
            answer.data["next"] = following
            answer["Link"] = f'<{following}>; rel="next"'
        return answer

    @classmethod
    def asks(cls) -> type[Given]:
        """Every parameter of the list but its order."""
        given = super().asks()
        del given._declared_fields["order"]
        return given
