"""What a migration may not do to a table that has ten million rows, because everybody would wait while it does.

Looked at is what Django's operations and plain SQL say by themselves; what a function of Python does, nobody can read.
How it is done instead stands in registry/README.md, "Changing large tables".
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.operations.base import Operation

SMALL = {
    "agency", "apikey", "authority", "calendarday", "calendaryear", "course", "endpoint", "endpointkey", "expert",
    "expertplace", "lesson", "question", "region", "register", "statuslist", "subscription",
}  # fmt: skip
"""Models whose tables stay small whatever the number of people, by name; all others grow."""

_STATEMENTS = {
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)": "makes an index without CONCURRENTLY",
    r"\bDROP\s+INDEX\s+(?!CONCURRENTLY)": "drops an index without CONCURRENTLY",
    r"\bADD\s+CONSTRAINT\b(?![^;]*\bNOT\s+VALID\b)(?![^;]*\bUSING\s+INDEX\b)": "adds a constraint without NOT VALID",
    r"\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b": "gives a column another type",
    r"\bALTER\s+(COLUMN\s+)?\S+\s+SET\s+NOT\s+NULL\b": "forbids NULL by looking through the table",
    r"\bADD\s+(COLUMN\s+)?(?!CONSTRAINT)[^;]*\bDEFAULT\s+\w+\s*\(": "adds a column with a default that is computed",
}
_TABLE = re.compile(r"\b(?:registry|appeals|notifications)_(\w+)")


def refused(migration: type[Migration] | Migration) -> list[str]:
    """What the migration may not do, one sentence each."""
    made: set[str] = set()
    found: list[str] = []
    for operation in migration.operations:
        if isinstance(operation, ops.CreateModel):
            made.add(operation.name.lower())
        found.extend(_refused(operation, made | SMALL))
    if migration.atomic and any(map(_is_concurrent, migration.operations)):
        found.append("does something concurrently and is atomic: say atomic = False")
    return found


def _refused(operation: Operation, free: set[str]) -> Iterator[str]:
    if isinstance(operation, ops.SeparateDatabaseAndState):
        for each in operation.database_operations:
            yield from _refused(each, free)
    elif isinstance(operation, ops.RunSQL):
        yield from (fault for sql in _texts(operation.sql) for fault in _refused_sql(sql, free))
    elif _model(operation) not in free:
        yield from _refused_of_model(operation)


def _refused_of_model(operation: Operation) -> Iterator[str]:
    where = _model(operation)
    if isinstance(operation, ops.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        yield f"{where}: makes an index; AddIndexConcurrently lets people write meanwhile"
    elif isinstance(operation, ops.RemoveIndex) and not isinstance(operation, RemoveIndexConcurrently):
        yield f"{where}: drops an index; RemoveIndexConcurrently does not wait with the table locked"
    elif isinstance(operation, ops.AddConstraint) and not isinstance(operation, AddConstraintNotValid):
        yield f"{where}: adds a constraint; AddConstraintNotValid and then ValidateConstraint, or an index before it"
    elif isinstance(operation, ops.AddField):
        yield from (f"{where}.{operation.name}: {fault}" for fault in _refused_field(operation.field))


def _refused_field(field: Any) -> Iterator[str]:
    computed = field.db_default
    if hasattr(computed, "resolve_expression") and not isinstance(computed, models.Value):
        yield "its default is computed for each row, for which the table is written anew"
    if field.unique or field.db_index:
        yield "makes an index with the column; add it without, then AddIndexConcurrently"


def _refused_sql(sql: str, free: set[str]) -> Iterator[str]:
    for statement in re.sub(r"--[^\n]*", "", sql).split(";"):
        tables = set(_TABLE.findall(statement))
        if tables and tables <= free:
            continue
        for pattern, fault in _STATEMENTS.items():
            if re.search(pattern, statement, re.IGNORECASE):
                yield f"SQL: {fault}: {' '.join(statement.split())[:80]}"


def _texts(sql: object) -> Iterator[str]:
    for each in [sql] if isinstance(sql, str) else sql:  # type: ignore[attr-defined]
        yield each if isinstance(each, str) else each[0]


def _model(operation: Operation) -> str:
    return (
        str(getattr(operation, "model_name", None) or getattr(operation, "name", "")).lower().removeprefix("historical")
    )


def _is_concurrent(operation: Operation) -> bool:
    if isinstance(operation, ops.RunSQL):
        return any("CONCURRENTLY" in sql.upper() for sql in _texts(operation.sql))
    return isinstance(operation, AddIndexConcurrently | RemoveIndexConcurrently)
