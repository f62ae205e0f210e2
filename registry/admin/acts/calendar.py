"""The official notice of a year comes into the calendar, and single days of it are corrected."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.calendar import correct_day, enter_year, preview_correction, preview_year
from registry.actions.notices import Announced, read_notice
from registry.admin.acts.consequence import Consequence, Summary
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.calendar import legend
from registry.admin.fields import day_field, prose_field, radio_field, text_field, whole_field
from registry.admin.moment import today
from registry.admin.months import Month, months_of, weekdays, words_of
from registry.models import CalendarDay, CalendarYear, User
from registry.models.calendar import FESTIVALS, FIRST_YEAR, LONGEST_NAME, LONGEST_SOURCE
from registry.queries.calendar import missing_years
from registry.queries.explain import day as day_words
from registry.queries.roles import ADMINISTRATORS
from registry.queries.scope import Scope
from registry.queries.wording import listed

LINES = 14


def _year_url(year: int) -> str:
    return reverse("admin:registry_calendaryear_change", args=[year])


class NoticeForm(ActForm):
    """The year, the document, and its days as lines of text."""

    year = whole_field(_("Year"), least=FIRST_YEAR, most=9999)
    source = text_field(
        _("Official notice"), most=LONGEST_SOURCE, help_text=_("Title and document number, as on the notice.")
    )
    days = prose_field(
        _("Days"),
        strip=False,  # so that lines have the numbers they have on the screen
        help_text=_("One day a line: “2027-01-01 元旦” for a day off, “2027-02-14 上班” for a make-up working day."),
    )

    def prepare(self) -> None:
        """Room for the lines of a whole year."""
        self.fields["days"].widget.attrs["rows"] = LINES

    def summary(self) -> Iterator[Summary]:
        """The days are shown as months instead."""
        return (item for item in super().summary() if item.label != self.fields["days"].label)


class EnterYear(GuidedAct):
    """Enter the official notice of a year."""

    title = _("Enter a calendar year")
    explains = _(
        "Enter every day off and every make-up working day of the official notice, weekends within a holiday included. "
        "Clocks count by it from then on."
    )
    do = _("Enter the year")
    form_class = NoticeForm
    allowed = ADMINISTRATORS
    template = "registry/enter_year.html"
    months: tuple[Month, ...] = ()

    def find(self, seen: Scope) -> Scope | None:
        """The act has no subject yet; the calendar holds in the whole country."""
        return seen if seen.keeps_the_country else None

    def initial(self) -> dict[str, Any]:
        """The first year that is missing, else the next one."""
        return {"year": next(iter(missing_years(today())), today().year + 1)}

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What the year would look like."""
        found = preview_year(year=data["year"], days=read_notice(data["days"]), source=data["source"], now=self.now)
        self.months = tuple(months_of(data["year"], found.days))
        return Consequence(
            details=[
                (_("Days off"), found.holidays),
                (_("Make-up working days"), found.make_up_days),
                (_("Working days of the year"), found.working_days),
            ],
            warnings=_lacking(found.missing),
        )

    def perform(self, data: dict[str, Any], second: User | None) -> CalendarYear:
        """Enter."""
        days = read_notice(data["days"])
        return enter_year(year=data["year"], days=days, source=data["source"], by=self.user, now=self.now)

    def done(self, outcome: CalendarYear) -> str:
        """What happened."""
        return gettext("The year %(year)s is in the working calendar.") % {"year": outcome.year}

    def next_url(self, outcome: CalendarYear) -> str:
        """To the year."""
        return _year_url(outcome.year)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The list of years."""
        return [(_("Working calendar"), reverse("admin:registry_calendaryear_changelist"))]

    def context(self) -> dict[str, Any]:
        """The months, once they can be shown."""
        return {"months": self.months, "weekdays": weekdays(), "legend": legend()}


class CorrectionForm(ActForm):
    """Which day, what it is, and why it was wrong."""

    day = day_field(_("Day"))
    kind = radio_field(_("What it is"), CalendarDay.Kind.choices)
    name = text_field(
        _("Holiday"), most=LONGEST_NAME, required=False, help_text=_("As the notice writes it. A day off needs one.")
    )
    reason = prose_field(_("Reason"), help_text=_("With the document that says so."))

    def prepare(self) -> None:
        """Only days of the year."""
        year = self.doing.subject.year
        self.fields["day"].widget.attrs.update(min=date(year, 1, 1).isoformat(), max=date(year, 12, 31).isoformat())

    def summary(self) -> Iterator[Summary]:
        """What the day is to be stands already beside what it was."""
        told = {self.fields["kind"].label, self.fields["name"].label}
        return (item for item in super().summary() if item.label not in told)

    def clean_day(self) -> date:
        """The day, if it is one of the year."""
        day: date = self.cleaned_data["day"]
        if day.year != self.doing.subject.year:
            raise ValidationError(
                gettext("%(day)s is no day of %(year)s. Choose one, or open the year that it is of.")
                % {"day": day_words(day), "year": self.doing.subject.year}
            )
        return day


class CorrectDay(GuidedAct):
    """Say what a day of an entered year really is."""

    title = _("Correct a day")
    explains = _("The calendar keeps what the day was before, who changed it and why.")
    do = _("Correct the day")
    form_class = CorrectionForm
    allowed = ADMINISTRATORS

    subject: CalendarYear

    def find(self, seen: Scope) -> CalendarYear | None:
        """The year, for who keeps the whole country."""
        return CalendarYear.objects.filter(pk=self.kwargs["pk"]).first() if seen.keeps_the_country else None

    def preview(self, data: dict[str, Any]) -> Consequence:
        """What the day was and what it would be."""
        found = preview_correction(**data)
        return Consequence(
            details=[
                (_("Until now"), _as_told(found.before, worked=found.worked_before)),
                (_("From now on"), _as_told(found.after, worked=found.worked_after)),
            ],
            warnings=[_("Due days that are computed from now on follow the correction.")]
            if found.worked_before != found.worked_after
            else [],
        )

    def perform(self, data: dict[str, Any], second: User | None) -> CalendarDay:
        """Correct."""
        return correct_day(**data, by=self.user, now=self.now)

    def next_url(self, outcome: CalendarDay) -> str:
        """Back to the year."""
        return _year_url(self.subject.year)

    def crumbs(self) -> list[tuple[Words, str]]:
        """The years, then this one."""
        return [
            (_("Working calendar"), reverse("admin:registry_calendaryear_changelist")),
            (str(self.subject.year), _year_url(self.subject.year)),
        ]


def _lacking(names: tuple[str, ...]) -> list[str]:
    if not names:
        return []
    lacking = listed(FESTIVALS[name] for name in names)
    return [gettext("No day is named %(holidays)s. Is the notice complete?") % {"holidays": lacking}]


def _as_told(each: Announced, *, worked: bool) -> str:
    told = gettext("%(what)s, counted as a working day") if worked else gettext("%(what)s, not counted")
    return told % {"what": words_of(each)}
