"""Which column of a table is which, in Chinese or English, in any order."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.claims.errors import ClaimsRefused
from registry.rosters.columns import Columns, Vocabulary, find_columns, plain
from registry.rosters.errors import RosterRefused

HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("单据号", "单据编号", "明细号", "流水号", "id", "claim id", "document id"),
        "practitioner": (
            *("人员代码", "人员编码", "医保人员代码", "相关人员代码", "国家医保人员代码", "医保医师代码", "医师代码"),
            *("医保护士代码", "护士代码", "医保药师代码", "药师代码", "practitioner", "practitioner code"),
            "personal code",
        ),
        "institution": (
            *("机构编码", "机构代码", "医药机构编码", "医疗机构编码", "定点医药机构编码", "定点医药机构编号"),
            *("institution", "institution code"),
        ),
        "on": ("服务日期", "诊疗日期", "就诊日期", "费用发生日期", "on", "day", "day of service", "service date"),
        "emergency": ("急诊", "急诊抢救", "是否急诊", "急诊标志", "emergency"),
        "emergency_reason": ("急诊理由", "急诊原因", "急诊抢救理由", "emergency reason", "reason of the emergency"),
        "name": ("姓名", "人员姓名", "name"),
    }
)
"""The columns of a table, each with the headings that it is known by."""

NEEDED = frozenset({"practitioner", "institution", "on"})

CLAIMS = Vocabulary(
    MappingProxyType(
        {plain(heading): (field, None, False) for field, headings in HEADINGS.items() for heading in headings}
    ),
    NEEDED.issubset,
    gettext_lazy(
        "One row has to name at least 人员代码 (personal code), 机构编码 (institution code) and"
        " 服务日期 (day of service)."
    ),
)


def columns_of(first_rows: Sequence[Sequence[str]]) -> Columns | None:
    """The heading row among the first rows, and its columns; None where none names the columns needed.

    Raises ClaimsRefused: 'heading_twice', 'too_many_columns'.
    """
    try:
        return find_columns(first_rows, CLAIMS)
    except RosterRefused as refused:
        raise ClaimsRefused(refused.code, refused.message, field=refused.field) from None


def no_heading() -> ClaimsRefused:
    """The refusal of a table of something else."""
    return ClaimsRefused(
        "no_heading", _("The file has no heading row of claims. %(remedy)s") % {"remedy": CLAIMS.remedy}
    )
