"""The advance notice as a letter to print: what happened, what is proposed, what it leads to, and how to object."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from registry.admin.acts.subjects import OF_A_PROPOSAL, crumbs_to_proposal
from registry.admin.moment import now
from registry.admin.roles import scope
from registry.models import Proposal
from registry.queries.advance_notices import letter_of

LANGUAGES = dict(settings.LANGUAGES)


def notice_letter(site: Any) -> Callable[..., HttpResponse]:
    """The letter in the language asked for, whatever the language of the office."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        proposal = scope(request).proposals().select_related(*OF_A_PROPOSAL).filter(pk=pk).first()
        if proposal is None:
            raise Http404
        asked = request.GET.get("letter", "")
        language = asked if asked in LANGUAGES else get_language() or settings.LANGUAGE_CODE
        response: HttpResponse = site.page(
            request,
            "registry/notice.html",
            title=_("Advance notice"),
            crumbs=crumbs_to_proposal(proposal),
            letter_language=language,
            languages=LANGUAGES.items(),
            letter=_letter(proposal, language),
        )
        return response

    return view


def _letter(proposal: Proposal, language: str) -> str:
    """The letter itself, rendered in its own language."""
    with override(language):
        return render_to_string("registry/letters/advance_notice.html", {**letter_of(proposal, now()), "paper": True})
