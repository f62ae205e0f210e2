"""The page on which practitioners make certificates of standing, and the file of each."""

from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from registry.actions.certificates import make_certificate
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.models import Practitioner, StandingCertificate, User
from registry.pages.own_file.holder import for_its_holder
from registry.pages.showing.addresses import verify_url
from registry.queries.certificates import own_certificates
from registry.queries.own_file import files_of
from registry.queries.sight import full_sight

LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
MOST_SHOWN = 50


class CertificateForm(forms.Form):
    """What the certificate is to say."""

    on = forms.DateField(
        label=gettext_lazy("About which day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Today, or a day that is over: for an employer today is what counts."),
    )
    language = forms.ChoiceField(label=gettext_lazy("In which language"), choices=LANGUAGES)
    points = forms.ChoiceField(
        label=gettext_lazy("Points of that year"),
        choices=[("", gettext_lazy("do not show them")), ("yes", gettext_lazy("show them"))],
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_its_holder
def my_certificates(request: HttpRequest, person: Practitioner) -> HttpResponse:
    """The certificates that there are, and a form for another one."""
    today = shanghai_day(timezone.now())
    form = CertificateForm(request.POST if request.method == "POST" else None, initial=_usual(today))
    if form.is_bound and form.is_valid() and _made(request, form, person):
        messages.success(request, _("Your certificate is made. Download it below; it can be downloaded again."))
        return HttpResponseRedirect(reverse("my_certificates"))
    rows = own_certificates(files_of(person))[:MOST_SHOWN]
    address = request.build_absolute_uri("/").rstrip("/")
    shown = {"form": form, "rows": [{"row": row, "url": verify_url(row, address)} for row in rows]}
    return render(request, "showing/my_certificates.html", shown, status=422 if form.errors else 200)


def _usual(today: date) -> dict[str, object]:
    return {"on": today, "language": "en" if get_language() == "en" else "zh-hans"}


def _made(request: HttpRequest, form: CertificateForm, person: Practitioner) -> bool:
    assert isinstance(request.user, User)
    asked = form.cleaned_data
    try:
        with full_sight():
            make_certificate(
                practitioner=person,
                on=asked["on"],
                language=asked["language"],
                with_points=asked["points"] == "yes",
                by=request.user,
                now=timezone.now(),
            )
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return False
    return True


@require_safe
@for_its_holder
def my_certificate(request: HttpRequest, person: Practitioner, certificate: UUID) -> HttpResponse:
    """The certificate as a file; that of somebody else is not there."""
    found: StandingCertificate | None = own_certificates(files_of(person)).filter(uuid=certificate).first()
    if found is None:
        raise Http404
    from registry.pages.showing.paper import file_of_certificate  # what sets and signs takes a second to load

    answer = HttpResponse(file_of_certificate(found, request.build_absolute_uri("/")), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return answer
