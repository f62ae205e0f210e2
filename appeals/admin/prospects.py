"""What repair could bring a person today, with the sums, and what is offered to them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.queries.remediation import offers_for, prospects, taken_part
from appeals.queries.sides import askable
from registry.admin.acts.buttons import Button
from registry.admin.acts.subjects import card_of, crumbs_to
from registry.admin.moment import today
from registry.admin.roles import has_any, scope
from registry.ledger.reading import history_of
from registry.queries.roles import STAFF_KEEPERS


def prospects_page(site: Any) -> Callable[..., HttpResponse]:
    """The sums of relief and of a shorter period, the person's activities, and the offers of today."""

    def page(request: HttpRequest, pk: int) -> HttpResponse:
        seen = scope(request)
        person = seen.practitioners().filter(pk=pk).first()
        if person is None:
            raise Http404
        history = history_of(person)
        found = prospects(history, today())
        acts = []
        if has_any(request, STAFF_KEEPERS) and askable(found, seen):
            supported = any(each.usable for each in found)
            url = reverse("admin:file_application", args=[person.pk])
            acts.append(Button(_("File an application for repair"), url, "volunteer_activism", main=supported))
        response: HttpResponse = site.page(
            request,
            "appeals/prospects.html",
            title=_("Repair"),
            crumbs=crumbs_to(person),
            prospects=found,
            parts=taken_part(history.files),
            offers=offers_for(history.files, today()),
            acts=acts,
            **card_of(person, history.standing(today())),
        )
        return response

    return page
