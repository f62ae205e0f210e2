"""The official working calendar is entered year by year, whole, and corrected day by day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.notices import Announced
from registry.actions.requirements import require_choice, required
from registry.actions.turns import take_turns
from registry.ledger.days import shanghai_day
from registry.models import CalendarDay, CalendarYear, User
from registry.models.calendar import FESTIVALS, FIRST_YEAR, LONGEST_NAME, LONGEST_SOURCE
from registry.queries.explain import day as day_words
from registry.rules.clocks import NotYetComputable, WorkingCalendar, is_weekend

Kind = CalendarDay.Kind


@dataclass(frozen=True, slots=True)
class YearPreview:
    """What entering a year would mean: its days in order, how many days are worked, which usual holidays it lacks."""

    days: tuple[Announced, ...]
    holidays: int
    make_up_days: int
    working_days: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayPreview:
    """What a correction would mean: what the day was and will be, and whether it is worked."""

    before: Announced
    after: Announced
    worked_before: bool
    worked_after: bool


def preview_year(*, year: int, days: Sequence[Announced], source: str, now: datetime) -> YearPreview:
    """What `enter_year` would enter. Raises Refused as it would, and writes nothing."""
    source = _checked(year, days, source, now)
    if existing := CalendarYear.objects.filter(year=year).first():
        _require_same(existing, days, source)
    kinds = Counter(each.kind for each in days)
    named = {each.name for each in days}
    return YearPreview(
        days=tuple(sorted(days, key=lambda each: each.day)),
        holidays=kinds[Kind.HOLIDAY],
        make_up_days=kinds[Kind.MAKE_UP],
        working_days=_count_worked(year, days),
        missing=tuple(name for name in FESTIVALS if not any(name in each for each in named)),
    )


def enter_year(*, year: int, days: Sequence[Announced], source: str, by: User | None, now: datetime) -> CalendarYear:
    """Enter the official notice of a year, all of it or nothing; `source` names the notice with its number.

    The same notice twice is the same year. Raises Refused for a year that cannot be announced yet or is entered with
    other days, for a notice without days, and for a day that is outside the year, given twice, a make-up day from
    Monday to Friday, or a holiday without a name.
    """
    source = _checked(year, days, source, now)
    with transaction.atomic():
        take_turns(f"calendar:{year}")
        if existing := CalendarYear.objects.filter(year=year).first():
            _require_same(existing, days, source)
            return existing
        entered = CalendarYear(year=year, source=source, recorded_by=by, recorded_at=now)
        keep(entered, by=by, now=now)
        rows = [CalendarDay(calendar=entered, day=each.day, kind=each.kind, name=each.name) for each in days]
        bulk_create_with_history(rows, CalendarDay, default_user=by, default_date=now)
        return entered


def preview_correction(*, day: date, kind: str, name: str = "", reason: str) -> DayPreview:
    """What `correct_day` would change. Raises Refused as it would, and writes nothing."""
    after = _corrected(day, kind, name, reason)
    present = _present(day)
    _require_difference(present, after)
    before = Announced(day, present.kind, present.name) if present else Announced(day, Kind.ORDINARY)
    return DayPreview(before, after, _worked(before), _worked(after))


def correct_day(*, day: date, kind: str, name: str = "", reason: str, by: User | None, now: datetime) -> CalendarDay:
    """Say what a day of an entered year is; the history keeps what it was, by whom it was changed and why.

    `ordinary` puts a day back to what the week has; no row is ever removed. The same correction twice is the same one.
    Raises Refused for a year that is not entered, a make-up day from Monday to Friday, a holiday without a name, an
    ordinary day that is ordinary already, and without a reason.
    """
    after = _corrected(day, kind, name, reason)
    with transaction.atomic():
        take_turns(f"calendar:{day.year}")
        present = _present(day)
        _require_difference(present, after)
        row = present or CalendarDay(calendar_id=day.year, day=day)
        if (row.kind, row.name) != (after.kind, after.name):
            row.kind, row.name = after.kind, after.name
            keep(row, by=by, now=now, why=reason.strip())
        return row


def _checked(year: int, days: Sequence[Announced], source: str, now: datetime) -> str:
    _require_year(year, now)
    source = " ".join(required(source, field="source").split())
    _require_length(source, LONGEST_SOURCE, field="source")
    if not days:
        raise Refused(
            "notice_without_days",
            _("The notice of %(year)s names no day. Enter every holiday and every make-up day of it.") % {"year": year},
            field="days",
        )
    seen: set[date] = set()
    for each in days:
        _require_in_year(each.day, year)
        _require_once(each.day, seen)
        require_choice("kind", each.kind, (Kind.HOLIDAY, Kind.MAKE_UP))
        _require_sense(each, field="days")
    return source


def _corrected(day: date, kind: str, name: str, reason: str) -> Announced:
    required(reason)
    require_choice("kind", kind, Kind.values)
    after = Announced(day, kind, "" if kind == Kind.ORDINARY else " ".join(name.split()))
    if not CalendarYear.objects.filter(year=day.year).exists():
        raise Refused(
            "calendar_year_missing",
            _("The year %(year)s is not in the calendar, so %(day)s cannot be corrected. Enter the whole year first.")
            % {"year": day.year, "day": day_words(day)},
            field="day",
            value=day,
        )
    _require_sense(after, field="kind")
    return after


def _present(day: date) -> CalendarDay | None:
    return CalendarDay.objects.filter(day=day).first()


def _require_year(year: int, now: datetime) -> None:
    last = shanghai_day(now).year + 1
    if not FIRST_YEAR <= year <= last:
        raise Refused(
            "calendar_year_out_of_range",
            _("The year %(year)s cannot be entered yet or any more: enter a year from %(first)s to %(last)s.")
            % {"year": year, "first": FIRST_YEAR, "last": last},
            field="year",
            value=year,
        )


def _require_in_year(day: date, year: int) -> None:
    if day.year != year:
        raise Refused(
            "calendar_day_outside_year",
            _("The day %(day)s lies outside the year %(year)s. Correct it, or enter it with its own year.")
            % {"day": day_words(day), "year": year},
            field="days",
            value=day,
        )


def _require_once(day: date, seen: set[date]) -> None:
    if day in seen:
        raise Refused(
            "calendar_day_twice",
            _("The day %(day)s is there twice. Leave one line and take the other out.") % {"day": day_words(day)},
            field="days",
            value=day,
        )
    seen.add(day)


def _require_sense(each: Announced, *, field: str) -> None:
    if each.kind == Kind.MAKE_UP and not is_weekend(each.day):
        raise Refused(
            "make_up_day_on_a_weekday",
            _("%(day)s is no Saturday or Sunday and so no make-up day: it is a working day anyway. Check the day.")
            % {"day": day_words(each.day)},
            field=field,
            value=each.day,
        )
    if each.kind == Kind.HOLIDAY and not each.name:
        raise Refused(
            "holiday_without_name",
            _("The holiday on %(day)s has no name. Add it as the notice writes it, such as 春节.")
            % {"day": day_words(each.day)},
            field="name" if field == "kind" else field,
            value=each.day,
        )
    _require_length(each.name, LONGEST_NAME, field="name" if field == "kind" else field)


def _require_length(text: str, most: int, *, field: str) -> None:
    if len(text) > most:
        raise Refused(
            f"{field}_too_long",
            _("“%(text)s…” is too long: at most %(most)s characters fit. Shorten it.")
            % {"text": text[:30], "most": most},
            field=field,
            value=text,
        )


def _require_same(existing: CalendarYear, days: Sequence[Announced], source: str) -> None:
    entered = {(row.day, row.kind, row.name) for row in existing.days.all()}
    if entered != {(each.day, each.kind, each.name) for each in days} or existing.source != source:
        raise Refused(
            "calendar_year_exists",
            _("The year %(year)s is already in the calendar, from %(source)s. Correct single days of it instead.")
            % {"year": existing.year, "source": existing.source},
            field="year",
            value=existing.year,
        )


def _require_difference(present: CalendarDay | None, after: Announced) -> None:
    if present is None and after.kind == Kind.ORDINARY:
        raise Refused(
            "calendar_day_ordinary_already",
            _("%(day)s is already as the week has it; there is nothing to correct. Check the day.")
            % {"day": day_words(after.day)},
            field="day",
            value=after.day,
        )


def _worked(each: Announced) -> bool:
    return each.kind == Kind.MAKE_UP or (each.kind == Kind.ORDINARY and not is_weekend(each.day))


def _count_worked(year: int, days: Sequence[Announced]) -> int:
    announced = WorkingCalendar(
        years=frozenset({year}),
        holidays=frozenset(each.day for each in days if each.kind == Kind.HOLIDAY),
        make_up_days=frozenset(each.day for each in days if each.kind == Kind.MAKE_UP),
    )
    worked = announced.working_days(year)
    assert not isinstance(worked, NotYetComputable)
    return len(worked)
