"""The last step of a draft: exactly what will be filed, and the filing; or giving it up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appeals.actions.drafts import file_draft, give_up_draft
from appeals.models import Draft, Objection
from appeals.pages.asking import asked, places_to_ask
from appeals.pages.author import for_its_author, user_of
from appeals.pages.drafting import chosen, framed, written_points
from appeals.pages.words import told
from registry.actions.errors import Refused
from registry.queries.sight import full_sight

MENDED_AT = {
    "points": "draft_points",
    "text": "draft_points",
    "evidence": "draft_points",
    "statement": "draft_words",
    "good_cause": "draft_words",
    "new_facts": "draft_words",
    "entries": "draft_against",
    "standing": "draft_against",
}
"""The step at which what was refused can be mended, by the name of the argument."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_author
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The preview; posting files it. A second press finds it filed and comes to the same receipt."""
    refused = None
    if request.method == "POST":
        try:
            with full_sight():
                filed = file_draft(draft=draft, by=user_of(request), now=timezone.now())
            _ask(request, filed)
            return HttpResponseRedirect(reverse("my_objection_receipt", args=[filed.uuid]))
        except Refused as refusal:
            refused = refusal
    things, words = chosen(draft), draft.words
    rows = written_points(draft, things)
    disputed = {each.about for each in words.points}
    shown = framed(
        draft,
        "check",
        words=words,
        points=rows,
        unfinished=[each for each in rows if not each.point.text or not each.about],
        rest=_by_the_statement(draft, {key: told(each) for key, each in things.items() if key not in disputed}),
        against=[told(each) for each in things.values()],
        places=places_to_ask(draft),
        chosen_place=request.POST.get("countersignature", ""),
        refused=refused,
        mend=reverse(MENDED_AT[refused.field or ""], args=[draft.uuid])
        if refused and refused.field in MENDED_AT
        else "",
    )
    return render(request, "appeals/own/check.html", shown, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_author
def giving_up(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Whether really; posting forgets the draft."""
    if request.method != "POST":
        return render(request, "appeals/own/giving_up.html", framed(draft, "points"))
    with full_sight():
        give_up_draft(draft=draft, by=user_of(request), now=timezone.now())
    messages.success(request, _("The draft is gone. Nothing was filed."))
    return HttpResponseRedirect(reverse("my_objections"))


def _ask(request: HttpRequest, filed: Objection) -> None:
    """Ask the institution that was chosen. It is filed before, and stays so whatever comes of the asking."""
    code = request.POST.get("countersignature", "")
    if not code:
        return
    try:
        asked(filed, code, by=user_of(request), now=timezone.now())
    except Refused as refused:
        words = _("It is filed, but no institution was asked to countersign: %(why)s You can ask on its page.")
        messages.warning(request, words % {"why": refused.message})


def _by_the_statement(draft: Draft, without_point: dict[str, str]) -> list[str]:
    """What the statement alone disputes: of an objection nothing, as soon as there is one point."""
    if draft.proposal_id and draft.words.points:
        return []
    return list(without_point.values())
