"""Claims as Parquet, read a batch at a time. The library is an extra of its own: pyarrow."""

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from registry.claims.errors import ClaimsRefused
from registry.claims.headings import columns_of, no_heading
from registry.claims.rows import Unread

BATCH = 4096
MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes of one row group without compression, which is what reading it takes."""

_TEXTS = frozenset({"string", "large_string", "binary"})
LONGEST_VALUE = 2000
"""Bytes of one value; a column of few long values repeated would unpack to anything."""


@dataclass(frozen=True, slots=True)
class Columnar:
    """How a Parquet file is laid out."""

    fields: Mapping[str, str]
    """By the name of the column."""

    texts: tuple[str, ...]
    further: tuple[str, ...]
    rows: int


def columnar_of(file: IO[bytes]) -> Columnar:
    """The layout of the file. Raises ClaimsRefused: 'parquet_not_installed', 'truncated', 'no_heading',
    'row_group_too_large', 'not_claims' for a column of lists or structures.
    """
    opened = _opened(file)
    names = list(opened.schema_arrow.names)
    columns = columns_of([names])
    if columns is None:
        raise no_heading()
    fields = {names[column.index]: column.field for column in columns.columns if column.field}
    _require_flat(opened, list(fields))
    _require_small(opened)
    texts = tuple(name for name in fields if str(opened.schema_arrow.field(name).type) in _TEXTS)
    return Columnar(fields, texts, columns.further, opened.metadata.num_rows)


def rows_of(file: IO[bytes], layout: Columnar) -> Iterator[Unread]:
    """The rows, counted from 1. Raises ClaimsRefused('truncated') where a page does not read."""
    opened, number = _opened(file, read_dictionary=list(layout.texts)), 0
    try:
        for batch in opened.iter_batches(batch_size=BATCH, columns=list(layout.fields), use_threads=False):
            columns = {layout.fields[name]: _values(batch.column(name)) for name in batch.schema.names}
            for index in range(batch.num_rows):
                number += 1
                yield Unread(number, {field: values[index] for field, values in columns.items()})
    except (OSError, ValueError) as error:
        raise _broken(error) from error


def _values(column: Any) -> list[Any]:
    """The values; of repeated ones each is unpacked once, however often it stands there."""
    if not hasattr(column, "dictionary"):
        return [_cell(value) for value in column.to_pylist()]
    once = [_cell(value) for value in column.dictionary.to_pylist()]
    return [None if index is None else once[index] for index in column.indices.to_pylist()]


def _cell(value: Any) -> Any:
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        return value[: LONGEST_VALUE + 1].strip() or None
    return value if isinstance(value, bool | int | float) or hasattr(value, "isoformat") else _text(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:LONGEST_VALUE]


def _opened(file: IO[bytes], **options: Any) -> Any:
    if importlib.util.find_spec("pyarrow") is None:
        raise ClaimsRefused(
            "parquet_not_installed",
            _(
                "Parquet is not read here: the package pyarrow is not installed. Whoever runs the register installs it"
                " (pip install pyarrow, the extra “parquet”); or send the claims as CSV or NDJSON."
            ),
        )
    file.seek(0)
    try:
        return importlib.import_module("pyarrow.parquet").ParquetFile(file, **options)
    except (OSError, ValueError) as error:
        raise _broken(error) from error


def _broken(error: Exception) -> ClaimsRefused:
    reason = " ".join(str(error).split())[:200]
    return ClaimsRefused(
        "truncated", _("The Parquet file cannot be read (%(reason)s). Send it again, whole.") % {"reason": reason}
    )


def _require_flat(opened: Any, names: list[str]) -> None:
    for name in names:
        kind = opened.schema_arrow.field(name).type
        if kind.num_fields or str(kind).startswith("map"):
            raise ClaimsRefused(
                "not_claims",
                _("The column %(name)s holds lists or structures (%(kind)s). Write one value in each row.")
                % {"name": name, "kind": str(kind)[:60]},
            )


def _require_small(opened: Any) -> None:
    meta = opened.metadata
    largest = max((meta.row_group(each).total_byte_size for each in range(meta.num_row_groups)), default=0)
    if largest > MOST_UNPACKED:
        raise ClaimsRefused(
            "row_group_too_large",
            _(
                "A row group of the Parquet file unpacks to %(size)s MB; at most %(most)s MB are read. Write"
                " smaller ones."
            )
            % {"size": largest // 1024**2, "most": MOST_UNPACKED // 1024**2},
        )
