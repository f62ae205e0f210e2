"""The offline list of the settlement check: the list, the deltas, and where in it a personal code stands."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.status_lists import give_places
from registry.api.desk import parameters, read
from registry.api.faces import Face
from registry.api.given import Given, Text, Whole
from registry.api.questions import MOST_ITEMS
from registry.api.shapes import Shape
from registry.models import StatusList
from registry.queries import members
from registry.queries.status_lists import deltas_after, list_numbered, newest_list
from registry.rules.status_list import TTL, TYPE_OF_LIST

MEDIA_TYPE = f"application/{TYPE_OF_LIST}"
MOST_DELTAS = 100


class _ListFile(JSONRenderer):
    """Lets the media type be asked for; what goes wrong is told in JSON all the same."""

    media_type = MEDIA_TYPE
    format = "jwt"
    charset = None
    render_style = "binary"


class _Published(Face):
    """What is published may be kept by who asked, until another list may be there."""

    tag = "settlement"
    composed = True
    http_method_names = ["get", "head"]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        finished = super().finalize_response(request, response, *args, **kwargs)
        if finished.status_code in (200, 304):
            finished["Cache-Control"] = f"private, max-age={TTL}"
        return finished


class _OneList(_Published):
    """A list as it was signed, with its number and root as entity tag."""

    renderer_classes = (_ListFile, JSONRenderer)  # type: ignore[assignment]  # a tuple of another length
    downloads: ClassVar[tuple[str, ...]] = (MEDIA_TYPE,)
    tagged = True

    def _answer(self, request: Request, found: StatusList | None) -> HttpResponse:
        if found is None:
            raise NotFound
        tag = {"ETag": f'"{found.sequence}-{found.root[:32]}"'}
        if tag["ETag"] in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=tag)
        return HttpResponse(found.token, content_type=MEDIA_TYPE, headers=tag)


class NewestList(_OneList):
    """The newest offline list: of every place, how the person stands on the day of the list.

    A Token Status List of the IETF, signed with the keys at `/verify/keys.json`. `registry/kit/verify_status_list.py`
    reads it and answers checks while the line is down.
    """

    def get(self, request: Request) -> HttpResponse:
        """The list, or 304 where it is the one that the asker has."""
        return self._answer(request, newest_list())


class NumberedList(_OneList):
    """The offline list with this number, as long as it is kept."""

    def get(self, request: Request, sequence: int) -> HttpResponse:
        """The list, or 304 where the asker has it."""
        return self._answer(request, list_numbered(sequence))


class After(Given):
    """Which list is held."""

    after = Whole(min_value=1, help_text="the number of the list that is held")


class DeltasShape(Shape):
    """What leads on from a list."""

    deltas = serializers.ListField(child=serializers.CharField(), help_text="each signed, in their order")
    newest = serializers.IntegerField(help_text="the number of the newest list")


class Deltas(_Published):
    """The deltas that lead on from the list with the number `after`, 100 at the most: ask again from the last.

    404 where that list is kept no longer: take the newest one instead.
    """

    shape = DeltasShape
    asks = After
    tagged = False

    def get(self, request: Request) -> Response:
        """The deltas, none where nothing is newer."""
        after = parameters(After, request)["after"]
        newest = newest_list()
        if newest is None or list_numbered(after) is None:
            raise NotFound
        return Response({"deltas": deltas_after(after, most=MOST_DELTAS), "newest": newest.sequence})


class CodesGiven(Given):
    """Up to 10,000 personal codes."""

    codes = serializers.ListField(child=Text(max_length=members.LONGEST_CODE, allow_blank=True), max_length=MOST_ITEMS)


class PlacesShape(Shape):
    """The place of each code in its place; null for a code that nobody has."""

    places = serializers.ListField(child=serializers.IntegerField(allow_null=True))


class Places(Face):
    """Where in the offline list these personal codes stand.

    A place never changes: ask once for each code and keep it beside the code. One that is given out now is in the list
    a minute later. Files that turn out to be one person keep their places, and each shows how the person stands.
    """

    tag = "settlement"
    composed = True
    given = CodesGiven
    shape = PlacesShape
    max_body_bytes = 1024 * 1024

    def post(self, request: Request) -> Response:
        """The places, in the order of the codes."""
        codes = read(CodesGiven, request.data)["codes"]
        return Response({"places": give_places(codes=codes, now=timezone.now())})
