"""Words for templates: standings, days, and the last day of a period whose first day after is known."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registry.queries import explain, wording

register = template.Library()


@register.filter
def listed(items: list[object]) -> str:
    """Things one after the other."""
    return wording.listed(items)


@register.filter
def unbroken(text: object) -> SafeString:
    """A name, a number or an instant that no line ends within."""
    return format_html('<span class="whole">{}</span>', text)


@register.filter
def status_words(status: str) -> str:
    """The name of a standing."""
    return explain.status_words(status)


@register.filter
def day(value: date | None) -> str:
    """A day as the language writes it; nothing for no day."""
    if isinstance(value, datetime):
        raise TypeError("an instant is not a day; say in which zone")
    return explain.day(value) if value else ""


@register.filter
def to_the_second(at: datetime) -> str:
    """An instant as the language writes it, with its seconds."""
    return date_format(timezone.localtime(at), f"{get_format('DATETIME_FORMAT')}:s")


@register.filter
def last_day(until: date | None) -> str:
    """The last day of a period of which `until` is the first day after."""
    return explain.last_day(until) if until else ""


@register.filter
def headline(standing: object) -> str:
    """A standing as one sentence."""
    return explain.headline(standing)  # type: ignore[arg-type]  # templates are untyped


@register.filter
def announcement(standing: object) -> str:
    """The suspensions of a standing that have not begun."""
    return explain.announcement(standing)  # type: ignore[arg-type]  # templates are untyped


@register.filter
def who(user: Any) -> str:
    """The name of a user in the order of its script, or the user name."""
    return explain.name_of(user)


@register.filter
def words(texts: object) -> str:
    """The Chinese or the English of what has both."""
    return explain.wording(texts)


@register.filter
def days_from(until: date | None, today: date) -> int:
    """How many days are left of a period before its first day after; 0 without one."""
    return max(0, (until - today).days) if until else 0


@register.filter
def numbered(text: str, notes: list[str]) -> int:
    """The number of a note among all of them, from one."""
    return notes.index(text) + 1
