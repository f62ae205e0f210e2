"""What allauth's pages of security keys leave out."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from registry.ledger.days import shanghai_day
from registry.pages.sign_in.factors import needs_factor
from registry.queries.scope import roles_of


class FactorsPage(IndexView):  # type: ignore[misc]  # allauth is untyped
    """The second factors of the account, for whoever needs one and for whoever may do without."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether the account may do without."""
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        held = roles_of(self.request.user, shanghai_day(timezone.now()))
        return {**shown, "may_do_without": not needs_factor(held)}


class RemoveKey(RemoveWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    """Remove a security key, unless it is the last factor of somebody who needs one.

    By the form alone: what Django does on DELETE would ask nobody whether it may go.
    """

    http_method_names = ["get", "head", "post"]

    def form_valid(self, form: Any) -> HttpResponse:
        """Say why where it cannot go."""
        if get_adapter().can_delete_authenticator(self.object):
            response: HttpResponse = super().form_valid(form)
            return response
        form.add_error(None, get_adapter().validation_error("cannot_delete_authenticator"))
        return render(self.request, self.get_template_names(), self.get_context_data(form=form), status=422)
