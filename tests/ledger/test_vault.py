"""Contents sealed for one row, under several keys while one takes the place of another."""

import hashlib
import hmac
import os
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from registry.models import sealing
from registry.models.sealing import SealBroken
from registry.models.vault import MARK, Vault
from tests.rotating import ADDING, NEW, NEW_ONLY, OLD, OLD_ONLY, ROTATING, use, without_number

OWNER, PURPOSE = UUID(int=7), "files"


@pytest.mark.parametrize("keys", [OLD_ONLY, ADDING, ROTATING])
def test_what_the_old_key_sealed_opens_as_long_as_it_is_there(settings: Any, keys: dict[int, bytes]) -> None:
    use(settings, OLD_ONLY)
    seals = Vault(OWNER, PURPOSE).seal(b"evidence"), without_number(OLD, OWNER, PURPOSE, b"evidence")
    use(settings, keys)
    assert [Vault(OWNER, PURPOSE).unseal(each) for each in seals] == [b"evidence"] * 2


def test_the_first_key_seals_and_its_number_stands_in_the_seal(settings: Any) -> None:
    use(settings, ROTATING)
    sealed = Vault(OWNER, PURPOSE).seal(b"evidence")
    assert sealed[: len(MARK) + 1] == MARK + b"\x02"
    use(settings, NEW_ONLY)
    assert Vault(OWNER, PURPOSE).unseal(sealed) == b"evidence"


def test_nothing_opens_without_its_key(settings: Any) -> None:
    use(settings, OLD_ONLY)
    number = sealing.seal("E1234567", bound_to="one")
    seals = Vault(OWNER, PURPOSE).seal(b"evidence"), without_number(OLD, OWNER, PURPOSE, b"evidence")
    use(settings, NEW_ONLY)
    for sealed in (*seals, b"", MARK + b"\x01" + bytes(40)):
        with pytest.raises(SealBroken):
            Vault(OWNER, PURPOSE).unseal(sealed + bytes(12))
    with pytest.raises(SealBroken):
        sealing.unseal(number, bound_to="one")


@pytest.mark.parametrize("claimed", [1, 2, 3])
def test_an_older_seal_whose_chance_looks_like_a_number_opens_all_the_same(settings: Any, claimed: int) -> None:
    nonce = MARK + bytes([claimed]) + os.urandom(4)
    key = hmac.digest(OLD, PURPOSE.encode(), hashlib.sha256)
    older = nonce + AESGCM(key).encrypt(nonce, b"evidence", OWNER.bytes)
    use(settings, ROTATING)
    assert Vault(OWNER, PURPOSE).unseal(older) == b"evidence"


def test_a_seal_opens_for_no_other_row_and_no_other_purpose(settings: Any) -> None:
    use(settings, ROTATING)
    for sealed in (Vault(OWNER, PURPOSE).seal(b"x"), without_number(NEW, OWNER, PURPOSE, b"x")):
        for other in (Vault(UUID(int=8), PURPOSE), Vault(OWNER, "vote")):
            with pytest.raises(SealBroken):
                other.unseal(sealed)


def test_a_number_is_found_under_every_key_of_the_index_and_written_under_the_first(settings: Any) -> None:
    use(settings, OLD_ONLY)
    before = sealing.blind_index("E1234567")
    use(settings, ROTATING)
    after, also = sealing.blind_indexes("E1234567")
    assert also == before
    assert sealing.blind_index("E1234567") == after
    assert (len(before), after[0], len(after)) == (32, 2, 33)
