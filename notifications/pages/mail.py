"""Whether one wishes to be told of notices by e-mail, and at which address: a page of the own account."""

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

from notifications.actions.mailing import wish_mail
from notifications.queries.mailing import sends_mail, wishes_mail
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.models import Role, User
from registry.queries.scope import scope_of
from registry.queries.sight import full_sight, look


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
        help_text=gettext_lazy("Leave it empty, and the register keeps none."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mail_wish(request: HttpRequest) -> HttpResponse:
    """The wish of whoever is signed in; posting changes it."""
    assert isinstance(request.user, User)  # the door lets nobody else in
    held = scope_of(request.user, shanghai_day(timezone.now()))
    look(held.sight)
    on_by_itself = Role.PRACTITIONER in held.roles
    form = WishForm(request.POST) if request.method == "POST" else WishForm(initial=_now(request.user, on_by_itself))
    if form.is_bound and form.is_valid() and _wished(request.user, form):
        messages.success(request, _("It is kept as you wish."))
        return HttpResponseRedirect(reverse("mail_wish"))
    shown = {"form": form, "sends_mail": sends_mail()}
    return render(request, "notifications/mail_wish.html", shown, status=422 if form.errors else 200)


def _now(user: User, on_by_itself: bool) -> dict[str, str]:
    wanted = wishes_mail(user)
    if wanted is None:
        wanted = on_by_itself and bool(user.email)
    return {"wanted": "yes" if wanted else "no", "address": user.email}


def _wished(user: User, form: WishForm) -> bool:
    try:
        with full_sight():
            wish_mail(user=user, now=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal.message))
        return False
    return True
