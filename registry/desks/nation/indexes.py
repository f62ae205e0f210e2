"""Indexes and constraints that are put aside while an empty register is filled, and made again from the whole.

One transaction takes them down, fills and puts them up: nobody ever sees a table without them, and whatever goes wrong,
they stand as before. The tables are locked until the end; nobody works in a register that is still empty.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model

Progress = Callable[[str], None]
EACH = 10
"""So many are made between two lines of progress."""

# Foreign keys come last in the list: they are taken down first, and put up last.
_CONSTRAINTS = """
    SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint AS one
    WHERE conrelid = ANY (%(tables)s::regclass[]) AND contype IN ('u', 'x', 'f')
      AND NOT EXISTS (SELECT FROM pg_constraint AS key WHERE key.contype = 'f' AND key.confrelid = one.conrelid
                      AND key.conindid = one.conindid AND one.contype <> 'f')
    ORDER BY contype = 'f', conname
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, indrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY (%(tables)s::regclass[]) AND NOT indisprimary
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
      AND pg_get_indexdef(indexrelid) NOT LIKE '%%ARRAY[%%' -- a list in a condition would be spelt another way
    ORDER BY indexrelid
"""


@contextmanager
def put_aside(models: Iterable[type[Model]], *, progress: Progress) -> Iterator[None]:
    """Within, these tables have their primary keys and what checks one row, and nothing else. In a transaction of
    their owner.
    """
    tables = {"tables": [model._meta.db_table for model in models]}
    with connection.cursor() as cursor:
        cursor.execute(_CONSTRAINTS, tables)
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, tables)
        indexes = cursor.fetchall()
        for name, table, _definition in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _table, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered that still waits for a check
        for number, (_name, _table, definition) in enumerate(indexes, start=1):
            cursor.execute(definition)
            if number % EACH == 0 or number == len(indexes):
                progress(f"{number} of {len(indexes)} indexes are there")
        for number, (name, table, definition) in enumerate(constraints, start=1):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            if number % EACH == 0 or number == len(constraints):
                progress(f"{number} of {len(constraints)} constraints are there")
