"""Rosters of institutions: uploaded, checked in the background, shown, and applied when somebody accepts them."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter
from unfold.contrib.filters.admin.choice_filters import RadioFilter
from unfold.widgets import UnfoldAdminFileFieldWidget

from registry.actions.errors import Refused
from registry.admin import labels
from registry.admin.acts.guided import ActForm
from registry.admin.acts.subjects import OnInstitution
from registry.admin.base import ListAdmin
from registry.admin.fields import choice_field
from registry.admin.filters import ByInstitution
from registry.admin.roles import has_any, scope
from registry.models import Category, RosterJob, User
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.rosters import visible_jobs, waiting_jobs
from registry.rosters import jobs, waking
from registry.rosters.errors import RosterRefused


def found_job(request: HttpRequest, pk: int) -> RosterJob:
    """The import with this id in the user's scope, or 404."""
    job = visible_jobs(scope(request)).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


class Waiting(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Imports that wait for somebody."""

    title = _("waits for")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """Those only."""
        return [("yes", _("waits for somebody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Not applied, or applied without the doubtful rows."""
        waits = self.value() == "yes"
        return queryset.filter(pk__in=waiting_jobs(scope(request)).values("pk")) if waits else queryset


@admin.register(RosterJob)
class RosterAdmin(ListAdmin):
    """Imports of rosters, newest first."""

    list_display = ("filename", "place", "state_now", "uploaded_at", "uploaded_by")
    list_filter = (Waiting, ("state", ChoicesRadioFilter), ("institution", ByInstitution))
    list_before_template = "registry/parts/roster_start.html"

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The imports in the user's scope."""
        return visible_jobs(scope(request))

    @admin.display(description=_("institution"))
    def place(self, row: RosterJob) -> SafeString:
        """The institution."""
        return labels.institution(row.institution)

    @admin.display(description=_("state"))
    def state_now(self, row: RosterJob) -> SafeString:
        """The state as a label."""
        return format_html('<span class="rg-tag">{}</span>', row.get_state_display())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the institutions for which the user uploads."""
        own = scope(request).places
        context = {**(extra_context or {}), "own_institutions": own, "may_upload": has_any(request, STAFF_KEEPERS)}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the check found, or how far the work is."""
        return HttpResponseRedirect(reverse("admin:roster", args=[self.found(request, object_id).pk]))


class UploadForm(ActForm):
    """The spreadsheet, and whose profession rows have that name none."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        widget=UnfoldAdminFileFieldWidget({"accept": ".xlsx,.csv"}),
        help_text=_("XLSX or CSV as it is. Columns are found by their headings, in any order."),
    )
    category = choice_field(
        _("Category of rows that name none"),
        Category.choices,
        empty=_("none"),
        required=False,
        help_text=_("Only needed when the list has neither a category nor a code column that tells it."),
    )


class UploadRoster(OnInstitution):
    """Put a roster on the list of things to check."""

    title = _("Upload a roster")
    explains = _(
        "First everything is only checked: you see what would be new, changed or wrong before anything is written."
    )
    do = _("Upload and check")
    form_class = UploadForm
    allowed = STAFF_KEEPERS
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> RosterJob:
        """Keep the file and wake a worker."""
        file = data["file"]
        try:
            job = jobs.upload(
                institution=self.subject,
                filename=file.name,
                content=file.read(),
                category=data["category"],
                by=self.user,
                now=self.now,
            )
        except RosterRefused as refusal:
            raise Refused(refusal.code, refusal.message, field="file") from refusal
        waking.wake_workers()
        return job

    def done(self, outcome: RosterJob) -> str:
        """What happens now."""
        return str(_("%(file)s is being checked. Nothing is written yet.") % {"file": outcome.filename})

    def next_url(self, outcome: RosterJob) -> str:
        """To the import."""
        return reverse("admin:roster", args=[outcome.pk])


def views(site: Any) -> list[tuple[str, str, Callable[..., HttpResponseBase]]]:
    """The pages of rosters."""
    from registry.admin import roster_pages

    return [
        ("institutions/<int:pk>/roster/", "upload_roster", UploadRoster.as_view(site=site)),
        ("institutions/<int:pk>/roster/export/", "export_roster", roster_pages.export_page()),
        ("rosters/<int:pk>/", "roster", roster_pages.RosterPage.as_view(site=site)),
        ("rosters/<int:pk>/progress/", "roster_progress", roster_pages.progress),
        ("rosters/<int:pk>/errors/", "roster_errors", roster_pages.errors),
    ]
