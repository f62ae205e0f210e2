"""Statements that are sent over and over: planned once in each session, and querysets compiled once in each process."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)

KEY = 7_040_201_960_405
"""Stands for the key while a queryset is compiled; no row has it."""


class Statement:
    """A statement whose text is always the same. Its values have names, `%(name)s`; `binary`: it brings many rows."""

    def __init__(self, text: str, *, binary: bool = False) -> None:
        self._text, self._binary = text, binary

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        """Send it, and return its rows."""
        return send(self._text, values, binary=self._binary)


def send(text: str, values: dict[str, Any] | list[Any], *, binary: bool = False) -> list[tuple[Any, ...]]:
    """Send a statement that returns rows, with its values; of columns that Django converts, nothing is `binary`.

    PostgreSQL keeps its plan for the session, unless sessions are handed on between transactions by a pooler.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    with database.planned_cursor(binary=binary) as cursor:
        session = database.connection
        session.prepare_threshold = 0 if database.keeps_session else None
        try:
            cursor.execute(text, values)
        finally:
            session.prepare_threshold = None
        return list(cursor.fetchall())


class Compiled(Generic[Row]):
    """A queryset by one key that is compiled when it is first asked; afterwards only the key differs.

    Its objects are those that the queryset would give, with the rows that it selects beside them.
    """

    def __init__(self, question: Callable[[int], QuerySet[Row]]) -> None:
        self._question = question
        self._statement = ""

    def __call__(self, key: int) -> list[Row]:
        """The objects that belong to the key. Rows are locked inside a transaction only."""
        if not self._statement:
            self._compile()
        if self._locks and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("rows are locked inside the transaction that changes them")
        rows = send(self._statement, [key if each == KEY else each for each in self._parameters])
        return [self._object(row) for row in self._converted(rows)]

    def _compile(self) -> None:
        query = self._question(KEY).query
        compiler = query.get_compiler(connection.alias)
        statement, self._parameters = compiler.as_sql()
        self._locks = query.select_for_update
        self._compiler, found, select = compiler, compiler.klass_info, compiler.select
        columns = found["select_fields"]
        self._columns = slice(columns[0], columns[-1] + 1)
        self._names = [column.target.attname for column, _sql, _alias in select[self._columns]]
        self._model: type[Row] = found["model"]
        self._beside = get_related_populators(found, select, connection.alias)  # type: ignore[call-arg]  # of Django 6
        self._converters = compiler.get_converters([column for column, _sql, _alias in select])
        self._statement = statement

    def _converted(self, rows: list[tuple[Any, ...]]) -> Any:
        return self._compiler.apply_converters(rows, self._converters) if self._converters else rows

    def _object(self, row: tuple[Any, ...]) -> Row:
        made = self._model.from_db(connection.alias, self._names, row[self._columns])
        for each in self._beside:
            each.populate(row, made)
        return made
