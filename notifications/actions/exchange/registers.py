"""Acts on other registers: entered by a national administrator, paused, retired, given other keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.actions.proposed import check_location, check_networks, check_proofs
from notifications.models import Letter, Register
from notifications.queries.exchange.asking import KEYS_THERE
from notifications.rules.procedures import LETTER, REGISTER
from notifications.wire.connecting import Credentials
from notifications.wire.verifying import public_key
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import Acting, Capacity, advance, begin, locked, not_possible_now
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.models import Region, Role, User
from registry.models.keys import prefix_of
from registry.models.vault import Vault
from registry.queries.scope import assignments_of

LONGEST_CODE = 32
MOST_KEYS = 4


def enter_register(
    *,
    code: str,
    region: Region,
    url: str,
    networks: Sequence[str],
    keys: Sequence[str],
    key_there: str,
    issuer: str = "",
    by: User | None,
    now: datetime,
) -> Register:
    """Take letters of another register from now on, and ask it by its API with the key that it issued to us.

    `keys` are its public keys (`whpk_…`), `key_there` our key there (`drk_…`), which is sealed. Raises Refused for who
    does not keep the whole register, for the own code or one that is there already, and for an address, networks, keys
    or a certificate that are none.
    """
    _require_national(by, now)
    check_location(url)
    check_proofs(Credentials(issuer))
    register = Register(
        code=_clean_code(code),
        region=region,
        url=url,
        networks=check_networks(networks),
        issuer=issuer,
        keys=_public_keys(keys),
        entered_at=now,
        entered_by=by,
    )
    register.sealed_key = _sealed(register, key_there)
    with transaction.atomic():
        begin(REGISTER, register, act="enter", acting=_acting(by), now=now)
    return register


def change_keys(
    *, register: Register, keys: Sequence[str], key_there: str = "", by: User | None, now: datetime
) -> Register:
    """Replace the public keys that its letters may be signed with, and, where one is given, our key there."""
    _require_national(by, now)
    with transaction.atomic():
        row = locked(register)
        if row.state == Register.State.RETIRED:
            raise not_possible_now(row)
        row.keys = _public_keys(keys)
        if key_there:
            row.sealed_key = _sealed(row, key_there)
        keep(row, by=by, now=now)
        return row


def pause_register(*, register: Register, by: User | None, reason: str, now: datetime) -> Register:
    """Its letters are kept, and nothing of them is taken over until it is resumed."""
    return _move(register, "pause", by, now, grounds=required(reason))


def resume_register(*, register: Register, by: User | None, now: datetime) -> Register:
    """What was kept meanwhile is taken over."""
    return _move(register, "resume", by, now)


def retire_register(*, register: Register, by: User | None, reason: str, now: datetime) -> Register:
    """Its letters are refused from now on. What was taken over stays."""
    return _move(register, "retire", by, now, grounds=required(reason))


def ask_again(*, letter: Letter, by: User | None, now: datetime) -> Letter:
    """Somebody has looked at a doubtful letter and mended what it was about: what is behind it is asked for again."""
    return _move_letter(letter, "ask_again", by, now, next_at=now, doubt="", doubted="", failures=0)


def set_aside(*, letter: Letter, by: User | None, reason: str, now: datetime) -> Letter:
    """Nothing is taken over from a doubtful letter, for a reason that is kept. A later letter brings the same again."""
    return _move_letter(letter, "set_aside", by, now, grounds=required(reason), settled_at=now)


def _move_letter(
    letter: Letter, act: str, by: User | None, now: datetime, *, grounds: str = "", **changes: Any
) -> Letter:
    _require_national(by, now)
    with transaction.atomic():
        row = locked(letter)
        advance(
            LETTER, row, act, acting=_acting(by), now=now, practitioner=row.practitioner, grounds=grounds, **changes
        )
        return row


def _move(register: Register, act: str, by: User | None, now: datetime, *, grounds: str = "") -> Register:
    _require_national(by, now)
    with transaction.atomic():
        row = locked(register)
        advance(REGISTER, row, act, acting=_acting(by), now=now, grounds=grounds)
        return row


def _acting(by: User | None) -> Acting:
    return Acting(by, Capacity.ADMINISTRATOR)


def _require_national(by: User | None, now: datetime) -> None:
    """`by` None is a command on the machine itself."""
    held = assignments_of(by, shanghai_day(now)) if by else ()
    if by and not any(row.role == Role.ADMINISTRATOR and row.region_id is None for row in held):
        raise Refused(
            "not_a_national_administrator",
            _("Only an administrator of the whole register decides which other registers are believed. Ask one."),
            field="by",
            value=by.get_username(),
        )


def _clean_code(code: str) -> str:
    cleaned = required(code, field="code", most=LONGEST_CODE)
    if cleaned == settings.REGISTRY_REGISTER_ID:
        raise Refused("own_register", _("“%(code)s” is this register itself.") % {"code": cleaned}, field="code")
    if Register.objects.filter(code=cleaned).exists():
        raise Refused(
            "register_known",
            _("“%(code)s” is entered already. Change its keys instead.") % {"code": cleaned},
            field="code",
            value=cleaned,
        )
    return cleaned


def _public_keys(texts: Sequence[str]) -> list[bytes]:
    try:
        found = list(dict.fromkeys(public_key(text.strip()) for text in texts))
    except ValueError as wrong:
        raise Refused(
            "public_key_malformed",
            _("“%(key)s” is no public key. Copy it as the other register shows it: whpk_ and 44 characters.")
            % {"key": str(wrong)[:60]},
            field="keys",
        ) from None
    if not 1 <= len(found) <= MOST_KEYS:
        raise Refused(
            "public_keys_missing",
            _("Give 1 to %(most)s public keys of the other register.") % {"most": MOST_KEYS},
            field="keys",
        )
    return found


def _sealed(register: Register, key_there: str) -> bytes:
    if prefix_of(key_there.strip()) is None:
        raise Refused(
            "key_there_malformed",
            _("This is no key of a register. Copy it as the other register showed it once: drk_ and 52 characters."),
            field="key_there",
        )
    return Vault(register.uuid, KEYS_THERE).seal(key_there.strip().encode())
