"""What a cell says, whatever the spreadsheet made of it: texts without stray spaces, codes, days, and harmless
text back out.
"""

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import TypeAlias

Cell: TypeAlias = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

EXACT_BELOW = 10**15  # a spreadsheet number has 15 significant digits; what is longer has lost its end
EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
PLAUSIBLE_SERIALS = range(3654, 110_000)  # 1910 to 2201: smaller numbers are years or mistakes
NO_DAY = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "NONE", "NULL", "N/A"})
ENDLESS = frozenset(
    {"长期", "长期有效", "永久", "无固定期限", "无固定", "至今", "OPEN-ENDED", "INDEFINITE", "PERMANENT"}
)
LAST_DAY_OF_SYSTEMS = dt.date(9999, 1, 1)  # some systems write 9999-12-31 for "no end"

_UNUSUAL = re.compile(r"[^\x21-\x7e\u00b7\u3400-\u9fff]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U000323af]) (?=[\u3400-\u9fff\U00020000-\U000323af])")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[0-9]{4,6}")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MADE_HARMLESS = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


class NotReadable(ValueError):
    """A cell that does not say what its column needs; the argument is a problem code of `registry.rosters.problems`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def as_text(cell: Cell) -> str:
    """The cell as text: full-width characters plain, spaces and invisible characters tidied, whole numbers without
    a fraction.

    Raises NotReadable('rounded_number') for a number so long that the spreadsheet has rounded its last digits away.
    """
    if isinstance(cell, str):
        return tidy(cell) if _UNUSUAL.search(cell) or cell[:1] in "'=" else cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number_as_text(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def tidy(text: str) -> str:
    """Text as it is kept: plain width, one kind of space, nothing invisible, no spaces between Chinese characters."""
    text = _without_harmless_mark(text)
    if quoted := _QUOTED_FORMULA.fullmatch(text.strip()):
        text = quoted.group(1)
    text = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH)
    visible = "".join(
        " " if unicodedata.category(c) in ("Zs", "Cc", "Zl", "Zp") else c
        for c in text
        if unicodedata.category(c) != "Cf"
    )
    return _BETWEEN_HAN.sub("", " ".join(visible.split()))


def as_code(cell: Cell) -> str:
    """An identifier: as text, without any spaces or the apostrophe that forces text, in capitals.

    Raises NotReadable: 'rounded_number' (also for 4.30102E+17 in a CSV file), 'not_text' for a date or a fraction.
    """
    if isinstance(cell, float) and not cell.is_integer():
        raise NotReadable("not_text")
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        raise NotReadable("not_text")
    text = as_text(cell).replace(" ", "").lstrip("'`’‘").upper()
    if "E" in text and _SCIENTIFIC.fullmatch(text):
        raise NotReadable("rounded_number")
    return text


def as_day(cell: Cell) -> dt.date | None:
    """The day that a cell states, or None for an empty one: a date, 2025/3/1, 2025-03-01, 2025.3.1, 2025年3月1日,
    20250301, a serial.

    Raises NotReadable('not_a_day'). A day without a year of four digits is refused, because 3/1/25 is read in three
    ways.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, bool | dt.time | dt.timedelta):
        raise NotReadable("not_a_day")
    text = as_text(cell).upper()
    return None if text in NO_DAY else _day_of(text)


def as_last_day(cell: Cell) -> dt.date | None:
    """Like as_day; None also where the cell says that there is no end (长期, 无固定期限, 9999-12-31)."""
    if isinstance(cell, str) and as_text(cell).upper() in ENDLESS:
        return None
    day = as_day(cell)
    return None if day is not None and day >= LAST_DAY_OF_SYSTEMS else day


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula; `tidy` takes the mark off again, so that a round trip changes
    nothing.
    """
    return "'" + text if _DANGEROUS.match(text) else text


def _without_harmless_mark(text: str) -> str:
    return text[1:] if _MADE_HARMLESS.match(text) else text


def _number_as_text(number: float) -> str:
    if abs(number) >= EXACT_BELOW:
        raise NotReadable("rounded_number")
    return str(int(number)) if isinstance(number, int) or number.is_integer() else repr(number)


@lru_cache(maxsize=4096)
def _day_of(text: str) -> dt.date:
    if (match := _DAY.fullmatch(text)) is not None:
        year, month, day = match[1], match[3] or match[5], match[4] or match[6]
    elif (match := _EIGHT_DIGITS.fullmatch(text)) is not None:
        year, month, day = match.groups()
    elif _SERIAL.fullmatch(text) and int(text) in PLAUSIBLE_SERIALS:
        return EXCEL_DAY_ZERO + dt.timedelta(days=int(text))
    else:
        raise NotReadable("not_a_day")
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise NotReadable("not_a_day") from None
