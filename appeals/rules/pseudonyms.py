"""Names that hold for one draw only: they can be compared inside it, and tell nobody who is meant.

A name is HMAC-SHA256 of what it stands for, under a *salt* of 32 bytes that is never published. The numbers of tickets
depend on the names of experts, so whoever could choose the salt after the pool is known could choose the panel: the
salt is made together with the seed, before the pool is frozen.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

SALT_BYTES = 32
_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The names of one draw. The same thing has the same name; two draws have no name in common."""

    salt: bytes

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_BYTES:
            raise ValueError(f"a salt of {len(self.salt)} bytes: it must have {SALT_BYTES}")

    def expert(self, key: object) -> str:
        """The name of an expert."""
        return self._name("expert", key)

    def institution(self, key: object) -> str:
        """The name of an institution."""
        return self._name("institution", key)

    def person(self, key: object) -> str:
        """The name of a practitioner."""
        return self._name("person", key)

    def _name(self, kind: str, key: object) -> str:
        return f"{kind}-{hmac.digest(self.salt, f'{kind}:{key}'.encode(), 'sha256').hex()[:_DIGITS]}"
