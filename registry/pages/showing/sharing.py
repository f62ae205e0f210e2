"""The page on which practitioners let somebody see the own standing, see who looked, and take a code back."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from registry.actions.errors import Refused
from registry.actions.sharing import DAYS, LONGEST_RECIPIENT, LOOKS, share, stop_sharing
from registry.models import Practitioner, SharingCode, User
from registry.pages.own_file.holder import for_its_holder
from registry.queries.own_file import files_of
from registry.queries.sharing import own_codes, with_looks
from registry.queries.sight import full_sight

OFFERED_DAYS = [each for each in (1, 7, 14, 30, 60, 90) if each in DAYS]
OFFERED_LOOKS = [each for each in (1, 3, 5, 10, 20) if each in LOOKS]
MOST_SHOWN = 50


def _days() -> list[tuple[int, str]]:
    return [(each, ngettext("%(number)d day", "%(number)d days", each) % {"number": each}) for each in OFFERED_DAYS]


def _looks() -> list[tuple[int, str]]:
    return [(each, ngettext("%(number)d look", "%(number)d looks", each) % {"number": each}) for each in OFFERED_LOOKS]


class ShareForm(forms.Form):
    """With whom, what and for how long."""

    recipient = forms.CharField(
        label=gettext_lazy("Who may look"),
        max_length=LONGEST_RECIPIENT,
        help_text=gettext_lazy("For your own list, and shown to them: the name of a hospital, a pharmacy, a person."),
    )
    scope = forms.ChoiceField(label=gettext_lazy("What they see"), choices=SharingCode.Scope.choices)
    days = forms.TypedChoiceField(
        label=gettext_lazy("For how long"),
        coerce=int,
        choices=_days,
        initial=7,
    )
    most_looks = forms.TypedChoiceField(
        label=gettext_lazy("How often"),
        coerce=int,
        choices=_looks,
        initial=3,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_sharing(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """The codes with their looks, and a form for another one, whose code is shown in the answer and never again."""
    form = ShareForm(request.POST if request.method == "POST" else None)
    made = _made(request, form, person) if form.is_bound and form.is_valid() else None
    now = timezone.now()
    codes = own_codes(files_of(person))[:MOST_SHOWN]
    shown = {
        "form": ShareForm() if made else form,
        "made": made,
        "person": person,
        "codes": with_looks(codes, now=now),
    }
    return render(request, "showing/my_sharing.html", shown, status=422 if form.errors else 200)


def _made(request: HttpRequest, form: ShareForm, person: Practitioner) -> dict[str, object] | None:
    assert isinstance(request.user, User)
    try:
        with full_sight():
            code, text = share(practitioner=person, **form.cleaned_data, by=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return None
    link = request.build_absolute_uri(reverse("shared_link", args=[text]))
    return {"code": code, "text": text, "link": link, "page": request.build_absolute_uri(reverse("shared"))}


@require_POST
@for_its_holder
def stop(request: HttpRequest, person: Practitioner, code: UUID) -> HttpResponse:
    """The code opens nothing any more; that of somebody else is not there."""
    assert isinstance(request.user, User)
    found = own_codes(files_of(person)).filter(uuid=code).first()
    if found is None:
        raise Http404
    with full_sight():
        stop_sharing(code=found, by=request.user, now=timezone.now())
    messages.success(request, _("The code opens nothing any more."))
    return HttpResponseRedirect(reverse("my_sharing"))
