"""Who looked into a person's file."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from registry.actions.access_log import Kind
from registry.admin.acts.subjects import crumbs_to
from registry.admin.openings import ask_first, opening_of
from registry.admin.roles import has_any, narrow
from registry.queries.access_log import READERS_OF_LOOKS, reading_of, who_looked

TITLE = _("Who looked")
SIZE = 50


def who_looked_page(site: Any) -> Callable[..., HttpResponse]:
    """The looks into the file, newest first, a page at a time. Reading them is a look, too."""

    @require_GET
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        if not has_any(request, READERS_OF_LOOKS):
            refused: HttpResponse = site.page(request, "registry/forbidden.html", status=403, title=TITLE)
            return refused
        person = narrow(request, READERS_OF_LOOKS).practitioners().filter(pk=pk).first()
        if person is None:
            raise Http404
        opening = opening_of(request, person)
        if opening is None:
            return ask_first(request, person, to="readings")
        before = _number(request.GET.get("before", ""))
        rows = who_looked(person)
        found = list(rows.filter(pk__lt=before)[: SIZE + 1] if before else rows[: SIZE + 1])
        opening.keep(Kind.HISTORY)
        page: HttpResponse = site.page(
            request,
            "registry/readings.html",
            title=TITLE,
            crumbs=crumbs_to(person),
            person=person,
            rows=[reading_of(row) for row in found[:SIZE]],
            before=before,
            older=found[SIZE - 1].pk if len(found) > SIZE else None,
        )
        return page

    return view


def _number(asked: str) -> int | None:
    return int(asked) if asked.isdecimal() and len(asked) < 19 else None
