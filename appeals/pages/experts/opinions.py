"""Opinions on repair: what the expert is asked for, the application without names, signing and standing aside."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals.actions.deliberations import sign_opinion, stand_aside
from appeals.models import Opinion
from appeals.pages.experts.door import Me, for_experts
from appeals.pages.experts.forms import IN_FAVOUR, OpinionForm, ReasonForm
from appeals.pages.experts.proving import proof_of
from appeals.pages.forms import tell
from appeals.queries.applications import asked, room_of
from appeals.queries.own_seats import deadline_of
from appeals.queries.remediation import Deliberation, deliberations_of, support_of
from registry.actions.errors import Refused
from registry.queries.calendar import calendar

MOST_SIGNED = 50


@require_safe
@for_experts
def opinions(request: HttpRequest, me: Me) -> HttpResponse:
    """What waits for an opinion, what is due first at the top, and what was signed."""
    waiting = deliberations_of(me.user)
    days = calendar() if waiting else None
    signed = Opinion.objects.filter(expert__user=me.user).select_related("application").order_by("-id")
    shown = {
        "waiting": [
            (each.application, asked(each.application), deadline_of(each.task, me.today, days)) for each in waiting
        ],
        "signed": [(each, asked(each.application)) for each in signed[:MOST_SIGNED]],
    }
    return render(request, "appeals/expert/opinions.html", shown)


def _for_called(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """With the application while the expert is asked about it; else it is not there."""

    @wraps(view)
    @for_experts
    def guarded(request: HttpRequest, me: Me, *, application: UUID) -> HttpResponse:
        found = next((each for each in deliberations_of(me.user) if each.application.uuid == application), None)
        if found is None:
            raise Http404
        return view(request, me, found)

    return guarded


@require_safe
@_for_called
def opinion(request: HttpRequest, me: Me, found: Deliberation) -> HttpResponse:
    """One application as its experts see it: without names."""
    return render(request, "appeals/expert/opinion.html", _shown(me, found))


@require_http_methods(["GET", "HEAD", "POST"])
@_for_called
def sign(request: HttpRequest, me: Me, found: Deliberation) -> HttpResponse:
    """The form; posting it shows what will be signed, and posting that signs it."""
    form = OpinionForm(request.POST if request.method == "POST" else None)
    step, proof, checked = request.POST.get("step", ""), proof_of(request, me), False
    if form.is_bound and form.is_valid() and step != "back":
        checked = True
        if step == "sign" and proof is None:
            given = form.cleaned_data
            try:
                sign_opinion(
                    application=found.application,
                    in_favour=given["opinion"] == IN_FAVOUR,
                    reasons=given["reasons"],
                    by=me.user,
                    now=me.now,
                )
            except Refused as refused:
                tell(form, refused)
                checked = False
            else:
                messages.success(request, _("Your opinion is signed."))
                return HttpResponseRedirect(reverse("expert_opinions"))
    wrong = bool(form.errors) or (step == "sign" and proof is not None)
    shown = {**_shown(me, found), "form": form, "checked": checked, "proof": proof}
    return render(request, "appeals/expert/sign.html", shown, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@_for_called
def aside(request: HttpRequest, me: Me, found: Deliberation) -> HttpResponse:
    """Stand aside, with the reason."""
    told = _("Such as a conflict that the register does not know.")
    form = ReasonForm(request.POST if request.method == "POST" else None, told=told)
    if form.is_bound and form.is_valid():
        try:
            stand_aside(application=found.application, by=me.user, now=me.now, **form.cleaned_data)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("You stand aside; the agency calls somebody else."))
            return HttpResponseRedirect(reverse("expert_opinions"))
    shown = {
        "form": form,
        "title": _("Stand aside on %(number)s?") % {"number": found.application.number},
        "explains": [_("You do not deliberate on this application; the agency calls somebody else.")],
        "do": _("Stand aside"),
        "grave": True,
        "back": reverse("expert_opinion", args=[found.application.uuid]),
    }
    return render(request, "appeals/expert/act.html", shown, status=422 if form.errors else 200)


def _shown(me: Me, found: Deliberation) -> dict[str, Any]:
    """What experts see of it: never whose it is."""
    return {
        "application": found.application,
        "asked": asked(found.application),
        "deadline": deadline_of(found.task, me.today),
        "room": room_of(found.application, me.today),
        "support": support_of(found.application),
    }
