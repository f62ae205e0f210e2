"""What the register keeps of an expert, for themselves: workplaces, days offered, conflicts declared."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals.actions import experts as pool
from appeals.models import Expert, Specialty
from appeals.pages.experts.door import Me, for_experts
from appeals.pages.experts.forms import ConflictForm, DaysForm, EndForm
from appeals.pages.forms import tell
from registry.actions.errors import Refused
from registry.queries.sight import as_the_asker
from registry.queries.wording import listed


@require_safe
@for_experts
def record(request: HttpRequest, me: Me) -> HttpResponse:
    """Everything that is kept; an account that belongs to nobody in the pool is told so."""
    with as_the_asker():
        found = Expert.objects.filter(user=me.user).first()
        shown = {"today": me.today, "expert": found, **(_kept(found) if found else {})}
    return render(request, "appeals/expert/record.html", shown)


def _for_one_of_the_pool(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    @for_experts
    def guarded(request: HttpRequest, me: Me, **path: Any) -> HttpResponse:
        with as_the_asker():
            found = Expert.objects.filter(user=me.user).first()
        if found is None:
            raise Http404
        return view(request, me, found, **path)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@_for_one_of_the_pool
def days(request: HttpRequest, me: Me, expert: Expert) -> HttpResponse:
    """Offer days on which the expert can be drawn."""
    form = DaysForm(request.POST if request.method == "POST" else None, initial={"starts_on": me.today})
    told = [_("A panel is drawn among the experts who offer the day of the draw; they then have some weeks to vote.")]

    def act(given: dict[str, Any]) -> None:
        pool.offer_availability(expert=expert, by=me.user, now=me.now, **given)

    return _done(request, form, act, {"title": _("Offer days"), "explains": told, "do": _("Offer the days")})


@require_http_methods(["GET", "HEAD", "POST"])
@_for_one_of_the_pool
def end_days(request: HttpRequest, me: Me, expert: Expert, pk: int) -> HttpResponse:
    """End days that were offered."""
    with as_the_asker():
        row = expert.availability.filter(pk=pk).first()
    if row is None:
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None, initial={"ends_on": me.today})
    told = [_("From this day on no panel is drawn with you. Seats that you have stay.")]

    def act(given: dict[str, Any]) -> None:
        pool.end_availability(availability=row, by=me.user, now=me.now, **given)

    return _done(request, form, act, {"title": _("End days offered"), "explains": told, "do": _("End them")})


@require_http_methods(["GET", "HEAD", "POST"])
@_for_one_of_the_pool
def conflict(request: HttpRequest, me: Me, expert: Expert) -> HttpResponse:
    """Declare with whom the expert may not have to do."""
    form = ConflictForm(request.POST if request.method == "POST" else None)
    told = [
        _("No case of this institution or person comes to you any more. A conflict is never withdrawn."),
        _("From a case that you have already, step back on its own page."),
    ]

    def act(given: dict[str, Any]) -> None:
        pool.declare_conflict(expert=expert, by=me.user, now=me.now, **given)

    shown = {"title": _("Declare a conflict"), "explains": told, "do": _("Declare the conflict")}
    return _done(request, form, act, shown)


def _done(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], None], shown: Mapping[str, Any]
) -> HttpResponse:
    """The form, or after the act back to the record."""
    if form.is_bound and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Recorded."))
            return HttpResponseRedirect(reverse("expert_record"))
    page = {**shown, "form": form, "back": reverse("expert_record")}
    return render(request, "appeals/expert/act.html", page, status=422 if form.errors else 200)


def _kept(expert: Expert) -> dict[str, Any]:
    return {
        "specialties": listed(Specialty(code).label for code in expert.specialties),
        "places": list(expert.places.select_related("institution").order_by("-starts_on")),
        "availability": list(expert.availability.order_by("-starts_on")),
        "conflicts": list(expert.conflicts.select_related("institution", "practitioner").order_by("-pk")),
    }
