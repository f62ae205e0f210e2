"""Which system holds a key, from where, and what it may see."""

import hmac
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from ipaddress import ip_address, ip_network

from registry.models import ApiKey, Assignment, Role, keys
from registry.models.access import role_at
from registry.queries.scope import Scope, scope_of

_NOBODYS_DIGEST = bytes(32)
USED_EVERY = timedelta(minutes=1)
"""How exactly the last use is kept: no more often than this is it written."""


def holder(key_text: str, now: datetime, address: str) -> ApiKey | None:
    """The key whose text this is, if it holds at `now` and is taken from `address`; None for any other.

    Reads the row every time, so that a revocation counts from the next request on. The comparison takes as long for a
    key that nobody has as for one whose secret is wrong.
    """
    prefix = keys.prefix_of(key_text)
    if prefix is None:
        return None
    key = ApiKey.objects.select_related("user", "authority__region", "region").filter(prefix=prefix).first()
    kept = bytes(key.digest) if key else _NOBODYS_DIGEST
    genuine = hmac.compare_digest(kept, keys.digest_of(key_text))
    return key if key and genuine and _holds(key, now) and taken_from(key.networks, address) else None


def note_use(key: ApiKey, now: datetime) -> None:
    """Keep when the key was last used, to the minute."""
    if key.last_used_at is None or now - key.last_used_at >= USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def scope_of_key(key: ApiKey, today: date) -> Scope:
    """What the holder may see: a program what its person may, an authority's system what an officer of it may, the
    register of another region what it is told; nobody for a settlement system, which asks about single services only.
    """
    if key.user is not None:
        return scope_of(key.user, today)
    if key.authority is not None:
        return Scope((Assignment(role=role_at(key.authority), authority=key.authority, starts_on=today),))
    if key.region is not None:
        return Scope((Assignment(role=Role.OTHER_REGION, region=key.region, starts_on=today),))
    return Scope(())


def same_system(key: ApiKey) -> list[int]:
    """The key and those that it took over from, one after the other: all of one system."""
    keys, older = [key.pk], key.replaces_id
    while older is not None and older not in keys:
        keys.append(older)
        older = ApiKey.objects.values_list("replaces_id", flat=True).get(pk=older)
    return keys


def _holds(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is None and now < key.expires_at


def taken_from(networks: Sequence[str], address: str) -> bool:
    """Whether a key for these networks (CIDR; none means any) is taken from the address."""
    if not networks:
        return True
    try:
        asked_from = ip_address(address)
    except ValueError:
        return False
    return any(asked_from in ip_network(network) for network in networks)
