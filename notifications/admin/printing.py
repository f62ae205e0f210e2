"""A notice in the office as a letter to print: for the same people, and kept as the same look, as its page."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from notifications.admin.acts import notice_url
from notifications.admin.notices import opening_for, take_note
from notifications.queries.formal import formal
from notifications.queries.inbox import is_told, notices_to, with_everything
from registry.admin.moment import now
from registry.admin.openings import ask_first
from registry.admin.roles import has_any, scope
from registry.queries.roles import READERS_OF_NOTICES


def printed_notice(site: Any) -> Callable[..., HttpResponse]:
    """The letter in the language of the office."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        notice = with_everything(notices_to(scope(request))).filter(pk=pk).first()
        if notice is None or not has_any(request, READERS_OF_NOTICES):
            raise Http404
        person, told = notice.event.practitioner, is_told(scope(request), notice)
        opening = opening_for(request, person, told) if person else None
        if person and opening is None:
            return ask_first(request, person, to=request.path)
        take_note(request, notice, opening, told)
        shown = {
            "letter": formal(notice, reached_at=request.build_absolute_uri("/")),
            "back": notice_url(notice),
            "printed_at": now(),
        }
        return render(request, "notifications/letter.html", shown)

    return view
