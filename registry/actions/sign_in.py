"""Attempts to sign in: counted before anything is checked, so that guessing at once is no better than one by one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from registry.actions.errors import Refused
from registry.models import PasswordAge, Practitioner, SignInAttempt, User

TRIES = 5
"""Attempts on one account, or on its second factor, of which none succeeded."""

REST = timedelta(minutes=15)
"""How long nothing is checked once the attempts are used up, and after which old attempts count no more."""

CHOSEN_BY_THE_HOLDER = 64
"""Bits of an IPv6 address that a subscriber chooses freely."""


class TooManyAttempts(Refused):
    """Nothing was checked; `wait` says from when on it will be again."""

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, -(-wait // timedelta(minutes=1)))
        message = ngettext(
            "Too many attempts. Nothing was checked; try again in %(minutes)d minute.",
            "Too many attempts. Nothing was checked; try again in %(minutes)d minutes.",
            minutes,
        )
        super().__init__("too_many_attempts", message % {"minutes": minutes})
        self.wait = wait


def count_sign_in(*, name: str, address: str, now: datetime) -> None:
    """Count an attempt on the account of that name from that address; call it before looking at the password.

    Raises TooManyAttempts where either has none left, and counts nothing then.
    """
    _count({_name(name): TRIES, _address(address): settings.REGISTRY_SIGN_INS_PER_ADDRESS}, now)


def count_return(*, address: str, now: datetime) -> None:
    """Count that somebody comes back from the provider of identities; call it before the provider is asked anything.

    Raises TooManyAttempts.
    """
    _count({_address(address): settings.REGISTRY_SIGN_INS_PER_ADDRESS}, now)


def count_identified(*, name: str, now: datetime) -> None:
    """Count an attempt on the account of that name by whom the provider sends. Raises TooManyAttempts."""
    _count({_name(name): TRIES}, now)


def sign_in_succeeded(*, name: str, address: str) -> None:
    """The account begins anew; of the address only this attempt is taken back, for others may guess from there."""
    _anew(_name(name), address)


def count_code(*, user: User, now: datetime) -> None:
    """Count an attempt on the user's second factor. Raises TooManyAttempts."""
    _count({_code(user): TRIES}, now)


def code_succeeded(*, user: User) -> None:
    """The second factor begins anew."""
    SignInAttempt.objects.filter(subject=_code(user)).update(tries=0)


def count_access_code(*, personal_code: str, address: str, now: datetime) -> None:
    """Count an attempt with a code on paper for the file of that personal code, whether there is one or not; call it
    before looking at the code. Raises TooManyAttempts.
    """
    file = _digest("access_code", personal_code)
    _count({file: TRIES, _address(address): settings.REGISTRY_SIGN_INS_PER_ADDRESS}, now)


def access_code_succeeded(*, personal_code: str, address: str) -> None:
    """The code was right: the file begins anew, and of the address this attempt is taken back."""
    _anew(_digest("access_code", personal_code), address)


def count_check(*, address: str, now: datetime) -> None:
    """Count that somebody checks from that address whether a paper is genuine; call it before looking at its code.

    Raises TooManyAttempts.
    """
    _count({_address(address, "check"): settings.REGISTRY_SIGN_INS_PER_ADDRESS}, now)


def check_succeeded(*, address: str) -> None:
    """The code was right: this attempt is taken back, for others may guess from there."""
    one_less = Greatest(F("tries") - 1, 0)
    SignInAttempt.objects.filter(subject=_address(address, "check")).update(tries=one_less)


def count_showing(*, by: User, practitioner: Practitioner, now: datetime) -> None:
    """Count that an officer compares what somebody shows with what the file says. Raises TooManyAttempts."""
    _count({_digest("showing", f"{by.pk} {practitioner.pk}"): TRIES}, now)


def password_was_changed(*, user: User, now: datetime) -> None:
    """From now on the password is new."""
    PasswordAge.objects.update_or_create(user=user, defaults={"changed_at": now})


def _count(limits: Mapping[str, int], now: datetime) -> None:
    new = [SignInAttempt(subject=subject, last_at=now) for subject in sorted(limits)]
    with transaction.atomic():
        SignInAttempt.objects.bulk_create(new, ignore_conflicts=True)
        rows = _locked(limits)
        for row in rows:
            rested = now - row.last_at >= REST
            row.tries = 0 if rested else row.tries
            if row.tries >= limits[row.subject]:
                raise TooManyAttempts(row.last_at + REST - now)
        for row in rows:
            row.tries += 1
            row.last_at = now
        SignInAttempt.objects.bulk_update(rows, ["tries", "last_at"])


def _anew(subject: str, address: str) -> None:
    with transaction.atomic():
        found = {row.subject: row for row in _locked([subject, _address(address)])}
        found[subject].tries = 0
        found[_address(address)].tries = max(0, found[_address(address)].tries - 1)
        SignInAttempt.objects.bulk_update(list(found.values()), ["tries"])


def _locked(subjects: Mapping[str, int] | list[str]) -> list[SignInAttempt]:
    rows = SignInAttempt.objects.filter(subject__in=list(subjects)).order_by("subject")
    return list(rows.select_for_update(no_key=True))


def _name(name: str) -> str:
    return _digest("name", name)


def _address(address: str, kind: str = "address") -> str:
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return _digest(kind, str(int(found) >> CHOSEN_BY_THE_HOLDER))
    return _digest(kind, str(getattr(found, "ipv4_mapped", None) or found))


def _code(user: User) -> str:
    return _digest("code", str(user.pk))


def _digest(kind: str, text: str) -> str:
    return salted_hmac(f"registry.sign_in.{kind}", text, algorithm="sha256").hexdigest()
