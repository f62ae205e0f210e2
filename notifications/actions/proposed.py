"""What is asked of an endpoint before it is written down."""

from collections.abc import Sequence
from ipaddress import ip_network
from ssl import SSLError

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.rules.addresses import MalformedAddress, location
from notifications.wire.connecting import Credentials, tls_context
from registry.actions.errors import Refused

MOST_NETWORKS = 32

_WHY: dict[str, str | Promise] = {
    "scheme": _("Notices go over https only."),
    "host": _("Write the name of the host; an address in numbers is not taken."),
    "port": _("The port is a number up to 65535."),
    "path": _("The path has characters that belong into no path."),
    "characters": _("Write https, the name of the host, a port if it is not 443, and a path, and nothing else."),
}


def check_location(url: str) -> None:
    """Raises Refused('endpoint_address_malformed') with what is wrong about the address."""
    try:
        location(url)
    except MalformedAddress as wrong:
        raise Refused("endpoint_address_malformed", _WHY[str(wrong)], field="url", value=url[:200]) from None


def check_networks(networks: Sequence[str]) -> list[str]:
    """The networks as they are written. Raises Refused where there is none, too many, or one that is none."""
    cleaned = [_network(each) for each in networks]
    if not 1 <= len(cleaned) <= MOST_NETWORKS:
        raise Refused(
            "endpoint_networks_missing",
            _("Name 1 to %(most)s networks that the name of the host may lead to.") % {"most": MOST_NETWORKS},
            field="networks",
            value=list(networks)[:MOST_NETWORKS],
        )
    return list(dict.fromkeys(cleaned))


def check_proofs(credentials: Credentials) -> None:
    """Raises Refused for certificates that cannot be read, or a certificate without its key."""
    try:
        tls_context(credentials)
    except (SSLError, ValueError):
        raise Refused(
            "endpoint_certificate_malformed",
            _("The certificates or the key cannot be read. Give them in PEM, our certificate with its own key."),
            field="issuer",
        ) from None


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        words = _("“%(network)s” is no network. Write it as 203.0.113.0/24, or an address alone.") % {
            "network": text[:60]
        }
        raise Refused("endpoint_network_malformed", words, field="networks", value=text[:60]) from None
