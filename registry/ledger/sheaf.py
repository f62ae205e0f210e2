"""Rows of several tables that go to the database together, in one statement, with their histories.

What is written is what saving one row after the other would write, simple-history's rows included (a test holds both
against each other); it is one journey instead of one for each row, and either all of it is there or nothing.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models

from registry.ledger.statements import Statement
from registry.models import User


class RowsMissing(Exception):
    """A row that was to be changed is not there, or not in sight."""


class _Part(NamedTuple):
    """What is done with the rows of one table.

    `named`: the rows have their ids already. `changed`: the fields in which they differ from what is there.
    """

    what: str
    model: type[models.Model]
    named: bool = True
    changed: tuple[str, ...] = ()


class Sheaf:
    """Rows are put in, and `write` writes them all. Nothing that is read meanwhile sees them."""

    def __init__(self) -> None:
        self._rows: dict[_Part, list[dict[str, Any]]] = {}
        self._files: dict[_Part, list[int]] = {}
        self._further: list[tuple[str, dict[str, Any]]] = []

    def add(self, row: models.Model) -> None:
        """A new row. One without an id gets one from the database, and is not told."""
        part = _Part("insert", type(row), row.pk is not None)
        self._put(part, _columns(part), row)

    def change(
        self, row: models.Model, changed: Iterable[str] | None, *, by: User | None, now: datetime, why: str = ""
    ) -> None:
        """A locked row that differs in these fields (None: in any); its history gets actor, time and reason."""
        part = _Part("update", type(row), changed=_any(type(row)) if changed is None else tuple(changed))
        values = self._put(part, _columns(part), row)
        values["history_date"], values["history_type"] = now, "~"
        values["history_user_id"], values["history_change_reason"] = by.pk if by else None, why or None

    def replace(self, model: type[models.Model], files: Iterable[int], rows: Iterable[models.Model]) -> None:
        """All rows of a table about these files make room for the new ones."""
        part = _Part("replace", model, named=False)
        assert part not in self._rows, "the rows of a table are replaced once"
        self._rows[part], self._files[part] = [], list(files)
        for row in rows:
            self._put(part, _columns(part), row)

    def also(self, statement: str, **values: Any) -> None:
        """One more statement that changes rows, with names of values that no other one has."""
        self._further.append((statement, values))

    def write(self) -> None:
        """Write everything. Raises what the database refuses, and RowsMissing."""
        parts = tuple(self._rows)
        if not parts:
            assert not self._further, "further statements go with rows"
            return
        values: dict[str, Any] = {}
        for number, part in enumerate(parts):
            values[f"rows_{number}"] = json.dumps(self._rows[part], default=_as_text, ensure_ascii=False)
            if part.what == "replace":
                values[f"files_{number}"] = self._files[part]
        for _text, more in self._further:
            values |= more
        (written,) = _statement(parts, tuple(text for text, _more in self._further))(**values)
        for part, count in zip(parts, written, strict=True):
            if count != len(self._rows[part]):
                raise RowsMissing(f"{count} of {len(self._rows[part])} rows of {part.model.__name__} were written")
        self._rows, self._files, self._further = {}, {}, []

    def _put(self, part: _Part, columns: list[tuple[str, str]], row: models.Model) -> dict[str, Any]:
        known = row.__dict__
        values = {column: known[name] for column, name in columns}
        self._rows.setdefault(part, []).append(values)
        row._state.adding = False
        row._state.db = connection.alias
        return values


@cache
def _columns(part: _Part) -> list[tuple[str, str]]:
    """The columns that are written, each with the name of its attribute."""
    fields = part.model._meta.concrete_fields
    return [(str(field.column), field.attname) for field in fields if part.named or not field.primary_key]


@cache
def _any(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _statement(parts: tuple[_Part, ...], further: tuple[str, ...]) -> Statement:
    made = [each for number, part in enumerate(parts) for each in _MAKING[part.what](part, number)]
    made += [f"also_{number} AS ({statement})" for number, statement in enumerate(further)]
    told = ", ".join(f"(SELECT count(*) FROM to_{number})" for number in range(len(parts)))  # noqa: S608
    return Statement(f"WITH {', '.join(made)} SELECT {told}")


def _insert(part: _Part, number: int) -> list[str]:
    return [f"to_{number} AS ({_inserted(part, number)} RETURNING id)"]


def _update(part: _Part, number: int) -> list[str]:
    table, meta = part.model._meta.db_table, part.model._meta
    columns = [meta.get_field(name).column for name in part.changed]  # type: ignore[union-attr]  # columns of the row
    given = ", ".join(f'"{column}" = r."{column}"' for column in columns)
    update = f"UPDATE {table} AS t SET {given} FROM {_given(table, number)} AS r WHERE t.id = r.id RETURNING t.id"  # noqa: S608
    return [f"to_{number} AS ({update})", *_kept(part.model, number)]


def _kept(model: type[models.Model], number: int) -> list[str]:
    """The rows of its history, for a model that has one."""
    if not hasattr(model, "history"):
        return []
    history = model.history.model
    columns = [f'"{field.column}"' for field in history.tracked_fields]
    names = ", ".join([*columns, "history_date", "history_type", "history_user_id", "history_change_reason"])
    table = history._meta.db_table
    return [f"kept_{number} AS (INSERT INTO {table} ({names}) SELECT {names} FROM {_given(table, number)})"]  # noqa: S608


def _replace(part: _Part, number: int) -> list[str]:
    table = part.model._meta.db_table
    gone = f"gone_{number} AS (DELETE FROM {table} WHERE practitioner_id = ANY (%(files_{number})s) RETURNING 1)"  # noqa: S608
    # who counts those that are gone waits until they are: the new ones find their places free
    after = f", (SELECT count(*) FROM gone_{number}) AS gone"  # noqa: S608
    return [gone, f"to_{number} AS ({_inserted(part, number)}{after} RETURNING id)"]


def _inserted(part: _Part, number: int) -> str:
    table, names = part.model._meta.db_table, ", ".join(_names(part))
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {_given(table, number)} AS r"  # noqa: S608


def _given(table: str, number: int) -> str:
    return f"json_populate_recordset(NULL::{table}, %(rows_{number})s::json)"


def _names(part: _Part) -> list[str]:
    return [f'"{column}"' if column != "id" else "id" for column, _attribute in _columns(part)]


_MAKING = {"insert": _insert, "update": _update, "replace": _replace}


def _as_text(value: Any) -> str:
    """As PostgreSQL reads it from JSON."""
    return "\\x" + bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
