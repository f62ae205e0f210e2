"""The second factor: how its secrets are kept, what it is called, and when it may be taken away."""

from base64 import b64decode, b64encode
from uuid import UUID

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.ledger.days import shanghai_day
from registry.models import Role, User
from registry.models.vault import Vault
from registry.queries.scope import roles_of

PROVING = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
WITHOUT = "practitioner"
"""The role whose holders see their own file only, and need no second factor."""


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """One-time codes, security keys, and recovery codes for the day on which both are lost."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used already. Wait for the next one."),
        "cannot_delete_authenticator": _(
            "This is your only second factor, and officers need one. Set up another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        """A secret as it is kept: sealed."""
        return b64encode(_vault().seal(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return _vault().unseal(b64decode(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        """How an authenticator app lists the account."""
        return gettext("Payment qualification register")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """How a browser names what the key is for."""
        return {**super().get_public_key_credential_rp_entity(), "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """A name for a key that got none."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Key %(number)d") % {"number": number}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Unless it is the last one, where one is needed."""
        held = roles_of(authenticator.user, shanghai_day(timezone.now()))
        if not settings.REGISTRY_SECOND_FACTOR or not needs_factor(held):
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=PROVING)
        return bool(others.exclude(pk=authenticator.pk).exists())


def needs_factor(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles needs a second factor."""
    return not all(role.value == WITHOUT for role in roles)


def lacks_factor(user: User, roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles needs a second factor and has none."""
    return needs_factor(roles) and not Authenticator.objects.filter(user=user, type__in=PROVING).exists()


def _vault() -> Vault:
    return Vault(UUID(int=0), "second factor")
