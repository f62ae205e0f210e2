"""The forms of signing in: allauth's, in our words, with every code counted before it is looked at."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.actions import sign_in
from registry.ledger.days import shanghai_day
from registry.queries.scope import roles_of


def _password(label: Any, autocomplete: str, kind: Any = PasswordField) -> Any:
    field = kind(label=label, autocomplete=autocomplete)
    field.widget.attrs.pop("placeholder", None)
    return field


def _code_field(label: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": 12}
    return forms.CharField(label=label, max_length=12, widget=forms.TextInput(attrs))


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth is untyped
    """Name and password of somebody who holds a role today."""

    password = _password(_("Password"), "current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = settings.REGISTRY_OIDC
        attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        self.fields["login"] = forms.CharField(label=_("User name"), max_length=150, widget=forms.TextInput(attrs))
        self.order_fields(["login", "password"])

    def clean(self) -> dict[str, Any]:
        """Refuse an account without a role, in words that say what to do."""
        data: dict[str, Any] = super().clean() or {}
        if self.user and not roles_of(self.user, shanghai_day(timezone.now())):
            raise ValidationError(
                _("The account %(user)s holds no role today. Ask an administrator for an assignment."),
                code="no_role",
                params={"user": self.user.get_username()},
            )
        return data


class AgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The own password once more."""

    password = _password(_("Password"), "current-password")


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    """The old password, which is guessed here no more often than at the door, and the new one twice."""

    oldpassword = _password(_("Present password"), "current-password")
    password1 = _password(_("New password"), "new-password", SetPasswordField)
    password2 = _password(_("New password, again"), "new-password")

    def clean_oldpassword(self) -> str:
        """The same counting as at the sign-in."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password

    def clean(self) -> dict[str, Any]:
        """Both new ones are the same, and not the old one."""
        data: dict[str, Any] = forms.Form.clean(self) or {}
        new = data.get("password1")
        if new and data.get("password2") and new != data["password2"]:
            self.add_error("password2", _("The two new passwords are not the same."))
        if new and new == data.get("oldpassword"):
            self.add_error("password1", _("This is the present password. Choose another one."))
        return data


class _Counted:
    """Each code is an attempt, counted before it is looked at."""

    user: Any

    def clean_code(self) -> str:
        """The code, if it is right and may still be tried."""
        try:
            sign_in.count_code(user=self.user, now=timezone.now())
        except sign_in.TooManyAttempts as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from None
        code: str = super().clean_code()  # type: ignore[misc]  # that of the form beside it
        sign_in.code_succeeded(user=self.user)
        return code


class CodeForm(_Counted, codes.AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """After the password: a code of the app, or a recovery code."""

    code = _code_field(_("Code of your authenticator app, or a recovery code"))


class CodeAgainForm(_Counted, codes.ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """Before what cannot be taken back: the same."""

    code = _code_field(_("Code of your authenticator app, or a recovery code"))


class FirstCodeForm(_Counted, ActivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    """The first code of a new app; it does not open the door afterwards."""

    code = _code_field(_("Code that the app shows"))

    def clean_code(self) -> str:
        """The code, used up by this."""
        code: str = super().clean_code()
        app = TOTP(Authenticator(user=self.user, type=Authenticator.Type.TOTP))
        if not app._mark_code_used(code):
            raise mfa_adapter().validation_error("incorrect_code")
        return code


class NewKeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """A security key or passkey, and what it shall be called."""

    name = forms.CharField(label=_("Name of this key"), required=False, max_length=60)
