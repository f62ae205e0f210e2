"""The official notice as text, one day a line, as somebody types it or as a file has it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.models import CalendarDay

Kind = CalendarDay.Kind

HEADINGS = frozenset({"day", "date", "日期"})
MADE_UP = frozenset({"上班", "调休上班", "补班", "working", "make-up", "make_up"})
FREE = frozenset({"放假", "休", "holiday"})
_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?", re.ASCII)
_BETWEEN_WORDS = re.compile(r"[\s,，;；]+")
LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Announced:
    """A day that the notice names: a public holiday (`name` says which), or a Saturday or Sunday that is worked."""

    day: date
    kind: str
    name: str = ""


def read_notice(text: str) -> list[Announced]:
    """The days of lines such as “2027-01-01 元旦”, “2027-02-14 上班” or “2027-02-14,make_up,春节”.

    Empty lines, a heading and lines that begin with # are passed over. Raises Refused for any other line, with its
    number. What the days mean together is checked by the act that enters them.
    """
    return [_announced(number, line) for number, line in _lines(text)]


def title_of_notice(text: str) -> str:
    """What the first line says after #, where a file names its notice there; else nothing."""
    first = text.lstrip("\ufeff").lstrip().partition("\n")[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#") and _words(stripped)[0].lower() not in HEADINGS:
            yield number, stripped


def _words(line: str) -> list[str]:
    return [word for word in _BETWEEN_WORDS.split(line) if word] or [line]


def _announced(number: int, line: str) -> Announced:
    first, *rest = _words(line)
    day = _day(first)
    if day is None:
        raise Refused(
            "notice_line_without_day",
            _("Line %(number)s, “%(line)s”, does not begin with a day. Write it like “2027-01-01 元旦”.")
            % {"number": number, "line": line[:LONGEST_QUOTE]},
            field="days",
            value=line,
        )
    name = " ".join(word for word in rest if word.lower() not in MADE_UP | FREE)
    worked = any(word.lower() in MADE_UP for word in rest)
    return Announced(day, Kind.MAKE_UP if worked else Kind.HOLIDAY, name)


def _day(word: str) -> date | None:
    shape = _DAY.fullmatch(word)
    try:
        return date(*map(int, shape.groups())) if shape else None
    except ValueError:
        return None
