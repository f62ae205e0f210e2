"""Reading of variables that have a shape of their own, with errors that say what to do."""

import base64
import binascii
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
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
    try:
        length = len(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if length != KEY_BYTES:
        raise ImproperlyConfigured(
            f"{name} is not {KEY_BYTES} bytes in base64: it {purpose}. Make one with: {MAKE_KEY}"
        )
    return value


def broker_address(url: str) -> str:
    """A Redis address as Celery writes it: a socket is ``redis+socket://`` there, ``unix://`` everywhere else."""
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def every(seconds: int, task: str) -> dict[str, Any]:
    """An entry of Celery's schedule: wake ``task`` every ``seconds``, not twice for the same moment."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}
