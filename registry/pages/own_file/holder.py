"""Who comes in to what is for the holder of a file."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from registry.ledger.days import shanghai_day
from registry.models import User
from registry.pages.own_file.doors import other_doors
from registry.pages.own_file.extensions import ways_for
from registry.queries.own_file import own_practitioner
from registry.queries.scope import REMEMBERED, scope_of
from registry.queries.sight import look


def for_its_holder(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Behind the sign-in, with the person after the request; who holds no file is led to the beginning."""

    @wraps(view)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        held = getattr(request, REMEMBERED, None) or scope_of(request.user, shanghai_day(timezone.now()))
        look(held.sight)
        person = own_practitioner(held)
        if person is None:
            return HttpResponseRedirect(reverse("home"))
        request.own_ways = ways_for(person, request.path)  # type: ignore[attr-defined]  # shown by own_file/base.html
        request.other_doors = other_doors(held.roles, "my_file")  # type: ignore[attr-defined]  # the same
        return view(request, person, **path)

    return guarded
