"""Before what cannot simply be taken back, the officer shows once more who is sitting there."""

from typing import Protocol

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registry.admin.fields import password_field
from registry.models import User


class Proving(Protocol):
    """Where somebody is asked: the request, and who is signed in."""

    request: HttpRequest

    @property
    def user(self) -> User:
        """Who is to show that it is they."""


def has_to_prove_again(request: HttpRequest) -> bool:
    """Whether the last proof, at the sign-in or since, is older than ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    return bool(reauthentication.is_reauthentication_required(request, app="registry"))


class ProofForm(forms.Form):
    """The officer's own password, on the page on which the act is confirmed: nothing that was entered is lost.

    An attempt counts as at the door. A right password is good for every act of the next ten minutes.
    """

    own_password = password_field(_("Your own password"))

    def __init__(self, *args: object, act: Proving, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # those of a form
        self.act = act
        self.fields["own_password"].widget.attrs["autocomplete"] = "current-password"

    def clean_own_password(self) -> str:
        """The password, if it is that of whoever is signed in."""
        password: str = self.cleaned_data["own_password"]
        if not get_adapter(self.act.request).reauthenticate(self.act.user, password):
            raise ValidationError(_("This is not the password of the account."), code="incorrect_password")
        reauthentication.reauthenticate_by_password(self.act.request)
        return password
