"""The second officer, who countersigns with their own name and password at the officer's desk.

Guessing is no easier here than at the door: allauth's adapter counts each attempt before the password is looked at.
"""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry.admin.fields import password_field, text_field
from registry.admin.moment import today
from registry.models import User
from registry.queries.scope import scope_of
from registry.queries.sight import seeing

if TYPE_CHECKING:
    from registry.admin.acts.guided import GuidedAct


class SecondOfficerForm(forms.Form):
    """Who countersigns: somebody else, active, with the role of the act and the subject in their scope."""

    second_username = text_field(_("Second officer: user name"), most=150)
    second_password = password_field(_("Second officer: password"))

    officer: User

    def __init__(self, *args: Any, act: "GuidedAct", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.act = act
        self.fields["second_username"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Find the officer, or say why they cannot countersign."""
        data = super().clean() or {}
        if self.errors:
            return data
        name = data["second_username"]
        request = self.act.request
        officer = get_adapter(request).authenticate(request, username=name, password=data["second_password"])
        if not isinstance(officer, User):
            raise ValidationError(
                _("No active user %(name)s has this password. Let the second officer type both again."),
                code="second_unknown",
                params={"name": name},
            )
        self._check(officer)
        self.officer = officer
        return data

    def _check(self, officer: User) -> None:
        if officer.pk == self.act.user.pk:
            raise ValidationError(
                _("%(name)s is you. The second officer must be somebody else."),
                code="second_is_first",
                params={"name": officer.get_username()},
            )
        theirs = scope_of(officer, today())
        with seeing(theirs.sight):
            has_role = theirs.roles & self.act.allowed and self.act.find(theirs) is not None
        if not has_role:
            raise ValidationError(
                _("%(name)s may not do this act here. Ask an officer with the same role in this region."),
                code="second_without_role",
                params={"name": officer.get_username()},
            )
