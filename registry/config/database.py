"""How the register connects to PostgreSQL: as a role that owns no table, except where tables are made."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

ACTING, READING = "registry_app", "registry_reader"
"""Two roles that own no table: who acts knows everything; who reads, as every connection begins, sees nothing until it
is told for whom it asks (``walled``).
"""

IDENTITY = ("USER", "PASSWORD", "HOST", "PORT")


def connection_settings(env: environ.Env) -> dict[str, Any]:
    """Django's settings of the one database, from DATABASE_URL and DATABASE_OWNER_URL.

    The owner's log-in is kept under ``OWNER``; ``as_owner`` changes to it.
    """
    application = _parsed(env, "DATABASE_URL")
    owner = _parsed(env, "DATABASE_OWNER_URL" if "DATABASE_OWNER_URL" in env else "DATABASE_URL")
    return {
        **application,
        "ENGINE": "registry.config.walled",
        "CONN_MAX_AGE": env.int("REGISTRY_DATABASE_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {**application["OPTIONS"], "server_side_binding": True, "assume_role": READING},
        "OWNER": {**{name: owner[name] for name in IDENTITY}, "OPTIONS": owner["OPTIONS"]},
    }


@contextmanager
def as_owner(settings_dict: dict[str, Any]) -> Iterator[None]:
    """Within, new connections log in as the owner of the tables. Close the connection before and after."""
    before = {name: settings_dict[name] for name in (*IDENTITY, "OPTIONS")}
    binding = {"server_side_binding": before["OPTIONS"]["server_side_binding"], "assume_role": None}
    owner = settings_dict["OWNER"]
    settings_dict.update(owner, OPTIONS={**owner["OPTIONS"], **binding})
    try:
        yield
    finally:
        settings_dict.update(before)


def _parsed(env: environ.Env, name: str) -> dict[str, Any]:
    if not env.str(name, default=""):
        raise ImproperlyConfigured(
            f"{name} is not set: the register keeps everything in PostgreSQL. Example: postgres://user:password@host/registry"
        )
    parsed: dict[str, Any] = env.db_url(name)
    if parsed.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            f"{name} names {parsed.get('ENGINE')!r}; the register needs PostgreSQL 15 or newer: postgres://…"
        )
    return {"OPTIONS": {}, **parsed}
