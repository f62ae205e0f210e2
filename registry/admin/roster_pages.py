"""One import of a roster: its progress, what the check found, its acceptance, and the workbooks to take away."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_GET

from registry.admin import rosters
from registry.admin.moment import now, today
from registry.admin.roles import has_any, scope, user_of
from registry.models import RosterJob, RosterRow
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.rosters import WORKING, percent
from registry.queries.sight import full_sight
from registry.rosters import jobs, waking
from registry.rosters.errors import RosterRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIZE = 50
Outcome = RosterRow.Outcome
TICKABLE = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.DOUBTFUL})


class RosterPage(View):
    """What the check found, by outcome, and the question what to take in."""

    site: Any = None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Progress while a worker has it; then the findings."""
        job = rosters.found_job(request, pk)
        return self.page(request, job)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accept everything, or the rows that were ticked."""
        job = rosters.found_job(request, pk)
        if not has_any(request, STAFF_KEEPERS):
            refused: HttpResponse = self.site.page(request, "registry/forbidden.html", status=403, title=job.filename)
            return refused
        ticked = request.POST.getlist("rows")
        chosen: Any = "all" if request.POST.get("accept") == "all" else _numbers(ticked)
        if not chosen:
            return self.page(request, job, problem=gettext("No row is ticked. Tick the rows to take in."), status=422)
        end_left = bool(request.POST.get("end_left"))
        try:
            with full_sight():
                jobs.accept(job=job, rows=chosen, end_left=end_left, by=user_of(request), now=now())
        except RosterRefused as refusal:
            return self.page(request, job, problem=str(refusal), status=422)
        waking.wake_workers()
        messages.success(request, gettext("The roster is being applied: all of what you accepted, or nothing."))
        return HttpResponseRedirect(reverse("admin:roster", args=[job.pk]))

    def page(self, request: HttpRequest, job: RosterJob, *, status: int = 200, **context: Any) -> HttpResponse:
        """The page of the import in its present state."""
        found = jobs.report(job)
        outcome = _outcome(request, found)
        number = _page_number(request)
        rows = found.rows(outcome, page=number, size=SIZE + 1) if outcome != Outcome.UNCHANGED else []
        response: HttpResponse = self.site.page(
            request,
            "registry/roster.html",
            status=status,
            title=job.filename,
            crumbs=[(_("Rosters"), reverse("admin:registry_rosterjob_changelist"))],
            job=job,
            found=found,
            working=job.state in WORKING,
            percent=percent(job),
            words=words(job),
            tabs=[(value, label, found.counts[value]) for value, label in Outcome.choices],
            outcome=outcome,
            rows=rows[:SIZE],
            tickable=bool(rows) and outcome in TICKABLE,
            page_number=number,
            has_next=len(rows) > SIZE,
            may_accept=job.state == RosterJob.State.CHECKED and has_any(request, STAFF_KEEPERS),
            **context,
        )
        return response


@require_GET
def progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the work is, for the script of the page."""
    job = rosters.found_job(request, pk)
    return JsonResponse({"working": job.state in WORKING, "percent": percent(job), "words": words(job)})


@require_GET
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The same workbook with a column that says what is wrong and what to do."""
    job = RosterJob.objects.get(pk=rosters.found_job(request, pk).pk)
    try:
        content = jobs.error_workbook(job)
    except RosterRefused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:roster", args=[job.pk]))
    stem = job.filename.rsplit(".", 1)[0]
    return workbook(content, gettext("%(name)s - to correct.xlsx") % {"name": stem})


def export_page() -> Callable[..., HttpResponse]:
    """The staff of an institution as a spreadsheet, without document numbers."""

    @require_GET
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        place = scope(request).institutions().filter(pk=pk).first()
        if place is None:
            raise Http404
        return workbook(jobs.export(place, today(), document_numbers=None), f"{place.code}-{today()}.xlsx")

    return view


def words(job: RosterJob) -> str:
    """How far the work is, in words."""
    if not job.total:
        return gettext("Waiting for a worker …")
    return gettext("%(done)s of %(total)s rows") % {"done": job.done, "total": job.total}


def _outcome(request: HttpRequest, found: jobs.Report) -> str:
    asked = request.GET.get("show", "")
    if asked in Outcome.values:
        return asked
    first = [Outcome.WRONG, Outcome.DOUBTFUL, Outcome.NEW, Outcome.CHANGED, Outcome.LEFT]
    return next((outcome.value for outcome in first if found.counts[outcome]), Outcome.UNCHANGED.value)


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1


def _numbers(ticked: list[str]) -> list[int]:
    return [int(number) for number in ticked if number.isdecimal() and len(number) < 10]


def workbook(content: bytes, filename: str) -> HttpResponse:
    """A spreadsheet to take away, kept by nobody on the way."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response["Cache-Control"] = "no-store"
    return response
