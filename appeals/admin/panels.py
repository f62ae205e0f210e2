"""Panels: the list, the draw that anybody can repeat, the seats, and the votes once all are in."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter, RangeDateFilter

from appeals.admin.subjects import objection_url
from appeals.models import Evidence, Panel, Seat, Specialty
from appeals.queries.anonymous import file_of
from appeals.queries.panels import REASONS, Lot, draw_json, judged, lots_of
from appeals.queries.visible import panels_in
from registry.admin import extensions
from registry.admin.acts.buttons import Button
from registry.admin.base import ListAdmin
from registry.admin.roles import has_any, scope, user_of
from registry.models import ProcedureStep, Task
from registry.queries.roles import POOL_READERS

STEPS: Mapping[str, str | Promise] = {
    "commit": _("Seed committed"),
    "draw": _("Drawn"),
    "seat": _("A reserve was seated"),
    "conclude": _("Concluded"),
    "fail": _("Failed"),
    "cancel": _("Cancelled"),
}
RESERVES: Mapping[str, str | Promise] = {
    "waiting": _("waits"),
    "seated": _("seated"),
    "passed_over": _("passed over"),
}


@admin.register(Panel)
class PanelAdmin(ListAdmin):
    """Panels of the objections that concern the user."""

    seen_by = POOL_READERS
    list_display = ("against", "subject", "state", "voted", "committed_at", "concluded_at")
    list_filter = (("state", ChoicesRadioFilter), ("committed_at", RangeDateFilter))
    search_fields = ("objection__number",)
    search_help_text = _("Number of the objection")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many have voted."""
        voted = Count("seats", filter=Q(seats__state=Seat.State.VOTED))
        return panels_in(scope(request)).select_related("committed_by", "drawn_by").annotate(votes_in=voted)

    @admin.display(description=_("objection"))
    def against(self, row: Panel) -> str:
        """The number of the objection that it judges."""
        return row.objection.number

    @admin.display(description=_("specialty"))
    def subject(self, row: Panel) -> str:
        """In words."""
        return str(Specialty(row.specialty).label)

    @admin.display(description=_("votes in"))
    def voted(self, row: Any) -> str:
        """How many of how many."""
        return f"{row.votes_in}/{row.size}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The panel from its commitment to its votes."""
        panel = self.found(request, object_id)
        drawn, excluded = lots_of(panel)
        return self.page(
            request,
            "appeals/panel.html",
            title=gettext("Panel on %(number)s") % {"number": panel.objection.number},
            crumbs=[(_("Panels"), reverse("admin:appeals_panel_changelist"))],
            panel=panel,
            specialty=Specialty(panel.specialty).label,
            objection_url=objection_url(panel.objection),
            acts=acts_on_panel(request, panel),
            seats=seats_of_panel(panel),
            drawn=[(lot, _fate(panel, lot)) for lot in drawn],
            excluded=excluded,
            judged=judged(panel),
            evidence=Evidence.objects.filter(point__in=panel.points.all())
            .select_related("point", "file", "shown")
            .defer("file__sealed", "shown__sealed"),
            may_release=_may_release(request, panel),
            steps=[
                (step, STEPS.get(step.act, step.act))
                for step in ProcedureStep.objects.filter(subject=panel.uuid).select_related("actor").order_by("pk")
            ],
        )


def acts_on_panel(request: HttpRequest, panel: Panel) -> list[Button]:
    """What can be done in the state of the panel, by whom it may be done."""
    found: list[Button] = []
    if panel.state == Panel.State.COMMITTED and extensions.may_do(request, "draw_panel"):
        if panel.committed_by_id != user_of(request).pk:
            found.append(Button(_("Draw the panel"), reverse("admin:draw_panel", args=[panel.pk]), "casino", main=True))
        found.append(Button(_("Give the panel up"), reverse("admin:fail_panel", args=[panel.pk]), "cancel"))
    found.append(
        Button(_("The file as the experts see it"), reverse("admin:panel_file", args=[panel.pk]), "visibility")
    )
    if panel.draw:
        found.append(Button(_("Download draw.json"), reverse("admin:panel_draw", args=[panel.pk]), "download"))
    return found


def seats_of_panel(panel: Panel) -> list[tuple[Seat, Task | None]]:
    """The seats in their order, each with what the expert was asked."""
    seats = list(panel.seats.select_related("expert__user").order_by("pk"))
    tasks = {task.subject: task for task in Task.objects.filter(subject__in=[seat.uuid for seat in seats])}
    return [(seat, tasks.get(seat.uuid)) for seat in seats]


def draw_download(site: Any) -> Callable[..., HttpResponse]:
    """The draw as it is published: no name of a person or place stands in it."""

    def download(request: HttpRequest, pk: int) -> HttpResponse:
        panel = _panel(request, pk)
        if panel.draw is None:
            raise Http404
        response = HttpResponse(draw_json(panel), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="draw-{panel.uuid}.json"'
        return response

    return download


def file_page(site: Any) -> Callable[..., HttpResponse]:
    """The file without names, for whoever wants to see what the experts see."""

    def page(request: HttpRequest, pk: int) -> HttpResponse:
        panel = _panel(request, pk)
        response: HttpResponse = site.page(
            request,
            "appeals/panel_file.html",
            title=_("The file as the experts see it"),
            crumbs=[(panel.objection.number, reverse("admin:appeals_panel_change", args=[panel.pk]))],
            file=file_of(panel),
        )
        return response

    return page


def _panel(request: HttpRequest, pk: int) -> Panel:
    panel = panels_in(scope(request)).filter(pk=pk).first() if has_any(request, POOL_READERS) else None
    if panel is None:
        raise Http404
    return panel


def _evidence(panel: Panel) -> QuerySet[Evidence]:
    """What was handed in for the points of the panel, without the content of the files."""
    rows = Evidence.objects.filter(point__in=panel.points.all()).select_related("point", "file", "shown")
    return rows.defer("file__sealed", "shown__sealed")


def _may_release(request: HttpRequest, panel: Panel) -> bool:
    open_panel = panel.state in (Panel.State.COMMITTED, Panel.State.VOTING)
    return open_panel and panel.objection.reviewer_id == user_of(request).pk


def _fate(panel: Panel, lot: Lot) -> str:
    """What became of a reserve, in words; empty for those drawn first."""
    for reserve in panel.reserves:
        if reserve["expert"] == lot.name:
            reasons = [str(REASONS[code]) for code in reserve.get("reasons", ())]
            return ": ".join([str(RESERVES[reserve["state"]]), *([", ".join(reasons)] if reasons else [])])
    return gettext("on the panel") if panel.draw else ""
