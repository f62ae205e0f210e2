"""The page of an unexpected error; while the database is away, one that says when to try again."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

from registry.api.problems import BACK_AFTER


def failed(request: HttpRequest) -> HttpResponse:
    """503 with ``Retry-After`` where the database did not answer, else 500; neither asks the database for anything."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return HttpResponse(
            loader.get_template("503.html").render(), status=503, headers={"Retry-After": str(BACK_AFTER)}
        )
    return server_error(request)
