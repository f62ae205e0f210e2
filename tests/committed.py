"""Cleaning up after tests that commit, although the application may not delete and triggers forbid it to everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from registry.config.database import as_owner

TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'django_migrations' ORDER BY 1
"""
COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = ('public.' || quote_ident(%s))::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
STUBBORN_TRIGGERS = """
    SELECT relname, tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE relnamespace = 'public'::regnamespace AND t.tgenabled = 'A' AND NOT t.tgisinternal
"""


@dataclass(frozen=True)
class Furniture:
    """The rows that the migrations left, and how to bring the tables back to them."""

    parameters: dict[str, Any]
    tables: tuple[str, ...]
    kept: dict[str, sql.Composable]

    @classmethod
    def of(cls, connection: BaseDatabaseWrapper) -> "Furniture":
        """Copy what is there now into a schema beside the tables."""
        with as_owner(connection.settings_dict):
            parameters = connection.get_connection_params()
        wanted = ("host", "port", "user", "password", "dbname")
        parameters = {name: parameters[name] for name in wanted if name in parameters}
        with psycopg.connect(**parameters) as owner:
            tables = tuple(name for (name,) in owner.execute(TABLES))
            kept = {table: _columns(owner, table) for table in _filled(owner, tables)}
            owner.execute("CREATE SCHEMA furniture")
            for table in kept:
                owner.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(*_both(table)))
        return cls(parameters, tables, kept)

    def put_back(self) -> None:
        """Empty every table that holds anything, and copy the rows of the migrations back."""
        with psycopg.connect(**self.parameters) as owner:
            filled = sorted({*_filled(owner, self.tables), *self.kept})
            triggers = owner.execute(STUBBORN_TRIGGERS).fetchall()
            _switch(owner, triggers, sql.SQL("DISABLE TRIGGER"))
            owner.execute("SET LOCAL session_replication_role = replica")  # rows refer to each other in any order
            for table in filled:  # few rows: TRUNCATE would make new files of all tables and wait for the disk
                owner.execute(sql.SQL("DELETE FROM {}").format(_public(table)))
            for table, columns in self.kept.items():
                copy, original = _both(table)
                insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}")
                owner.execute(insert.format(original, columns, columns, copy))
            _switch(owner, triggers, sql.SQL("ENABLE ALWAYS TRIGGER"))


def _filled(owner: psycopg.Connection, tables: Iterable[str]) -> list[str]:
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    return [
        name
        for (name,) in owner.execute(sql.SQL(" UNION ALL ").join(one.format(each, _public(each)) for each in tables))
    ]


def _columns(owner: psycopg.Connection, table: str) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(name) for (name,) in owner.execute(COLUMNS, [table]))


def _switch(owner: psycopg.Connection, triggers: Iterable[tuple[Any, ...]], how: sql.SQL) -> None:
    for table, trigger in triggers:
        owner.execute(sql.SQL("ALTER TABLE {} {} {}").format(_public(table), how, sql.Identifier(trigger)))


def _public(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)


def _both(table: str) -> tuple[sql.Identifier, sql.Identifier]:
    return sql.Identifier("furniture", table), _public(table)
