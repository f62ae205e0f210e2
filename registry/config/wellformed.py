"""A null character in what was sent to a page, where it reached the database, is the sender's mistake and no fault."""

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.defaults import bad_request

from registry.config.compressing import FOR_SYSTEMS

NULL = "\0"


class NullCharacters:
    """Answers 400 where PostgreSQL, which stores and finds no null character, was asked for one by a page.

    Text fields of forms refuse it before, by name; pickers, filters and addresses come here. The REST faces speak for
    themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Only what the database refused, and only where such a character was sent."""
        sent = NULL in request.path_info or _holds_null(request.GET) or _holds_null(request.POST)
        if not isinstance(exception, DataError) or request.path_info.startswith(FOR_SYSTEMS) or not sent:
            return None
        return bad_request(request, exception)


def _holds_null(sent: QueryDict) -> bool:
    return any(NULL in text for name, values in sent.lists() for text in (name, *values))
