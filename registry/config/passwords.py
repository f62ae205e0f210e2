"""Which passwords are taken: Django's validators, a larger list where one is named, and the profile of a deployment."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

VALIDATION = "django.contrib.auth.password_validation."
OURS = "registry.pages.sign_in.passwords."
PROFILES = ("", "mlps3")


def password_validators(profile: str, list_of_passwords: str) -> list[dict[str, Any]]:
    """Django's setting. Raises ImproperlyConfigured for an unknown profile and for a list that is not there."""
    if profile not in PROFILES:
        raise ImproperlyConfigured(
            f"REGISTRY_PASSWORD_PROFILE is {profile!r}; there is only 'mlps3', or leave it empty."
        )
    if list_of_passwords and not Path(list_of_passwords).is_file():
        raise ImproperlyConfigured(f"REGISTRY_PASSWORD_LIST names {list_of_passwords!r}, which is no file.")
    found: list[dict[str, Any]] = [
        {"NAME": f"{VALIDATION}UserAttributeSimilarityValidator"},
        {"NAME": f"{OURS}LongEnough", "OPTIONS": {"min_length": 12}},
        {"NAME": f"{VALIDATION}CommonPasswordValidator"},
        {"NAME": f"{OURS}RemembersTheDay"},
    ]
    if list_of_passwords:
        found.append({"NAME": f"{OURS}ListedPasswords", "OPTIONS": {"path": list_of_passwords}})
    if profile == "mlps3":
        found.append({"NAME": f"{OURS}ThreeKinds"})
    return found
