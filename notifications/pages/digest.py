"""The weekly digest, as a page of the own account: what it would say at this moment, and on which day it is wished."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from notifications.actions.digests import wish_digest
from notifications.queries.digest_words import lines_of
from notifications.queries.digests import digest_of, has_digests, wished_day
from notifications.queries.mail_addresses import addresses_of
from notifications.queries.mailing import sends_mail
from registry.ledger.days import shanghai_day
from registry.models import User
from registry.queries.scope import scope_of
from registry.queries.sight import full_sight, look

NONE = "none"


def _day(value: str) -> int | None:
    return None if value == NONE else int(value)


class DigestForm(forms.Form):
    """The day, or no digest."""

    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day of the digest"),
        choices=[*WEEKDAYS.items(), (NONE, gettext_lazy("no digest"))],
        coerce=_day,
        empty_value=None,
        help_text=gettext_lazy("It goes out from 08:00 in Shanghai, in a week in which there is something to say."),
    )


def digest_form(user: User) -> DigestForm:
    """The form with what holds for the user now."""
    day = wished_day(user)
    return DigestForm(initial={"weekday": NONE if day is None else day})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def digest(request: HttpRequest) -> HttpResponse:
    """What the digest of whoever is signed in would say now; posting keeps the day. 403 for who has no institution."""
    assert isinstance(request.user, User)  # the door lets nobody else in
    now = timezone.now()
    seen = scope_of(request.user, shanghai_day(now))
    look(seen.sight)
    if not has_digests(seen):
        raise PermissionDenied
    form = digest_form(request.user)
    if request.method == "POST":
        form = DigestForm(request.POST)
        if form.is_valid():
            return _kept(request, request.user, form.cleaned_data["weekday"], now)
    found = digest_of(seen, shanghai_day(now))
    shown = {
        "form": form,
        "lines": lines_of(found) if found.says_anything else (),
        "counting": addresses_of(request.user).counting,
        "sends_mail": sends_mail(),
    }
    return render(request, "notifications/digest.html", shown, status=422 if form.errors else 200)


def _kept(request: HttpRequest, user: User, weekday: int | None, now: datetime) -> HttpResponse:
    with full_sight():
        wish_digest(user=user, weekday=weekday, now=now)
    messages.success(request, _("It is kept as you wish."))
    return HttpResponseRedirect(reverse("mail_wish"))
