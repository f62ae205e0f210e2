"""Official notices of stories."""

from datetime import date, datetime

from registry.actions.calendar import enter_year
from registry.actions.notices import read_notice
from registry.models import CalendarYear, User
from tests.town import at

SOURCE = "《关于2027年部分节假日安排的通知》"
NOTICE = """
2027-01-01 元旦
2027-02-05 春节
2027-02-06 春节
2027-02-07 春节
2027-02-08 春节
2027-02-14 上班
2027-02-20 上班 春节
2027-04-05 清明节
2027-05-03 劳动节
2027-06-09 端午节
2027-09-15 中秋节
2027-10-01 国庆节
"""
ANNOUNCED_ON = date(2026, 11, 10)


def enter(
    text: str = NOTICE,
    *,
    year: int = 2027,
    source: str = SOURCE,
    by: User | None = None,
    now: datetime | None = None,
) -> CalendarYear:
    """Enter a year as the administrator would, on the day on which it was announced."""
    return enter_year(year=year, days=read_notice(text), source=source, by=by, now=now or at(ANNOUNCED_ON))
