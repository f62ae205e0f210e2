"""What somebody does at the door."""

import html
import re
import time
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from registry.models import User

PASSWORD = "eine lange Parole für Proben"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN, CODE, FACTOR, OFFICE = "/account/login/", "/account/factor/code/", "/account/factor/", "/admin/"


def knock(client: Client, name: str, password: str = PASSWORD, headers: dict[str, str] | None = None) -> Any:
    """Type name and password."""
    return client.post(LOGIN, {"login": name, "password": password}, headers=headers)


def with_app(user: User) -> User:
    """The user has an authenticator app."""
    TOTP.activate(user, SECRET)
    return user


def code_now(secret: str = SECRET) -> str:
    """What the app shows."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def kept_secret(user: User) -> str:
    """The secret as it is kept."""
    return str(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"])


def opened(kept: str) -> str:
    return str(get_adapter().decrypt(kept))


def is_in(client: Client) -> bool:
    """Whether the office opens."""
    return bool(client.get(OFFICE).status_code == 200)


def words(response: Any) -> str:
    """What a reader reads."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))
