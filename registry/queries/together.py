"""Rows of several small tables, asked for together: one query where each table would take one of its own."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db.models import F, Model, QuerySet, Value
from django.db.models.functions import JSONObject


class Together:
    """The rows of all the queries, asked for when the first of them is looked at. One query.

    Each row has all columns of its table; tables with columns of bytes are not for this. What a query says of order is
    not heard: the rows come by the order of their model.
    """

    def __init__(self, *asked: QuerySet[Any]) -> None:
        self.asked = asked

    @cached_property
    def found(self) -> list[list[Any]]:
        """The rows of each query, in the order of the queries."""
        first, *others = (_as_json(rows, number) for number, rows in enumerate(self.asked))
        found: list[list[Any]] = [[] for _rows in self.asked]
        for number, columns in first.union(*others, all=True):
            found[number].append(_row(self.asked[number].model, columns))
        return [_ordered(rows) for rows in found]

    def parts(self) -> tuple["Part", ...]:
        """The rows of each query, none of them asked for yet."""
        return tuple(Part(self, number) for number in range(len(self.asked)))


class Part(Collection[Any]):
    """The rows of one of the queries that are asked together."""

    def __init__(self, whole: Together, number: int) -> None:
        self.whole, self.number = whole, number

    @property
    def rows(self) -> Sequence[Any]:
        """The rows, in the order of their model."""
        return self.whole.found[self.number]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, row: object) -> bool:
        return row in self.rows


def _as_json(rows: QuerySet[Any], number: int) -> QuerySet[Any, Any]:
    columns = {field.attname: F(field.attname) for field in rows.model._meta.concrete_fields}
    return rows.order_by().values_list(Value(number), JSONObject(**columns))


def _row(model: type[Model], columns: dict[str, Any]) -> Model:
    fields = model._meta.concrete_fields
    values = [field.to_python(columns[field.attname]) for field in fields]
    return model.from_db("default", [field.attname for field in fields], values)


def _ordered(rows: list[Any]) -> list[Any]:
    for column in reversed(rows[0]._meta.ordering if rows else ()):
        rows.sort(key=lambda row: getattr(row, column))
    return rows
