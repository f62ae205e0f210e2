"""Which system holds a key."""

import hmac
from datetime import datetime

from registry.models import ApiKey, keys

_NOBODYS_DIGEST = bytes(32)


def holder(key_text: str, now: datetime) -> ApiKey | None:
    """The key whose text this is, if it holds at `now`; None for a wrong, expired or revoked one.

    Reads the row every time, so that a revocation counts from the next request on. The comparison takes as long for a
    key that nobody has as for one whose secret is wrong.
    """
    prefix = keys.prefix_of(key_text)
    if prefix is None:
        return None
    key = ApiKey.objects.filter(prefix=prefix).first()
    kept = bytes(key.digest) if key else _NOBODYS_DIGEST
    genuine = hmac.compare_digest(kept, keys.digest_of(key_text))
    return key if key and genuine and _holds(key, now) else None


def _holds(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is None and now < key.expires_at
