"""The standing of somebody who gave a code for it: by code and personal code, or by the link."""

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from registry.actions.errors import Refused
from registry.actions.sharing import look_with_code
from registry.actions.sign_in import TooManyAttempts
from registry.pages.public.verifying import private, refusal
from registry.queries.sight import full_sight

TEMPLATE = "public/shared.html"


class SharedForm(forms.Form):
    """What the person gave."""

    personal_code = forms.CharField(
        label=_("Personal code"),
        max_length=64,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Sharing code"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest) -> HttpResponse:
    """The form, and what the two codes open."""
    form = SharedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _looked(request, form.cleaned_data["code"], form.cleaned_data["personal_code"], form=form)
    return private(render(request, TEMPLATE, {"form": form}, status=422 if form.errors else 200))


@require_http_methods(["GET", "HEAD", "POST"])
def shared_link(request: HttpRequest, code: str) -> HttpResponse:
    """Where a link leads: to a button, so that a program which only follows links uses up no look."""
    if request.method == "POST":
        return _looked(request, code, None, link=True)
    return private(render(request, TEMPLATE, {"link": True}))


def _looked(request: HttpRequest, code: str, personal_code: str | None, **shown: object) -> HttpResponse:
    address = get_adapter(request).get_client_ip(request)
    try:
        with full_sight():
            it = look_with_code(code=code, personal_code=personal_code, address=address, now=timezone.now())
            return private(render(request, TEMPLATE, {"it": it}))
    except TooManyAttempts as refused:
        return refusal(request, TEMPLATE, refused, shown)
    except Refused as refused:
        return private(render(request, TEMPLATE, {**shown, "refused": refused.message}, status=404))
