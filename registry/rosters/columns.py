"""Which column is which: headings in any order, in Chinese or English, below title rows and merged cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models.people import Category
from registry.rosters.errors import RosterRefused

ROWS_ABOVE = 30  # the heading row is looked for among this many rows
MOST_COLUMNS = 200
PROBLEM_HEADING = (
    "导入问题 / Import problems"  # the column that comes back in a workbook of errors; read past on the way in
)

FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "institution_code": (
            "机构编码",
            "机构代码",
            "医药机构编码",
            "医疗机构编码",
            "定点医药机构编码",
            "定点医药机构编号",
            "institution code",
        ),
        "institution_name": (
            "机构名称",
            "医药机构名称",
            "医疗机构名称",
            "定点医药机构名称",
            "institution name",
            "institution",
        ),
        "code": (
            "人员代码",
            "人员编码",
            "医保人员代码",
            "相关人员代码",
            "国家医保人员代码",
            "personal code",
            "practitioner code",
            "code",
        ),
        "name": ("姓名", "人员姓名", "name", "full name"),
        "sex": ("性别", "sex", "gender"),
        "birth_date": ("出生日期", "出生年月日", "date of birth", "birth date"),
        "category": ("人员类别", "人员类型", "staff category"),
        "document_kind": ("证件类型", "证件种类", "身份证件类型", "document type", "document kind", "type of document"),
        "document_number": ("证件号码", "证件号", "身份证件号码", "document number", "number of document"),
        "department": ("科室", "所在科室", "科室名称", "部门", "department"),
        "status": ("人员状态", "状态", "在职状态", "staff status", "status"),
        "contract_from": (
            "合同起始日期",
            "合同开始日期",
            "合同起始时间",
            "contract from",
            "contract start",
            "contract start date",
        ),
        "contract_until": (
            "合同截止日期",
            "合同结束日期",
            "合同终止日期",
            "合同截止时间",
            "contract to",
            "contract until",
            "contract end",
            "contract end date",
        ),
        "certificate": (
            "执业证书编码",
            "执业证书编号",
            "执业证书号",
            "执业证书号码",
            "practising certificate",
            "practicing certificate",
            "certificate number",
        ),
        "practice_institution": (
            "执业医疗机构",
            "执业机构",
            "执业地点",
            "institution of practice",
            "place of practice",
        ),
        "practice_category": ("执业类别", "category", "category of practice", "practice category"),
        "practice_scope": ("执业范围", "scope", "scope of practice", "practice scope"),
        "practice_level": ("执业级别", "level", "level of practice", "practice level"),
        "title": ("专业技术职务", "专业技术职称", "职称", "title", "professional title"),
        "problem": (PROBLEM_HEADING,),
    }
)
RESIDENT_ID_HEADINGS = (
    "身份证号",
    "身份证号码",
    "居民身份证号",
    "居民身份证号码",
    "公民身份号码",
    "resident id",
    "id number",
)
CODES_BY_CATEGORY: Mapping[Category, tuple[str, ...]] = MappingProxyType(
    {
        Category.PHYSICIAN: ("医保医师代码", "医师代码", "医保医师编码", "医师编码", "physician code"),
        Category.NURSE: ("医保护士代码", "护士代码", "医保护士编码", "护士编码", "nurse code"),
        Category.PHARMACIST: ("医保药师代码", "药师代码", "医保药师编码", "药师编码", "pharmacist code"),
        Category.TECHNICIAN: (
            "医保技师代码",
            "技师代码",
            "医技人员代码",
            "医保医技人员代码",
            "医保技师编码",
            "technician code",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds; `field` is None for a column that is kept under its own heading."""

    index: int
    heading: str
    field: str | None
    category: Category | None = None
    resident_id: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one sheet and the place of its heading row (counted from 0 among the rows read)."""

    row: int
    columns: tuple[Column, ...]

    @property
    def given(self) -> frozenset[str]:
        """The fields that the sheet speaks of; it says nothing about the others, so they stay as they are."""
        return frozenset(column.field for column in self.columns if column.field)

    @property
    def further(self) -> tuple[str, ...]:
        """The headings that this register does not know; their cells are kept under them."""
        return tuple(column.heading for column in self.columns if column.field is None)


def plain(heading: str) -> str:
    """The heading as it is compared: small letters, without spaces, underscores, marks of obligation and remarks
    in brackets.
    """
    bare = heading.split("(")[0].split("（")[0] or heading
    return "".join(c for c in bare.casefold() if not c.isspace() and c not in "_*＊:：\"'")


Meaning = tuple[str, Category | None, bool]


def _known() -> dict[str, Meaning]:
    known: dict[str, Meaning] = {}
    for field, headings in FIELDS.items():
        known |= {plain(heading): (field, None, False) for heading in headings}
    for category, headings in CODES_BY_CATEGORY.items():
        known |= {plain(heading): ("code", category, False) for heading in headings}
    return known | {plain(heading): ("document_number", None, True) for heading in RESIDENT_ID_HEADINGS}


KNOWN: Mapping[str, Meaning] = MappingProxyType(_known())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The headings that a kind of file is known by, and which fields make a row of it a heading row."""

    known: Mapping[str, Meaning]
    suffices: Callable[[frozenset[str]], bool]
    remedy: str | Promise


ROSTER = Vocabulary(
    KNOWN,
    lambda given: "name" in given and bool({"code", "document_number"} & given),
    gettext_lazy(
        "One row has to name at least 姓名 (name) and 医保医师代码, 人员代码 (personal code) "
        "or 证件号码 (document number)."
    ),
)


def find_columns(first_rows: Sequence[Sequence[str]], vocabulary: Vocabulary = ROSTER) -> Columns | None:
    """The heading row among the first rows of a sheet, and its columns; None if no row names people.

    Of several candidates the one that names most columns is taken; a cell left empty by merging takes the text above
    it. Raises RosterRefused: 'heading_twice', 'too_many_columns'.
    """
    known = vocabulary.known
    candidates = [_heading(first_rows, row, known) for row in range(min(len(first_rows), ROWS_ABOVE))]
    usable = [found for found in candidates if vocabulary.suffices(found.given)]
    if not usable:
        return None
    best = max(usable, key=lambda found: (len([c for c in found.columns if c.field]), -found.row))
    _check(best)
    return best


def _heading(rows: Sequence[Sequence[str]], row: int, known: Mapping[str, Meaning]) -> Columns:
    above = _headings_above(rows[row - 1] if row else (), known)
    cells = [cell or over for cell, over in zip_longest(rows[row], above, fillvalue="")]
    return Columns(row, tuple(_column(index, heading, known) for index, heading in enumerate(_numbered(cells, known))))


def _numbered(cells: Sequence[str], known: Mapping[str, Meaning]) -> list[str]:
    """Headings that this register does not know may stand twice: the second 备注 is kept as 备注 (2)."""
    seen: dict[str, int] = {}
    named = []
    for cell in cells:
        seen[cell] = seen.get(cell, 0) + 1
        named.append(cell if seen[cell] == 1 or not cell or plain(cell) in known else f"{cell} ({seen[cell]})")
    return named


def _headings_above(above: Sequence[str], known: Mapping[str, Meaning]) -> list[str]:
    """A heading merged over two rows stands in the upper one; a title merged over all columns is no heading."""
    several = sum(map(bool, above)) > 1
    return [cell if several or plain(cell) in known else "" for cell in above]


def _column(index: int, heading: str, known: Mapping[str, Meaning]) -> Column:
    field, category, resident_id = known.get(plain(heading), (None, None, False))
    return Column(index, heading or f"[{letter(index)}]", field, category, resident_id)


def letter(index: int) -> str:
    """The letter by which spreadsheets call a column: 0 is A, 26 is AA."""
    text = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        text, index = chr(65 + rest) + text, index - 1
    return text


def _check(found: Columns) -> None:
    if len(found.columns) > MOST_COLUMNS:
        raise RosterRefused(
            "too_many_columns",
            _(
                "The sheet has {found} columns; at most {most} are read. Delete the columns that do not belong to "
                "the staff list."
            ).format(found=len(found.columns), most=MOST_COLUMNS),
        )
    seen: dict[object, Column] = {}
    for column in found.columns:
        if column.field in (None, "problem"):
            continue
        if (first := seen.setdefault((column.field, column.category), column)) is not column:
            raise RosterRefused(
                "heading_twice",
                _(
                    "The columns {first} and {second} both mean “{heading}”. Keep one of them or rename the other."
                ).format(first=letter(first.index), second=letter(column.index), heading=column.heading),
                field=column.heading,
            )
