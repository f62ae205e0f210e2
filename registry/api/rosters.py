"""Rosters of institutions: handed in, checked in the background, shown, and applied once somebody accepts them."""

import base64
import binascii
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from registry.api.desk import Act, Filter, Listing, One, refusals
from registry.api.downloads import XLSX, Download, whole_file
from registry.api.given import Choice, Faulty, Flag, Given, Text, Whole
from registry.api.shapes import ActorRef, PlaceRef, Shape, Word
from registry.api.subjects import one
from registry.models import Category, Institution, RosterJob, RosterRow
from registry.queries import faults
from registry.queries.faults import Fault
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.rosters import WORKING, percent, visible_jobs
from registry.rosters import jobs, waking
from registry.rosters.reporting import opened
from registry.rosters.workbooks import MOST_BYTES

NOT_BASE64 = Fault("not_base64", _("“%(field)s” is no base64 (RFC 4648)."), _("Encode the bytes of the file."))
MOST_ROWS = 100_000


class Content(serializers.CharField):
    """The bytes of a file in base64."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            raise Faulty(faults.NOT_A_STRING)
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> bytes:  # type: ignore[override]  # it is read as bytes
        try:
            return base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            raise Faulty(NOT_BASE64) from None


class RosterShape(Shape):
    """An import of a roster, from the dry run to its application."""

    id = serializers.UUIDField(source="uuid")
    institution = PlaceRef()
    filename = serializers.CharField()
    category = serializers.CharField(allow_blank=True, help_text="of rows that name none")
    state = Word(RosterJob.State.choices)
    working = serializers.SerializerMethodField()
    done = serializers.IntegerField(help_text="rows")
    total = serializers.IntegerField(help_text="rows")
    percent = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    further = serializers.SerializerMethodField()
    applicable = serializers.SerializerMethodField()
    stale = serializers.BooleanField(help_text="the register changed after the check; these are the new findings")
    problem = serializers.CharField(allow_blank=True, help_text="why it was refused; a stable code")
    problem_text = serializers.CharField(allow_blank=True, help_text="why, and what to do")
    uploaded_at = serializers.DateTimeField()
    uploaded_by = ActorRef(allow_null=True)
    end_left = serializers.BooleanField(help_text="the registrations of those who left end too")
    accepted_at = serializers.DateTimeField(allow_null=True)
    accepted_by = ActorRef(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)

    def get_working(self, row: RosterJob) -> bool:
        """A worker has it; ask again."""
        return row.state in WORKING

    def get_percent(self, row: RosterJob) -> int:
        """How much of the work is done."""
        return percent(row)

    def get_counts(self, row: RosterJob) -> dict[str, int]:
        """Rows by outcome."""
        return jobs.report(row).counts

    def get_further(self, row: RosterJob) -> list[str]:
        """Headings that the register does not know and keeps as they are."""
        return list(jobs.report(row).further)

    def get_applicable(self, row: RosterJob) -> bool:
        """Whether all of it may be accepted at once."""
        return row.state == RosterJob.State.CHECKED and jobs.report(row).applicable


class Rosters(Listing):
    """The imports of rosters of institutions that concern you."""

    tag = "rosters"
    shape = RosterShape
    filters = {
        "institution": Filter(Text(required=False, max_length=12, help_text="its code"), "institution__code"),
        "state": Filter(Choice(choices=RosterJob.State.values, required=False), "state"),
    }

    def rows(self) -> QuerySet[RosterJob]:
        return visible_jobs(self.asker.scope)


class RosterView(One):
    """One import: how far it is, and what the check found."""

    tag = "rosters"
    shape = RosterShape

    def find(self, **path: Any) -> RosterJob:
        return one(visible_jobs(self.asker.scope), uuid=path["roster"])


class RosterGiven(Given):
    """The spreadsheet, XLSX or CSV as it is, and whose profession rows have that name none."""

    filename = Text(max_length=255)
    content = Content(help_text=f"base64; at most {MOST_BYTES // 1024**2} MB when decoded")
    category = Choice(choices=["", *Category.values], default="")


class UploadRoster(Act):
    """Hand in a roster. It is only checked at first: nothing is written before somebody accepts what was found."""

    tag = "rosters"
    shape = RosterShape
    given = RosterGiven
    done_by = STAFF_KEEPERS
    makes = True
    max_body_bytes = MOST_BYTES * 4 // 3 + 64 * 1024

    def subject(self, **path: Any) -> Institution:
        return one(self.asker.scope.institutions(), **path)

    def do(self, subject: Institution, values: dict[str, Any]) -> RosterJob:
        job = jobs.upload(institution=subject, by=self.asker.user, now=self.asker.now, **values)
        transaction.on_commit(waking.wake_workers)
        return job


class FieldChangeShape(Shape):
    """One field that would be another one."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field at run time
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)


class RosterRowShape(Shape):
    """One row of the sheet; without a number, somebody who is registered but missing from it."""

    number = serializers.IntegerField(allow_null=True)
    outcome = Word(RosterRow.Outcome.choices)
    acceptable = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    known = serializers.BooleanField(help_text="the person has a file already")
    registers = serializers.BooleanField(help_text="a registration at this institution would begin")
    changes = FieldChangeShape(many=True)
    problems = serializers.ListField(child=serializers.CharField(), help_text="what is the matter, and what to do")
    codes = serializers.ListField(child=serializers.CharField(), help_text="the stable names of the problems")


class RosterRows(Listing):
    """What the check found, row by row. Rows that are unchanged are counted and not kept."""

    tag = "rosters"
    shape = RosterRowShape
    filters = {"outcome": Filter(Choice(choices=RosterRow.Outcome.values, required=False), "outcome")}

    def rows(self) -> QuerySet[RosterRow]:
        self.job = one(visible_jobs(self.asker.scope), uuid=self.kwargs["roster"])
        return RosterRow.objects.filter(job=self.job)

    def shown(self, row: RosterRow) -> dict[str, Any]:
        (found,) = opened(self.job, [row])
        return super().shown(found)


class AcceptanceGiven(Given):
    """Which rows; without `rows` all of it, which then holds nothing wrong and nothing doubtful."""

    rows = serializers.ListField(
        child=Whole(min_value=1), required=False, allow_null=True, min_length=1, max_length=MOST_ROWS,
        help_text="the numbers of the rows in the sheet",
    )  # fmt: skip
    end_left = Flag(default=False, help_text="end the registrations of those who are missing from the sheet")


class AcceptRoster(Act):
    """Accept what the check found: a worker applies all of what you accept, or nothing.

    Where the register changed meanwhile nothing is applied; the import is `checked` again, with new findings.
    """

    tag = "rosters"
    shape: ClassVar[type[Shape]] = RosterShape
    subject_shape = RosterShape
    given = AcceptanceGiven
    done_by = STAFF_KEEPERS
    max_body_bytes = 1024 * 1024

    def subject(self, **path: Any) -> RosterJob:
        return one(visible_jobs(self.asker.scope), uuid=path["roster"])

    def do(self, subject: RosterJob, values: dict[str, Any]) -> RosterJob:
        numbers, end_left = values.get("rows"), values["end_left"]
        chosen: Any = "all" if numbers is None else numbers
        job = jobs.accept(job=subject, rows=chosen, end_left=end_left, by=self.asker.user, now=self.asker.now)
        transaction.on_commit(waking.wake_workers)
        return job


class RosterReport(Download):
    """The sheet that was handed in, with a first column that says what is wrong and what to do."""

    tag = "rosters"
    downloads = (XLSX,)
    refuses = True

    def get(self, request: Request, **path: Any) -> HttpResponse:
        self.require(self.seen_by)
        found = one(visible_jobs(self.asker.scope), uuid=path["roster"])
        job = RosterJob.objects.get(pk=found.pk)
        with refusals({}):
            content = jobs.error_workbook(job)
        stem = job.filename.rsplit(".", 1)[0]
        return whole_file(content, XLSX, gettext("%(name)s - to correct.xlsx") % {"name": stem})
