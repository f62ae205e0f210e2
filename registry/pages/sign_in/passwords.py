"""What is asked of a password beyond Django's own validators."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.actions.sign_in import password_was_changed
from registry.models import PasswordAge, User

KINDS: tuple[Callable[[str], bool], ...] = (
    str.islower,
    str.isupper,
    str.isdigit,
    lambda character: not character.isalnum(),
)
FEWEST_KINDS = 3
LONGEST_LIFE = timedelta(days=90)


class RemembersTheDay:
    """Takes every password, and keeps when it was set: by its holder, by an administrator, on whatever way."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Nothing is wrong with it."""

    def password_changed(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Django has kept the new password."""
        if isinstance(user, User):
            password_was_changed(user=user, now=timezone.now())

    def get_help_text(self) -> str:
        """What happens with it, for the form."""
        return _("The day on which it is changed is kept.")


class LongEnough(MinimumLengthValidator):
    """Django's validator; its refusal is not there in Chinese, its help is."""

    def get_error_message(self) -> str:
        """Why it is refused."""
        return _("The password is too short: it needs %(least)d characters or more.") % {"least": self.min_length}


class ListedPasswords:
    """Refuses what stands on a list of this deployment, however it is capitalised."""

    def __init__(self, path: str) -> None:
        lines = Path(path).read_text(encoding="utf-8", errors="ignore").splitlines()
        self.listed = frozenset(line.strip().lower() for line in lines)

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError for a password on the list."""
        if password.strip().lower() in self.listed:
            raise ValidationError(
                _("This password stands on a list of those that are tried first. Choose another one."),
                code="password_listed",
            )

    def get_help_text(self) -> str:
        """What is asked, for the form."""
        return _("No password that is known to be tried first.")


class ThreeKinds:
    """Small letters, capitals, digits and other signs: three of the four."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError for a password of fewer kinds."""
        if sum(any(map(kind, password)) for kind in KINDS) < FEWEST_KINDS:
            raise ValidationError(self.get_help_text(), code="password_of_too_few_kinds")

    def get_help_text(self) -> str:
        """What is asked, for the form."""
        return _("Three of these four: small letters, capital letters, digits, other signs.")


def has_to_be_changed(user: User, now: datetime) -> bool:
    """Whether the profile of this deployment lets a password grow old, and this one has; unknown age is old. An account
    without a password has none to change.
    """
    if not settings.REGISTRY_PASSWORD_PROFILE or not user.has_usable_password():
        return False
    return not PasswordAge.objects.filter(user=user, changed_at__gt=now - LONGEST_LIFE).exists()
