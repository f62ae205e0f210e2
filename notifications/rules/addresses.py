"""Where a letter may go: names of hosts that are names, and addresses that the approval covers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
LONGEST_NAME = 253

GUARDED: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/8",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
            "::/3",
            "4000::/2",
            "8000::/1",
        ),
    )
)
"""Blocks that are nobody's public address: private, of this machine, of the link, reserved, for many, those that only
wrap another address, and all of IPv6 that was given out to nobody yet. An approval reaches into one of them only where
all of it lies inside."""


class MalformedAddress(ValueError):
    """The address of an endpoint is not one that can be approved; the text says why."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where an endpoint listens, over TLS."""

    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as a request names them."""
        return self.host if self.port == 443 else f"{self.host}:{self.port}"


def location(url: str) -> Location:
    """Take apart the address of an endpoint. Raises MalformedAddress for everything but https with the name of a host.

    An address in numbers, in whatever notation, is no name. Neither user, nor query, nor fragment is taken.
    """
    if not url.isascii() or not url.isprintable() or any(each in url for each in " \\?#@"):
        raise MalformedAddress("characters")
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise MalformedAddress("port") from None
    if parts.scheme != "https" or not url.lower().startswith("https://"):
        raise MalformedAddress("scheme")
    host = (parts.hostname or "").lower()
    if not is_name(host):
        raise MalformedAddress("host")
    path = parts.path or "/"
    if not _PATH.fullmatch(path):
        raise MalformedAddress("path")
    return Location(host, port, path)


def is_name(host: str) -> bool:
    """Whether this names a host. What ends in a number would be read as an address by some resolver."""
    labels = host.split(".")
    if len(host) > LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    return not _NUMERIC.fullmatch(labels[-1])


def plain(address: str) -> Address:
    """The address as it will be reached: an IPv4 address in the clothes of IPv6 is an IPv4 address."""
    found = ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def may_connect(address: Address, approved: Sequence[Network], own: Iterable[Network]) -> bool:
    """Whether an endpoint may be reached at the address.

    One of the approved networks must hold it. Where the address lies in a guarded block, or in one of the register's
    `own` networks, that approved network must lie wholly inside the same block: nobody reaches in by a wide approval.
    """
    walls = [block for block in (*GUARDED, *own) if _holds(block, address)]
    return any(_holds(network, address) and all(_lies_in(network, wall) for wall in walls) for network in approved)


def _holds(network: Network, address: Address) -> bool:
    return network.version == address.version and address in network


def _lies_in(network: Network, wall: Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(wall, IPv4Network) and network.subnet_of(wall)
    return isinstance(wall, IPv6Network) and network.subnet_of(wall)
