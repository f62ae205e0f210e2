"""The official working calendar: which years are known and from which document, and the days that differ in them.

A year without a row is not known, and nothing that needs it can be computed. A year with a row is known whole: every
day without a row of its own is as the week has it.
"""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import ExtractYear
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

FIRST_YEAR = 2024
"""The year before the scheme came into force: clocks that run into it begin here."""

LAST_YEAR = 9999
LONGEST_NAME = 60
LONGEST_SOURCE = 300

FESTIVALS: Mapping[str, str | Promise] = {
    "元旦": _("New Year’s Day"),
    "春节": _("Spring Festival"),
    "清明节": _("Tomb-Sweeping Day"),
    "劳动节": _("Labour Day"),
    "端午节": _("Dragon Boat Festival"),
    "中秋节": _("Mid-Autumn Festival"),
    "国庆节": _("National Day"),
}
"""The public holidays of all citizens by their official names; every notice speaks of all of them."""


class CalendarYear(models.Model):
    """A year of which the official notice is entered, whole."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    source = models.CharField(_("official notice"), max_length=LONGEST_SOURCE)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("entered by")
    )
    recorded_at = models.DateTimeField(_("entered at"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("working calendar")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="the_calendar_begins_in_2024"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_calendar_year_names_its_notice"),
        ]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that differs from what the week has, or that a correction put back to what the week has."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        MAKE_UP = "make_up", _("make-up working day")
        ORDINARY = "ordinary", _("as the week has it")

    calendar = models.ForeignKey(CalendarYear, models.PROTECT, related_name="days", verbose_name=_("year"))
    day = models.DateField(pgettext_lazy("of the calendar", "day"), unique=True)
    kind = models.CharField(_("what it is"), max_length=8, choices=Kind)
    name = models.CharField(_("holiday"), max_length=LONGEST_NAME, blank=True)

    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))

    class Meta:
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("days of the calendar")
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(calendar=ExtractYear("day")), name="a_day_of_the_calendar_lies_in_its_year"
            ),
            models.CheckConstraint(
                condition=~Q(kind="make_up") | Q(day__iso_week_day__gte=6),
                name="a_make_up_day_is_a_saturday_or_a_sunday",
            ),
            models.CheckConstraint(condition=~Q(kind="holiday") | ~Q(name=""), name="a_public_holiday_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=["holiday", "make_up", "ordinary"]), name="a_day_is_free_made_up_or_ordinary"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.name}".rstrip()

    @property
    def title(self) -> str:
        """The holiday in the language of the moment; as the notice writes it where there is no other name."""
        return str(FESTIVALS.get(self.name, self.name))
