"""The page of the own file, and the file of everything that is kept about its holder."""

from django import forms
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from registry.actions.errors import Refused
from registry.actions.own_corrections import LONGEST, ask_for_correction
from registry.ledger.days import shanghai_day
from registry.models import Practitioner, Role, User
from registry.pages.own_file.extensions import cards_for, deeds_for, happenings_for
from registry.pages.own_file.holder import for_its_holder
from registry.pages.own_file.timeline import line_of
from registry.queries.gauge import consequences, gauge_of
from registry.queries.own_data import own_data
from registry.queries.own_file import own_file
from registry.queries.scope import roles_of
from registry.queries.sight import full_sight

FEW_LOOKS = 3
"""So many of those who looked stand on the page at once; the others are a press away."""


class AskForm(forms.Form):
    """What is wrong."""

    what = forms.CharField(
        label=gettext_lazy("What is wrong, and what would be right?"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4}),
    )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The beginning: to the own file for whoever holds nothing else, to the office for everybody else."""
    return HttpResponseRedirect(reverse("my_file" if _only_a_practitioner(request) else "admin:index"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def own_page(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """Standing, points, entries and requests; posting asks for a correction."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _asked(request, form, person):
        messages.success(request, _("Your request is with the agency. Its answer will stand on this page."))
        return HttpResponseRedirect(reverse("my_file"))
    today = shanghai_day(timezone.now())
    own = own_file(person, today)
    shown = {
        "own": own,
        "gauge": gauge_of(own.file.standing.points, today, own.file.policy),
        "consequences": consequences(own.file.policy),
        "deeds": deeds_for(person, today),
        "line": line_of(own, happenings_for(person)),
        "more_looks": len(own.looks) - FEW_LOOKS,
        "form": form,
        "today": today,
        "works_in_the_office": not _only_a_practitioner(request),
        "cards": cards_for(person),
    }
    return render(request, "own_file/my_file.html", shown, status=422 if form.errors else 200)


def _asked(request: HttpRequest, form: AskForm, person: Practitioner) -> bool:
    assert isinstance(request.user, User)
    try:
        what = form.cleaned_data["what"]
        with full_sight():
            ask_for_correction(practitioner=person, what=what, by=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error("what", str(refusal.message))
        return False
    return True


@require_safe
@for_its_holder
def own_data_file(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """Everything that the register holds about its holder, to keep."""
    now = timezone.now()
    answer = JsonResponse(
        own_data(person, now), encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = f'attachment; filename="my-data-{shanghai_day(now).isoformat()}.json"'
    return answer


def _only_a_practitioner(request: HttpRequest) -> bool:
    if not isinstance(request.user, User):
        return False
    return roles_of(request.user, shanghai_day(timezone.now())) == {Role.PRACTITIONER}
