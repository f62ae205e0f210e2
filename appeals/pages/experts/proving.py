"""Before what cannot be taken back, the expert shows once more who is sitting there, as officers do."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

from appeals.pages.experts.door import Me
from registry.admin.acts.again import ProofForm, has_to_prove_again
from registry.models import User


@dataclass(frozen=True, slots=True)
class _Asked:
    request: HttpRequest
    user: User


class OwnProofForm(ProofForm):
    """The own password, in a field as the pages of experts have them."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["own_password"].widget = forms.PasswordInput({"autocomplete": "current-password"})


def proof_of(request: HttpRequest, me: Me) -> OwnProofForm | None:
    """What is asked for; None where the last proof is new enough, or what was typed is right."""
    if not has_to_prove_again(request):
        return None
    typed = request.POST if "own_password" in request.POST else None
    proof = OwnProofForm(typed, act=_Asked(request, me.user))
    return None if proof.is_bound and proof.is_valid() else proof
