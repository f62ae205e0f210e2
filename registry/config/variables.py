"""Reading of variables that have a shape of their own, with errors that say what to do."""

import base64
import binascii
from datetime import date
from ipaddress import ip_network
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
MOST_KEYS = 255
KEY_NUMBERS = frozenset(str(number) for number in range(1, MOST_KEYS + 1))
MAKE_KEY = "python3 -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"


def required(env: environ.Env, name: str, purpose: str) -> str:
    """The variable as text. Raises ImproperlyConfigured with its purpose when it is missing or empty."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set: it {purpose}. Set it in the environment of every process of the register."
        )
    return str(value)


def key_of_32_bytes(env: environ.Env, name: str, purpose: str) -> str:
    """The variable as base64 text of 32 bytes. The value never appears in the error."""
    value = required(env, name, purpose)
    _decoded(value, name, purpose)
    return value


def keys_of_32_bytes(env: environ.Env, name: str, purpose: str) -> dict[int, bytes]:
    """The variable as keys by their numbers, the one that seals from now on first: ``2:base64,1:base64``.

    A single key without a number has the number 1. No value appears in the errors.
    """
    parts = [part.strip() for part in required(env, name, purpose).split(",")]
    numbered = [part.partition(":") if ":" in part else ("1", ":", part) for part in parts]
    keys = {int(number): _decoded(key, name, purpose) for number, _, key in numbered if number in KEY_NUMBERS}
    if len(keys) != len(parts) or len(set(keys.values())) != len(parts):
        raise ImproperlyConfigured(
            f"{name} gives a key no number from 1 to {MOST_KEYS}, or a number or a key twice: it {purpose}."
            " Write 2:base64,1:base64, first the key that seals from now on; one key alone needs no number."
        )
    return keys


def days_of_keys(env: environ.Env, name: str) -> dict[int, tuple[date | None, date | None]]:
    """The variable as days by the numbers of keys, ``1:2026-01-01/2028-01-01``: the first day, and the first one after.

    Either day may be missing. Raises ImproperlyConfigured.
    """
    try:
        parts = [part.strip().partition(":") for part in env.list(name, default=[])]
        return {int(number): _from_until(days) for number, _, days in parts}
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Write 1:2026-01-01/2028-01-01,2:2027-07-01/") from None


def _from_until(days: str) -> tuple[date | None, date | None]:
    first, end = days.split("/")
    return (date.fromisoformat(first) if first else None, date.fromisoformat(end) if end else None)


def _decoded(value: str, name: str, purpose: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(
            f"{name} is not {KEY_BYTES} bytes in base64: it {purpose}. Make one with: {MAKE_KEY}"
        )
    return key


def networks(env: environ.Env, name: str) -> list[str]:
    """The variable as networks (CIDR) with commas between. Raises ImproperlyConfigured for one that is none."""
    try:
        return [str(ip_network(each.strip())) for each in env.list(name, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Write networks as 10.1.0.0/16, with commas between.") from None


def broker_address(url: str) -> str:
    """A Redis address as Celery writes it: a socket is ``redis+socket://`` there, ``unix://`` everywhere else."""
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def every(seconds: int, task: str) -> dict[str, Any]:
    """An entry of Celery's schedule: wake ``task`` every ``seconds``, not twice for the same moment."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}
