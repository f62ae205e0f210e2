"""Where e-mails go: one variable with the address of the mail server, or of what stands for one."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from registry.config.variables import required

TIMEOUT = 10
"""Seconds that the mail server has for each line."""


def mail_settings(env: environ.Env, address: str) -> dict[str, Any]:
    """Django's settings of e-mail by EMAIL_URL; none is sent where it is not set.

    Raises ImproperlyConfigured for an address that cannot be read, and where a mail could name neither its sender nor
    the place where the notice is read. The value, in which a password may stand, never appears in the error.
    """
    if not env.str("EMAIL_URL", default=""):
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    try:
        found = dict(env.email("EMAIL_URL"))
    except (ImproperlyConfigured, KeyError, ValueError):
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read: write smtp+tls://user:password@mail.example:587, or consolemail:// for trying."
        ) from None
    if not address:
        raise ImproperlyConfigured(
            "REGISTRY_ADDRESS is not set: e-mails say where a notice is read. Set it, or leave out EMAIL_URL."
        )
    options = found.pop("OPTIONS", {})
    sender = required(env, "REGISTRY_MAIL_FROM", "is the sender of e-mails, which EMAIL_URL asks for")
    return {**found, **options, "EMAIL_TIMEOUT": TIMEOUT, "DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender}
