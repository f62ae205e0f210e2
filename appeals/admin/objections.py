"""Objections and appeals: the list, and the page on which one stands with everything that was done and comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesRadioFilter
from unfold.contrib.filters.admin.choice_filters import RadioFilter

from appeals.admin.offers import acts_on_objection
from appeals.models import Evidence, Objection, PointOfDispute
from appeals.queries.countersigning import waits_for_countersignature
from appeals.queries.disputed import disputed_points
from appeals.queries.objections import WAITING, objections, to_countersign, track
from registry.admin import extensions, labels
from registry.admin.acts.subjects import card_of
from registry.admin.base import ListAdmin
from registry.admin.exact import by_number, by_person
from registry.admin.moment import today
from registry.admin.roles import scope, user_of
from registry.models import Task
from registry.queries.explain import day


def open_tasks() -> QuerySet[Task]:
    """What is owed about an objection."""
    return Task.objects.filter(subject=OuterRef("uuid"), state=Task.State.OPEN)


class Lateness(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Objections whose next step is overdue."""

    title = _("last day")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """Over, or not yet computable."""
        return [("over", _("is over")), ("unknown", _("not yet computable"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the open tasks."""
        match self.value():
            case "over":
                return queryset.filter(Exists(open_tasks().filter(due_on__lt=today())))
            case "unknown":
                return queryset.filter(Exists(open_tasks().filter(due_on=None)))
        return queryset


class Whose(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Objections that the user reviews."""

    title = _("reviewer")
    parameter_name = "reviewer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """The user, or nobody yet."""
        return [("me", _("myself")), ("nobody", _("nobody yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By reviewer."""
        match self.value():
            case "me":
                return queryset.filter(reviewer=user_of(request))
            case "nobody":
                return queryset.filter(reviewer=None)
        return queryset


class Countersignature(RadioFilter):  # type: ignore[misc]  # the theme is untyped
    """Objections that the user's institution may countersign."""

    title = pgettext_lazy("of an institution", "countersignature")
    parameter_name = "countersignature"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str | Promise]]:
        """Those only."""
        return list(WAITING.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Nobody signed; or the person asked for it, too."""
        if self.value() not in WAITING:
            return queryset
        rows = to_countersign(scope(request))
        rows = rows.filter(asked=True) if self.value() == "asked" else rows
        return queryset.filter(pk__in=rows.values("pk"))


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A point with what is at stake and its evidence."""

    point: PointOfDispute
    stake: int
    evidence: list[Evidence]


@admin.register(Objection)
class ObjectionAdmin(ListAdmin):
    """Objections and appeals, the newest first."""

    list_display = ("number", "person", "kind", "state", "filed_at", "asked", "judge", "next_day")
    list_filter = (("state", ChoicesRadioFilter), ("kind", ChoicesRadioFilter), Lateness, Whose, Countersignature)
    search_fields = ("number",)
    search_help_text = _("Number, or personal code")
    exactly = (by_number, by_person)

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The objections that concern the user."""
        return objections(scope(request)).select_related(
            "practitioner", "agency__region", "case", "proposal", "institution", "reviewer", "filed_by",
            "countersigned_by", "countersignature_asked_of",
        )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the next last day."""
        first = open_tasks().order_by("due_on", "id").values("due_on")[:1]
        rows: QuerySet[Any] = super().get_queryset(request).annotate(next_due=first)
        return rows

    @admin.display(description=_("practitioner"))
    def person(self, row: Objection) -> SafeString:
        """The person."""
        return labels.person(row.practitioner)

    @admin.display(description=pgettext_lazy("of an institution", "countersignature"))
    def asked(self, row: Objection) -> str:
        """Whether an institution was asked for it, and waits to answer."""
        if not waits_for_countersignature(row):
            return self.empty_value_display
        return labels.tag(str(_("signature asked for")), "warn")

    @admin.display(description=_("reviewer"))
    def judge(self, row: Objection) -> str:
        """Who reviews it, where somebody was assigned."""
        return str(row.reviewer) if row.reviewer else self.empty_value_display

    @admin.display(description=_("next last day"))
    def next_day(self, row: Any) -> str:
        """Until when somebody must act."""
        found: date | None = row.next_due
        return day(found) if found else self.empty_value_display

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The objection at a glance."""
        objection = self.found(request, object_id)
        return self.page(
            request,
            "appeals/objection.html",
            title=objection.number,
            crumbs=[(_("Objections"), reverse("admin:appeals_objection_changelist"))],
            objection=objection,
            points=shown_points(objection),
            track=track(objection, today=today()),
            acts=acts_on_objection(request, objection),
            sections=extensions.sections("objection", request, objection),
            **card_of(objection.practitioner),
        )


def shown_points(objection: Objection) -> list[ShownPoint]:
    """The points with their evidence, in three queries; no file is opened."""
    evidence = Evidence.objects.select_related("file").defer("file__sealed").order_by("id")
    rows = objection.points.select_related("item", "entry__points_entry").order_by("number")
    return [
        ShownPoint(point, disputed_points(point), list(point.evidence.all()))
        for point in rows.prefetch_related(Prefetch("evidence", evidence), "entry__corrections")
    ]
