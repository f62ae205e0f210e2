"""Whether a paper is genuine: for whoever holds it, without signing in. Without the code on it nothing is told."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from registry import kit
from registry.actions.sign_in import TooManyAttempts, check_succeeded, count_check
from registry.ledger.days import shanghai_day
from registry.models.certificate_keys import published_keys
from registry.pages.public.extensions import Paper, paper_with
from registry.queries.certificates import NotSigned, certificate_with, checked
from registry.queries.sight import full_sight

VERIFIER = "verify_certificate.py"


class PaperForm(forms.Form):
    """What is printed on the paper."""

    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Check code"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The number and the code of any paper of this register, typed; 404 for what it never gave."""
    form = PaperForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return answered(request, lambda: paper_with(**form.cleaned_data), form=form)
    return private(render(request, "public/verify.html", {"form": form}, status=422 if form.errors else 200))


@require_safe
def verify_certificate(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Where the code on a certificate leads."""
    return answered(request, lambda: certificate_on_paper(number, code), form=PaperForm())


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys of certificates, for whoever verifies without asking."""
    answer = JsonResponse(published_keys())
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@require_safe
def verifier(request: HttpRequest) -> FileResponse:
    """The program that verifies certificates with these keys and nothing else."""
    file = (Path(str(kit.__file__)).parent / VERIFIER).open("rb")
    return FileResponse(file, as_attachment=True, filename=VERIFIER, content_type="text/x-python; charset=utf-8")


def certificate_on_paper(number: str, code: str) -> Paper | None:
    """What is told of a certificate to who holds it."""
    found = certificate_with(number, code)
    if found is None:
        return None
    now = timezone.now()
    try:
        told = checked(found, now=now)
    except NotSigned:
        return None
    return Paper("public/certificate.html", {"it": told, "asked_on": shanghai_day(now)})


def answered(request: HttpRequest, find: Callable[[], Paper | None], **shown: Any) -> HttpResponse:
    """The paper, counted before it is looked at: 404 where there is none, 429 after too many of those."""
    address = get_adapter(request).get_client_ip(request)
    try:
        count_check(address=address, now=timezone.now())
    except TooManyAttempts as refused:
        return refusal(request, "public/verify.html", refused, shown)
    with full_sight():
        paper = find()
        if paper is None:
            return private(render(request, "public/verify.html", {**shown, "unknown": True}, status=404))
        check_succeeded(address=address)
        return private(render(request, paper.template, dict(paper.shown)))


def refusal(request: HttpRequest, template: str, refused: TooManyAttempts, shown: Mapping[str, Any]) -> HttpResponse:
    """Too many attempts: said on the page, and when to come again."""
    answer = private(render(request, template, {**shown, "refused": refused.message}, status=429))
    answer["Retry-After"] = str(int(refused.wait.total_seconds()))
    return answer


def private(answer: HttpResponse) -> HttpResponse:
    """Nobody keeps the page, and no search engine lists it."""
    answer["X-Robots-Tag"] = "noindex"
    return answer
