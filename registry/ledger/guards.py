"""The guards that the database itself keeps over the ledger, and whether they still stand."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.models import Model

from registry.ledger.walls import wall_faults

OURS = ("registry", "appeals", "notifications")
"""The applications whose tables are guarded."""

_BEFORE_UPDATE_DELETE_TRUNCATE = 2 | 16 | 8 | 32
"""The kind of trigger in pg_trigger.tgtype: for the whole statement, before UPDATE, DELETE and TRUNCATE."""
_BEFORE_UPDATE_OF_A_ROW = 1 | 2 | 16


def append_only_tables() -> tuple[str, ...]:
    """Tables in which a row, once written, is never altered nor removed, by nobody: triggers see to it."""
    return tuple(model._meta.db_table for model in _models() if getattr(model, "append_only", False))


def resealed_tables() -> tuple[str, ...]:
    """Those among them whose seal, and nothing else, the owner may renew."""
    return tuple(model._meta.db_table for model in _models() if getattr(model, "resealed", False))


def history_tables() -> tuple[str, ...]:
    """The tables with the history of the mutable records: the application may only add to them."""
    return tuple(model._meta.db_table for model in _models() if {"history_id", "history_type"} <= _columns(model))


def guard_faults() -> Iterator[str]:
    """Triggers, privileges, constraints and walls that are missing or switched off."""
    yield from _trigger_faults()
    yield from _privilege_faults()
    yield from _constraint_faults()
    yield from wall_faults(guarded_tables())


def guarded_tables() -> tuple[str, ...]:
    """Every table of our applications, those that only link others among them."""
    linking = [field.m2m_db_table() for model in _models() for field in model._meta.local_many_to_many]
    return (*(model._meta.db_table for model in _models()), *linking)


def _trigger_faults() -> Iterator[str]:
    resealed = resealed_tables()
    guarded = _triggers("is_append_only", _BEFORE_UPDATE_DELETE_TRUNCATE, "registry_refuse_alteration")
    but_resealing = _triggers("is_append_only", _BEFORE_UPDATE_DELETE_TRUNCATE, "registry_refuse_all_but_resealing")
    only_reseals = _triggers("only_reseals", _BEFORE_UPDATE_OF_A_ROW, "registry_refuse_more_than_resealing")
    for table in append_only_tables():
        if table not in (but_resealing if table in resealed else guarded):
            yield f"table {table}: the trigger that keeps it append-only is missing or switched off"
    for table in resealed:
        if table not in only_reseals:
            yield f"table {table}: the trigger that lets only its seal be renewed is missing or switched off"


def _triggers(name: str, kind: int, function: str) -> set[object]:
    """The tables on which the trigger of that name stands, always enabled, of that kind and with that function."""
    found = _rows(
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgname = c.relname || '_' || %s AND t.tgenabled = 'A' AND t.tgtype = %s"
        " AND t.tgfoid::regproc::text = %s",
        [name, kind, function],
    )
    return {table for (table,) in found}


def _privilege_faults() -> Iterator[str]:
    for table in (*append_only_tables(), *history_tables()):
        for privilege in ("UPDATE", "DELETE", "TRUNCATE"):
            if _may(table, privilege):
                yield f"table {table}: the application may {privilege} although nothing here is ever altered"
    for (owned,) in _rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = 'registry_app'"
    ):
        yield f"table {owned}: it belongs to the application, which then could switch off every guard"


def _constraint_faults() -> Iterator[str]:
    standing = {
        name
        for (name,) in _rows(
            "SELECT conname FROM pg_constraint WHERE convalidated UNION SELECT indexname FROM pg_indexes"
        )
    }
    for model in _models():
        for constraint in model._meta.constraints:
            if constraint.name not in standing:
                yield f"table {model._meta.db_table}: the constraint {constraint.name} is missing or not validated"


def _models() -> Iterator[type[Model]]:
    """The models of our applications."""
    for label in OURS:
        yield from apps.get_app_config(label).get_models()


def _may(table: str, privilege: str) -> bool:
    """Whether the application's role may do this, on the whole table or on any column of it."""
    asked = "has_any_column_privilege" if privilege == "UPDATE" else "has_table_privilege"
    return _rows(f"SELECT {asked}('registry_app', %s, %s)", [table, privilege]) == [(True,)]


def _columns(model: type[Model]) -> set[str]:
    return {field.attname for field in model._meta.concrete_fields}


def _rows(query: str, parameters: list[str | int] | None = None) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
