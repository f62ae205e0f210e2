"""The official working calendar, by which every clock counts: read by everybody, kept by those of the whole country."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.calendar import correct_day, enter_year, preview_year
from registry.actions.notices import Announced
from registry.api.desk import Act, DeskFace, Listing, One, read, refusals
from registry.api.given import Choice, Day, Given, Prose, Text, Whole, several
from registry.api.problems import VALUE_REFUSED, Problem
from registry.api.shapes import ActorRef, Shape, Word, document_of
from registry.api.subjects import one
from registry.models import CalendarDay, CalendarYear
from registry.models.calendar import FIRST_YEAR, LAST_YEAR, LONGEST_NAME, LONGEST_SOURCE
from registry.queries.calendar import calendar, corrections_of, missing_years
from registry.queries.faults import Fault
from registry.queries.roles import ADMINISTRATORS, READERS_OF_REFERENCE
from registry.rules.clocks import NotYetComputable

Kind = CalendarDay.Kind
OF_ANOTHER_YEAR = Fault(
    "day_of_another_year", _("%(value)s lies in another year."), _("Send it to the address of its year.")
)


class CalendarDayShape(Shape):
    """A day that differs from what the week has."""

    day = serializers.DateField()
    kind = Word(Kind.choices)
    name = serializers.CharField(allow_blank=True, help_text="of the holiday, as the notice writes it")


class YearShape(Shape):
    """A year of which the official notice is entered, whole."""

    year = serializers.IntegerField()
    notice = serializers.CharField(source="source")
    recorded_at = serializers.DateTimeField()
    recorded_by = ActorRef(allow_null=True)


class DayCorrectionShape(Shape):
    """What a day was said to be, by whom and why."""

    day = serializers.DateField()
    kind = Word(Kind.choices)
    name = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(source="history_date")
    by = ActorRef(source="history_user", allow_null=True)
    reason = serializers.CharField(source="history_change_reason")


class WholeYearShape(YearShape):
    """A year with its days and what was corrected in them."""

    working_days = serializers.SerializerMethodField()
    days = CalendarDayShape(source="days.all", many=True)
    corrections = serializers.SerializerMethodField()

    def get_working_days(self, row: CalendarYear) -> int:
        """How many days are worked."""
        worked = calendar().working_days(row.year)
        assert not isinstance(worked, NotYetComputable)
        return len(worked)

    @extend_schema_field(DayCorrectionShape(many=True))
    def get_corrections(self, row: CalendarYear) -> list[dict[str, Any]]:
        """The latest first."""
        return [document_of(DayCorrectionShape, each) for each in corrections_of(row)]


class AnnouncedGiven(Given):
    """A day that the notice names."""

    day = Day()
    kind = Choice(choices=[Kind.HOLIDAY.value, Kind.MAKE_UP.value])
    name = Text(default="", allow_blank=True, max_length=LONGEST_NAME, help_text="a holiday needs one")


class YearGiven(Given):
    """The official notice of a year, whole."""

    year = Whole(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    notice = Text(max_length=LONGEST_SOURCE, help_text="title and number of the notice")
    days = several(AnnouncedGiven, min_length=1, max_length=366)


def as_entered(values: dict[str, Any]) -> dict[str, Any]:
    """The notice as the actions take it."""
    days = [Announced(**{**row, "kind": str(row["kind"])}) for row in values["days"]]
    return {"year": values["year"], "source": values["notice"], "days": days}


class Years(Listing, Act):
    """The years of the working calendar; an administrator enters the official notice of one, whole."""

    tag = "law"
    creates = "enter_calendar_year"
    creating = "Enter the official notice of a year, whole."
    key = "year"
    shape = YearShape
    given = YearGiven
    seen_by = READERS_OF_REFERENCE
    done_by = ADMINISTRATORS
    makes = True

    def rows(self) -> QuerySet[CalendarYear]:
        return CalendarYear.objects.select_related("recorded_by")

    def subject(self, **path: Any) -> None:
        self.require_the_country()

    def do(self, subject: Any, values: dict[str, Any]) -> CalendarYear:
        return enter_year(by=self.asker.user, now=self.asker.now, **as_entered(values))


class YearPreviewShape(Shape):
    """What entering a year would mean; nothing is written."""

    holidays = serializers.IntegerField()
    make_up_days = serializers.IntegerField()
    working_days = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField(), help_text="usual holidays that no day is named for")


class PreviewYear(DeskFace):
    """What entering a year would mean. It changes nothing and needs no idempotency key."""

    tag = "law"
    http_method_names = ["post"]
    shape = YearPreviewShape
    given = YearGiven
    seen_by = ADMINISTRATORS

    def post(self, request: Request, **path: Any) -> Response:
        self.require(self.seen_by)
        self.require_the_country()
        values = read(self.given, request.data)
        with refusals(request.data):
            found = preview_year(now=self.asker.now, **as_entered(values))
        return Response(document_of(YearPreviewShape, found))


class MissingYearsShape(Shape):
    """The years that the clocks need today and that nobody entered: what runs into them is not yet computable."""

    years = serializers.ListField(child=serializers.IntegerField())


class MissingYears(One):
    """Which years of the working calendar are wanting."""

    tag = "law"
    shape = MissingYearsShape
    seen_by = READERS_OF_REFERENCE

    def find(self, **path: Any) -> dict[str, Any]:
        return {"years": list(missing_years(self.asker.today))}


class YearView(One):
    """One year: its days, and what was corrected in them."""

    tag = "law"
    shape = WholeYearShape
    seen_by = READERS_OF_REFERENCE

    def find(self, **path: Any) -> CalendarYear:
        return one(CalendarYear.objects.select_related("recorded_by").prefetch_related("days"), **path)


class DayGiven(Given):
    """What a day is, and why: with the document that says so. `ordinary` puts it back to what the week has."""

    day = Day()
    kind = Choice(choices=Kind.values)
    name = Text(default="", allow_blank=True, max_length=LONGEST_NAME)
    reason = Prose(max_length=2000)


class CorrectDay(Act):
    """Correct a day of a year that is entered; the calendar keeps what it was, who changed it and why."""

    tag = "law"
    shape: ClassVar[type[Shape]] = CalendarDayShape
    given = DayGiven
    done_by = ADMINISTRATORS

    def subject(self, **path: Any) -> CalendarYear:
        self.require_the_country()
        return one(CalendarYear.objects.all(), **path)

    def do(self, subject: CalendarYear, values: dict[str, Any]) -> CalendarDay:
        day: date = values["day"]
        if day.year != subject.year:
            raise Problem(VALUE_REFUSED, errors=[OF_ANOTHER_YEAR.of("day", day)])
        return correct_day(by=self.asker.user, now=self.asker.now, **values)
