"""Where and how another register is asked."""

from ipaddress import ip_network

from django.conf import settings

from notifications.models import Register
from notifications.rules.addresses import location
from notifications.wire.asking import Elsewhere
from notifications.wire.connecting import Credentials
from registry.models.vault import Vault

KEYS_THERE = "keys at other registers"
"""For what the vault seals."""


def elsewhere(register: Register) -> Elsewhere:
    """The register as asking needs it. Raises SealBroken, ValueError for what cannot be read any more."""
    return Elsewhere(
        where=location(register.url),
        approved=tuple(ip_network(text) for text in register.networks),
        own=tuple(ip_network(text) for text in settings.REGISTRY_OWN_NETWORKS),
        credentials=Credentials(register.issuer),
        key=Vault(register.uuid, KEYS_THERE).unseal(bytes(register.sealed_key)).decode(),
    )
