"""E-mail, as a page of the own account: whether one wishes it, which address counts, and the link that confirms one."""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from notifications.actions.mail_addresses import confirm_address, send_link_again, take_back_address
from notifications.actions.mailing import wish_mail
from notifications.models import MailAddress
from notifications.pages.digest import digest_form
from notifications.queries.digests import has_digests
from notifications.queries.mail_addresses import (
    Addresses,
    address_of_link,
    addresses_of,
    last_day_of_link,
    link_holds,
    masked,
)
from notifications.queries.mailing import sends_mail, wishes_mail
from registry.actions.errors import Refused
from registry.actions.sign_in import TooManyAttempts, check_succeeded, count_check
from registry.ledger.days import shanghai_day
from registry.models import Role, User
from registry.pages.public.verifying import private, refusal
from registry.queries.scope import scope_of
from registry.queries.sight import full_sight, look

CONFIRM = "notifications/confirm_mail.html"


class WishForm(forms.Form):
    """The wish and the address."""

    wanted = forms.TypedChoiceField(
        label=gettext_lazy("Tell me by e-mail that a notice waits"),
        choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
        coerce=lambda value: value == "yes",
    )
    address = forms.CharField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A new address counts once you have opened the link that is sent to it. Leave it empty, and the register"
            " keeps none."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mail_wish(request: HttpRequest) -> HttpResponse:
    """The wish and the addresses of whoever is signed in; posting changes them."""
    assert isinstance(request.user, User)  # the door lets nobody else in
    held = scope_of(request.user, shanghai_day(timezone.now()))
    look(held.sight)
    addresses, wrong = addresses_of(request.user), ""
    form = WishForm(initial=_now(request.user, addresses, on_by_itself=Role.PRACTITIONER in held.roles))
    if request.method == "POST":
        try:
            with full_sight():
                form = _done(request, request.user, addresses, form)
        except Refused as refusal:
            wrong = str(refusal.message)
        if not (wrong or form.errors):
            return HttpResponseRedirect(reverse("mail_wish"))
    weekly = digest_form(request.user) if has_digests(held) else None
    shown = {"form": form, "weekly": weekly, "wrong": wrong, "sends_mail": sends_mail(), **state_of(addresses)}
    return render(request, "notifications/mail_wish.html", shown, status=422 if wrong or form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_mail(request: HttpRequest, code: str) -> HttpResponse:
    """Where the link in a mail leads: to a button, for programs follow links; posting confirms. Nobody has to sign in.

    404 for a link that confirms nothing, 403 for who is signed in with another account, 429 after too many wrong ones.
    """
    address, now = get_adapter(request).get_client_ip(request), timezone.now()
    by = request.user if isinstance(request.user, User) else None
    try:
        count_check(address=address, now=now)
        with full_sight():
            act = confirm_address if request.method == "POST" else address_of_link
            found = act(code=code, by=by, now=now)
    except TooManyAttempts as refused:
        return refusal(request, CONFIRM, refused, {})
    except Refused as refused:
        status = 403 if refused.code == "mail_link_of_another" else 404
        return private(render(request, CONFIRM, {"refused": refused.message}, status=status))
    check_succeeded(address=address)
    return private(render(request, CONFIRM, {"found": found, "masked": masked(found.address)}))


def state_of(addresses: Addresses) -> dict[str, Any]:
    """What a page shows of them: which counts, which waits, and until when in words; nothing where the link is over."""
    waiting = addresses.waiting
    holds = waiting is not None and link_holds(waiting, timezone.now())
    return {
        "counting": addresses.counting,
        "waiting": waiting,
        "holds_until": last_day_of_link(waiting) if waiting and holds else "",
    }


def _now(user: User, addresses: Addresses, *, on_by_itself: bool) -> dict[str, str]:
    wanted = wishes_mail(user)
    if wanted is None:
        wanted = on_by_itself and bool(addresses.given)
    return {"wanted": "yes" if wanted else "no", "address": addresses.given}


def _done(request: HttpRequest, user: User, addresses: Addresses, form: WishForm) -> WishForm:
    """Do what was posted, and say so; the form comes back with what is wrong in it. Raises Refused for the buttons."""
    act, now = request.POST.get("act", ""), timezone.now()
    if act == "again":
        row = send_link_again(by=user, now=now)
        messages.success(request, _said_of_link(row))
    elif act in ("take_back_waiting", "take_back_counting"):
        taken = addresses.waiting if act == "take_back_waiting" else addresses.counting
        if taken:
            take_back_address(address=taken, by=user, now=now)
        messages.success(request, _("The address is taken back."))
    else:
        form = WishForm(request.POST)
        if form.is_valid() and _wished(user, form, now):
            given = addresses_of(user).waiting
            asked = given is not None and given.asked_at == now
            messages.success(request, _said_of_link(given) if given and asked else _("It is kept as you wish."))
    return form


def _said_of_link(row: MailAddress) -> str:
    if not sends_mail():
        return _(
            "The address is kept. It counts once you confirm it, which needs a mail that this register cannot send."
        )
    words = _("A link goes to %(address)s. Open it there by %(day)s, and the address counts.")
    return words % {"address": row.address, "day": last_day_of_link(row)}


def _wished(user: User, form: WishForm, now: datetime) -> bool:
    try:
        wish_mail(user=user, now=now, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal.message))
        return False
    return True
