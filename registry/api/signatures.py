"""The second person: signs, under a key of their own, the very request that the first one then sends.

A signature holds for one address and one body, for a quarter of an hour, and says who gave it.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core import signing
from rest_framework.request import Request

from registry.api.asking import Asker
from registry.api.problems import SECOND_REFUSED, Problem
from registry.models import User

HOLDS = timedelta(minutes=15)
HEADER = "Second-Signature"
_SALT = "registry.second-signature"


def digest_of(address: str, body: Any) -> bytes:
    """SHA-256 of what is asked for: the address and the content of the body, however it is spaced or ordered."""
    content = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{address}\n{content}".encode()).digest()


def sign(user: User, address: str, body: Any) -> str:
    """The signature of the user under a request."""
    return signing.dumps({"user": user.pk, "digest": digest_of(address, body).hex()}, salt=_SALT)


def second_of(request: Request, asker: Asker, *, may: Callable[[User], bool]) -> User | None:
    """Who signed the request as the second; None where nobody did. Raises Problem for a signature that is not good."""
    given = request.headers.get(HEADER, "")
    if not given:
        return None
    try:
        said = signing.loads(given, salt=_SALT, max_age=HOLDS)
    except signing.BadSignature:
        raise Problem(SECOND_REFUSED) from None
    officer = User.objects.filter(pk=said["user"], is_active=True).first()
    same = said["digest"] == digest_of(request.path, request.data).hex()
    if officer is None or not same or officer.pk == asker.user.pk or not may(officer):
        raise Problem(SECOND_REFUSED)
    return officer
