"""How the register connects to PostgreSQL: as a role that owns no table, except where tables are made."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

ACTING, READING, KEEPING = "registry_app", "registry_reader", "registry_backup"
"""Roles that own no table: who acts knows everything; who reads, as every connection begins, sees nothing until it
is told for whom it asks (``walled``); who keeps backups reads every row, past the wall, and writes nothing.
"""

WALLED, POOLED = "registry.config.walled", "registry.config.pooled"
"""How Django connects: straight to PostgreSQL, or through a pooler that hands a session on with each transaction."""

IDENTITY = ("USER", "PASSWORD", "HOST", "PORT")


def connection_settings(env: environ.Env) -> dict[str, Any]:
    """Django's settings of the one database, from DATABASE_URL and DATABASE_OWNER_URL.

    The owner's log-in is kept under ``OWNER``, to which ``as_owner`` changes; that of DATABASE_BACKUP_URL, if there is
    one, under ``KEEPER``; that of DATABASE_DIRECT_URL under ``DIRECT``, where DATABASE_URL leads to a pooler.
    """
    application = _parsed(env, "DATABASE_URL")
    owner = _parsed(env, "DATABASE_OWNER_URL" if "DATABASE_OWNER_URL" in env else "DATABASE_URL")
    keeper = _parsed(env, "DATABASE_BACKUP_URL") if env.str("DATABASE_BACKUP_URL", default="") else None
    direct = _parsed(env, "DATABASE_DIRECT_URL") if env.str("DATABASE_DIRECT_URL", default="") else None
    pooled = env.bool("REGISTRY_DATABASE_POOLED", default=False)
    if pooled and direct is None:
        raise ImproperlyConfigured(
            "REGISTRY_DATABASE_POOLED is set and DATABASE_DIRECT_URL is not: the prepared statements of the settlement"
            " check need PostgreSQL itself, past the pooler. Example: postgres://registry_app:password@db:5432/registry"
        )
    return {
        **application,
        "ENGINE": POOLED if pooled else WALLED,
        "CONN_MAX_AGE": env.int("REGISTRY_DATABASE_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {**application["OPTIONS"], "server_side_binding": True, "assume_role": READING},
        "OWNER": _log_in(owner),
        "KEEPER": _log_in(keeper) if keeper else None,
        "DIRECT": _log_in(direct) if direct else None,
    }


def check_settings(env: environ.Env, primary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Django's settings of the read replica that settlement checks ask (``registry.queries.nearest``), if there is one.

    It is given up after two seconds without an answer, for the primary is there.
    """
    if not env.str("REGISTRY_CHECK_DATABASE_URL", default=""):
        return {}
    replica = _parsed(env, "REGISTRY_CHECK_DATABASE_URL")
    options = {"connect_timeout": 2, "tcp_user_timeout": 2000, **replica["OPTIONS"]}
    ours = {name: primary["OPTIONS"][name] for name in ("server_side_binding", "assume_role")}
    return {"checks": {**primary, **replica, "ENGINE": WALLED, "OPTIONS": {**options, **ours}}}


def _log_in(parsed: dict[str, Any]) -> dict[str, Any]:
    return {**{name: parsed[name] for name in IDENTITY}, "OPTIONS": parsed["OPTIONS"]}


def parameters(settings_dict: dict[str, Any], who: str) -> dict[str, str]:
    """How psycopg and PostgreSQL's own programs log in to this database as ``OWNER``, ``KEEPER`` or
    ``DIRECT``.
    """
    log_in = settings_dict[who]
    named = dict(zip(("user", "password", "host", "port"), (log_in[name] for name in IDENTITY), strict=True))
    given = {**named, **log_in["OPTIONS"], "dbname": settings_dict["NAME"]}
    return {name: str(value) for name, value in given.items() if value}


@contextmanager
def elsewhere(settings_dict: dict[str, Any], there: dict[str, str]) -> Iterator[None]:
    """Within, new connections go to the database that `there` names, as psycopg does. Close the connection before and
    after.
    """
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    before = {name: settings_dict[name] for name in (*names, "OPTIONS")}
    ours = {name: before["OPTIONS"][name] for name in ("server_side_binding", "assume_role")}
    ours["options"] = f"-c role={READING}"  # blind from its beginning, as a pooler would have begun it
    settings_dict.update({name: there.get(word, "") for name, word in names.items()}, OPTIONS=ours)
    try:
        yield
    finally:
        settings_dict.update(before)


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
