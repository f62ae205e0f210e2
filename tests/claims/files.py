"""Files of claims in each kind, from the same rows, and results read back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

CHINESE = {
    "id": "单据号",
    "practitioner": "人员代码",
    "institution": "机构编码",
    "on": "服务日期",
    "emergency": "急诊",
    "emergency_reason": "急诊理由",
    "name": "姓名",
}
Service = Mapping[str, Any]


def as_csv(
    rows: Iterable[Service],
    *,
    encoding: str = "utf-8-sig",
    headings: Mapping[str, str] = CHINESE,
    delimiter: str = ",",
    end: str = "\r\n",
) -> bytes:
    """As a spreadsheet writes it."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end)
    writer.writerow(headings.values())
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in headings])
    return written.getvalue().encode(encoding)


def as_ndjson(rows: Iterable[Service]) -> bytes:
    """As a program writes it."""
    return b"".join(json.dumps(dict(row), ensure_ascii=False).encode() + b"\n" for row in rows)


def as_parquet(rows: Sequence[Service], *, group: int = 7) -> bytes:
    """As an analyst writes it, in small row groups."""
    columns = {name: [row.get(name) for row in rows] for name in CHINESE}
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written, row_group_size=group)
    return written.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def told(result: bytes) -> list[dict[str, Any]]:
    """The lines of a result, whichever kind it is, as far as both kinds say the same."""
    text = result.decode("utf-8-sig")
    if not text.startswith(("行号", "row,")):
        return [_plain(json.loads(line)) for line in text.splitlines()]
    return [_of_csv(row) for row in csv.DictReader(io.StringIO(text))]


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    source = line["before"] if line["outcome"] == "becomes_payable" else line
    codes = [each["code"] for each in source.get("reasons") or line.get("errors", [])]
    return {"row": line["row"], "id": line.get("id"), "outcome": line["outcome"], "codes": codes}


def _of_csv(row: Mapping[str, str]) -> dict[str, Any]:
    """In Chinese or in English, by the place of the column."""
    cells = list(row.values())
    return {"row": int(cells[0]), "id": cells[1] or None, "outcome": cells[6], "codes": cells[9].split()}
