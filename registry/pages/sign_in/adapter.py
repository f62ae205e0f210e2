"""Where django-allauth asks us: who may try, what proves somebody anew, and where to go."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.actions import sign_in

BEGUN = "registry_begun_at"
"""In the session: when it began, in seconds; written by registry.config.sessions."""


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """By name and password of an account that an administrator made; nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("No active account has this user name and this password."),
        "incorrect_password": _("This is not the password of the account."),
        "enter_current_password": _("This is not the password of the account."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts are made by administrators."""
        return False

    def get_login_stages(self) -> list[str]:
        """After the password, the second factor; e-mail addresses and telephones prove nobody here."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """As any other account that cannot sign in."""
        return HttpResponseRedirect(reverse("account_login"))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt before anybody looks at the password."""
        address = self.get_client_ip(request)
        try:
            sign_in.count_sign_in(name=credentials["username"], address=address, now=timezone.now())
        except sign_in.TooManyAttempts as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Who it is; the attempts are forgotten where it is somebody."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            sign_in.sign_in_succeeded(name=credentials["username"], address=self.get_client_ip(request))
        return user

    def is_reauthentication_required(self, **asked: Any) -> bool:
        """Whether the last proof, at the sign-in or later, lies too far back for what cannot be taken back."""
        request = self.request
        proofs = [record["at"] for record in get_authentication_records(request, request.user)]
        last = max([float(request.session.get(BEGUN, 0)), *proofs])
        return bool(time.time() - last >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the beginning."""
        return reverse("home")
