"""Staff lists as hospitals make them, for the stories of this folder."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from registry.rules.resident_id import check_character

HEADINGS = [
    *(
        "机构编码",
        "机构名称",
        "医保医师代码",
        "姓名",
        "性别",
        "证件类型",
        "证件号码",
        "人员状态",
        "合同起始日期",
        "合同截止日期",
    ),
    *("执业证书编码", "执业医疗机构", "执业类别", "执业范围", "执业级别", "专业技术职务"),
]
HOSPITAL = "H43010000001"


def resident_id(first_17: str) -> str:
    """A number of the right form from its first 17 digits."""
    return first_17 + check_character(first_17)


WANG = resident_id("43010219800101001")
LI = resident_id("43010219850505002")


def line(code: str = "D430100008001", name: str = "王芳", number: str = WANG, **other: Any) -> list[Any]:
    """One physician's line under HEADINGS; `other` replaces cells by heading."""
    said = {
        "机构编码": HOSPITAL,
        "机构名称": "长沙市第一医院",
        "医保医师代码": code,
        "姓名": name,
        "性别": "男" if int(number[16]) % 2 else "女",
        "证件类型": "居民身份证",
        "证件号码": number,
        "人员状态": "在职",
        "合同起始日期": "2025-01-01",
        "合同截止日期": "2027-12-31",
        "执业证书编码": "110430100" + code[-6:],
        "执业医疗机构": "长沙市第一医院",
        "执业类别": "临床",
        "执业范围": "内科专业",
        "执业级别": "执业医师",
        "专业技术职务": "主治医师",
    }
    return list((said | other).values())


def wang(**other: Any) -> list[Any]:
    return line(**other)


def li(**other: Any) -> list[Any]:
    return line("D430100008002", "李静", LI, **other)


def xlsx(*rows: Sequence[Any], above: Sequence[Sequence[Any]] = (), headings: Sequence[str] = HEADINGS) -> bytes:
    """A workbook with these rows below the headings."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (*above, list(headings), *rows):
        sheet.append(list(row))
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def as_csv(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS, encoding: str = "utf-8") -> bytes:
    """The same as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([list(headings), *rows])
    return text.getvalue().encode(encoding)


def with_sheet_xml(content: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with a piece of its sheet replaced, as programs other than ours would write it."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in packed.infolist():
            data = packed.read(entry)
            out.writestr(entry.filename, data.replace(old, new) if "worksheets/" in entry.filename else data)
    return changed.getvalue()


TODAY = dt.date(2026, 3, 2)
