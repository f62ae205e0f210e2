"""What is kept about the holder of a file: all of it to take along, who looked, and a request where it is wrong."""

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
from registry.models import Practitioner, User
from registry.pages.own_file.holder import for_its_holder
from registry.queries.own_data import own_data
from registry.queries.own_file import files_of, looks_into, requests_of
from registry.queries.sight import full_sight

FEW_LOOKS = 5
"""So many of those who looked stand on the page at once; the others are a press away."""


class AskForm(forms.Form):
    """What is wrong."""

    what = forms.CharField(
        label=gettext_lazy("What is wrong, and what would be right?"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_data(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """Who looked, what was asked, and the way to the file of everything; posting asks for a correction."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _asked(request, form, person):
        messages.success(request, _("Your request is with the agency. Its answer will stand on this page."))
        return HttpResponseRedirect(reverse("my_data"))
    looks = looks_into(person)
    shown = {
        "person": person,
        "looks": looks[:FEW_LOOKS],
        "further_looks": looks[FEW_LOOKS:],
        "requests": requests_of(files_of(person)),
        "form": form,
    }
    return render(request, "own_file/my_data.html", shown, status=422 if form.errors else 200)


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
def data_file(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """Everything that the register holds about its holder, to keep."""
    now = timezone.now()
    answer = JsonResponse(
        own_data(person, now), encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = f'attachment; filename="my-data-{shanghai_day(now).isoformat()}.json"'
    return answer
