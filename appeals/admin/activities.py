"""Activities of repair: the list, and the page of each with those who take part."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.contrib.filters.admin import ChoicesRadioFilter, RangeDateFilter

from appeals.models import Activity, Attendance, Course
from appeals.queries.applications import may_see_part, offered_by, parts_in, visible_activities
from appeals.queries.sides import may_enrol, sides_of
from appeals.queries.study import bank_of, has_begun
from registry.actions.files import read_file
from registry.admin import labels
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.moment import today
from registry.admin.roles import has_any, scope
from registry.queries.explain import day
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.scope import Scope

MOST_SHOWN = 300


@admin.register(Activity)
class ActivityAdmin(ListAdmin):
    """What is offered for repair, the newest first."""

    list_display = ("title", "kind", "days", "offered", "open_for")
    list_filter = (("kind", ChoicesRadioFilter), ("starts_on", RangeDateFilter))
    search_fields = ("title",)
    search_help_text = _("Part of the title")
    list_before_template = "appeals/parts/activity_start.html"

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The activities that concern the user."""
        return visible_activities(scope(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the act of offering one, for those who may."""
        may = has_any(request, STAFF_KEEPERS) and bool(sides_of(scope(request)))
        response: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "may_offer": may})
        return response

    @admin.display(description=_("days"))
    def days(self, row: Activity) -> str:
        """The first and the last day."""
        return day(row.starts_on) if row.starts_on == row.ends_on else f"{day(row.starts_on)} – {day(row.ends_on)}"

    @admin.display(description=_("offered by"))
    def offered(self, row: Activity) -> SafeString | str:
        """The agency or the institution."""
        return labels.institution(row.institution) if row.institution else str(row.agency)

    @admin.display(description=_("open for enrolment"), boolean=True)
    def open_for(self, row: Activity) -> bool:
        """Neither closed nor over."""
        return is_open(row)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The activity at a glance."""
        activity, seen = self.found(request, object_id), scope(request)
        parts = parts_in(activity, seen).order_by("-pk")
        taken = activity.attendances.exclude(state=Attendance.State.CANCELLED).count()
        return self.page(
            request,
            "appeals/activity.html",
            title=activity.title,
            crumbs=[(_("Activities"), reverse("admin:appeals_activity_changelist"))],
            activity=activity,
            is_open=is_open(activity),
            taken=taken,
            left=None if activity.places is None else max(0, activity.places - taken),
            parts=parts[:MOST_SHOWN],
            most_shown=MOST_SHOWN,
            may_cancel=may_enrol(activity, seen) and has_any(request, STAFF_KEEPERS),
            may_correct=offered_by(activity, seen) and has_any(request, STAFF_KEEPERS),
            bank=bank_of(activity) if has_test(activity) and offered_by(activity, seen) else None,
            acts=list(acts_on_activity(activity, seen)),
        )


def is_open(activity: Activity) -> bool:
    """Whether people can still enrol today."""
    return activity.closed_at is None and activity.ends_on >= today()


def activity_url(activity: Activity) -> str:
    """The page of an activity."""
    return reverse("admin:appeals_activity_change", args=[activity.pk])


def acts_on_activity(activity: Activity, seen: Scope) -> Iterator[Button]:
    """What the user can do with the activity now."""
    if not seen.roles & STAFF_KEEPERS:
        return
    waiting = activity.attendances.filter(state=Attendance.State.ENROLLED).exists()
    if is_open(activity) and may_enrol(activity, seen):
        yield _button(_("Enrol people"), "group_add", "enrol", activity, main=not waiting)
    if offered_by(activity, seen):
        if waiting and activity.starts_on <= today():
            yield _button(_("Record results"), "fact_check", "record_results", activity, main=True)
        yield from _on_study(activity)
        if activity.closed_at is None:
            yield _button(_("Close to enrolment"), "lock", "close_activity", activity)


def has_test(activity: Activity) -> bool:
    """Whether it is studied with a test."""
    return activity.kind == Activity.Kind.STUDY_WITH_TEST


def _on_study(activity: Activity) -> Iterator[Button]:
    """What is put together for a study on the web, until somebody has begun it."""
    if not has_test(activity) or has_begun(activity):
        return
    yield _button(_("Test on the web"), "quiz", "set_course", activity)
    if Course.objects.filter(activity=activity).exists():
        yield _button(_("Add a lesson"), "menu_book", "add_lesson", activity)
        yield _button(_("Add a question"), "help", "add_question", activity)


def _button(title: Any, icon: str, name: str, activity: Activity, *, main: bool = False) -> Button:
    return Button(title, reverse(f"admin:{name}", args=[activity.pk]), icon, main)


def evidence(site: Any) -> Callable[..., HttpResponse]:
    """The file that proves a part, as an attachment: for the offering side and for who sees the person."""

    @never_cache
    def download(request: HttpRequest, pk: int) -> HttpResponse:
        seen = scope(request)
        part = Attendance.objects.filter(pk=pk).select_related("activity", "evidence").first()
        if part is None or part.evidence is None or not may_see_part(part, seen):
            raise Http404
        response = HttpResponse(read_file(part.evidence), content_type=part.evidence.media_type)
        response["Content-Disposition"] = content_disposition_header(True, part.evidence.name)
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return download
