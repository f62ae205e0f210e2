"""Days of offices in the demo: which are worked, when windows close, and calendars that nobody announced yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from registry.actions.calendar import enter_year
from registry.actions.notices import Announced
from registry.desks.demo_data.timeline import FIRST_DAY, at
from registry.ledger.law import policies
from registry.models import CalendarDay, CalendarYear, User
from registry.rules.clocks import NotYetComputable, WorkingCalendar, due_on

_FIXED = (("元旦", 1, 1, 1), ("清明节", 4, 5, 1), ("劳动节", 5, 1, 5), ("国庆节", 10, 1, 7))
"""Holidays by name, month, first day and how many days, for years whose notice this register does not have."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days of the calendar as the demo knows it."""

    calendar: WorkingCalendar

    def until(self, day: date) -> date:
        """The last working day up to `day`, of a year that is known."""
        while not self._works(day):
            day -= timedelta(1)
        return day

    def near(self, day: date) -> date:
        """The last working day up to `day`, or the first one after it where the year would be another one."""
        found = self.until(day)
        return found if found.year == day.year else self.since(day)

    def since(self, day: date) -> date:
        """The first working day from `day` on; in a year that is missing every day is taken."""
        while not self._works(day):
            day += timedelta(1)
        return day

    def after(self, day: date, count: int) -> date:
        """So many working days after `day`."""
        for _ in range(count):
            day = self.since(day + timedelta(1))
        return day

    def before(self, day: date, count: int) -> date:
        """So many working days before `day`."""
        for _ in range(count):
            day = self.until(day - timedelta(1))
        return day

    def window_ends(self, received_on: date) -> date | None:
        """The last day on which an objection is in time; None while a calendar is missing."""
        return self.ends(received_on, policies()["cn-2025"].clock("objection"))

    def ends(self, starts_on: date, working_days: int) -> date | None:
        """The last day of so many working days; None while a calendar is missing."""
        found = due_on(starts_on, working_days, self.calendar)
        return None if isinstance(found, NotYetComputable) else found

    def opened_until(self, told_on: date) -> date | None:
        """The last day on which opening the notice on the portal saves serving it by hand; None as above."""
        return self.ends(told_on, policies()["cn-2025"].clock("unopened"))

    def votes_until(self, drawn_on: date) -> date | None:
        """The last day on which an expert of a panel votes; None as above."""
        return self.ends(drawn_on, policies()["cn-2025"].clock("peer_review"))

    def received_for(self, decided_by: date) -> date:
        """The latest working day of receipt whose window is over before `decided_by`: silence decides by that day."""
        day = self.until(decided_by)
        while (ends := self.window_ends(day)) is None or ends >= decided_by:
            day = self.before(day, 1)
        return day

    def _works(self, day: date) -> bool:
        found = self.calendar.is_working_day(day)
        return True if isinstance(found, NotYetComputable) else found


def announce_missing_years(*, today: date, by: User) -> None:
    """Enter a calendar of the demo's own for each year up to the present one that has none; the next stays unknown."""
    known = set(CalendarYear.objects.values_list("year", flat=True))
    for year in range(FIRST_DAY.year, today.year + 1):
        if year not in known:
            enter_year(
                year=year,
                days=list(_fixed_holidays(year)),
                source=f"演示用工作日历〔{year}〕，并非官方通知",
                by=by,
                now=at(date(year - 1, 11, 12), hour=9),
            )


def _fixed_holidays(year: int) -> Iterator[Announced]:
    for name, month, first, days in _FIXED:
        for number in range(days):
            yield Announced(date(year, month, first + number), CalendarDay.Kind.HOLIDAY, name)
