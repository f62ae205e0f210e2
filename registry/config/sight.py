"""Every request begins blind; who asks is found out, and only then is anything seen."""

from collections.abc import Callable, Iterator
from typing import cast

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from registry.queries.sight import BLIND, current, each_with, seeing

Respond = Callable[[HttpRequest], HttpResponseBase]


class BlindUntilKnown:
    """Around everything that answers a request; what is streamed after it is read with the sight of its end."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with seeing(BLIND):
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse):
                rows = cast(Iterator[bytes], response.streaming_content)
                response.streaming_content = each_with(current(), rows)
        return response
