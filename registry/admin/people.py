"""Practitioners: the list, and the file of each."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from registry.actions.access_log import Kind
from registry.admin import extensions, labels
from registry.admin.acts.buttons import acts_on_person
from registry.admin.base import ListAdmin
from registry.admin.fields import day_field, instant_field
from registry.admin.filters import PointsThisYear, RegionOfPerson, StandingToday, registered_on, spans_ahead
from registry.admin.keyset import KeysetChangeList
from registry.admin.moment import today
from registry.admin.openings import ask_first, opening_of
from registry.admin.people_of_places import PeopleChangeList
from registry.admin.roles import has_any, is_agency_officer, reads_files, scope
from registry.admin.worklist import rows_of
from registry.models import Practitioner, Registration
from registry.queries.access_log import READERS_OF_LOOKS
from registry.queries.explain import WHOLE, title_of
from registry.queries.file import PractitionerFile, file_of
from registry.queries.gauge import gauge_of
from registry.queries.people import find_people
from registry.queries.publication import is_outsider, may_ask_for, published_file
from registry.queries.roles import READERS_OF_THE_PUBLISHED, STAFF_KEEPERS
from registry.queries.worklist import next_date, tasks_of


class AsOfForm(forms.Form):
    """On which day, and as known at which time."""

    on = day_field(_("As of day"), required=False)
    known = instant_field(_("As known at"), required=False)


def present_registrations(day: date) -> QuerySet[Registration]:
    """The registrations in force on the day, with their institutions."""
    return registered_on(day).select_related("institution").order_by("starts_on")


@admin.register(Practitioner)
class PractitionerAdmin(ListAdmin):
    """One person, one file."""

    list_display = ("named", "code", "category", "standing_today", "points_this_year", "working_at")
    list_display_links = ("named",)
    list_filter = (StandingToday, PointsThisYear, ("category", ChoicesRadioFilter), RegionOfPerson)
    search_fields = ("code", "name")
    search_help_text = _("Code; beginning of the name or part of it; or pinyin: wangwei or ww")
    keyset = "id"
    seen_by = READERS_OF_THE_PUBLISHED
    list_before_template = "registry/parts/people_start.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With the way to search by document number, for who may."""
        return super().changelist_view(request, {**(extra_context or {}), "finds_by_document": reads_files(request)})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        """People of a place, walked along where they stand by it."""
        return PeopleChangeList

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The people in the user's scope."""
        return scope(request).practitioners()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the spans from today on and today's registrations: two more queries for the whole page."""
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("spans", spans_ahead(request), to_attr="spans_ahead"),
                Prefetch("registrations", present_registrations(today()), to_attr="registrations_today"),
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By exact code, else by the beginning of the name, else by part of it."""
        return find_people(queryset, search_term), False

    @admin.display(description=_("name"))
    def named(self, row: Practitioner) -> str:
        """The name as the link to the file."""
        return row.name

    @admin.display(description=_("standing today"))
    def standing_today(self, row: Any) -> SafeString:
        """The standing and until when, or what begins later."""
        return labels.standing_today(row.spans_ahead, today())

    @admin.display(description=_("points this year"))
    def points_this_year(self, row: Any) -> int:
        """Shown up to twelve."""
        span = labels.span_of(row.spans_ahead, today())
        return span.points if span else 0

    @admin.display(description=_("registered at"))
    def working_at(self, row: Any) -> SafeString | str:
        """The institutions of today."""
        return labels.institutions(row.registrations_today) or self.empty_value_display

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The file at a glance: nothing on it can be edited. That it was opened is kept."""
        person = self.found(request, object_id)
        opening = opening_of(request, person)
        if opening is None:
            return ask_first(request, person)
        form = AsOfForm(request.GET if {"on", "known"} & request.GET.keys() else None)
        on, known = _asked(form)
        seen = scope(request)
        if not may_ask_for(seen, person, on or today(), known, today()):
            raise Http404
        opening.keep(Kind.HISTORY if on or known else Kind.OPENED)
        file = published_file(seen, file_of(person, on or today(), known), today=today())
        return self.page(
            request,
            "registry/file.html",
            title=person.name,
            crumbs=[(_("Practitioners"), reverse("admin:registry_practitioner_changelist"))],
            file=file,
            **_shown(file, whole=WHOLE in request.GET),
            as_of=form,
            told_only=is_outsider(seen),
            gauge=gauge_of(file.standing.points, file.on, file.policy),
            policy_title=title_of(file.policy),
            is_past=bool(on or known),
            open_places=_open_places(request, file),
            may_read_who_looked=has_any(request, READERS_OF_LOOKS),
            may_unmask=opening.mine and has_any(request, STAFF_KEEPERS),
            **_acts(request, file, present=not (on or known)),
        )


def _shown(file: PractitionerFile, *, whole: bool) -> dict[str, Any]:
    """The newest of what happened and the steps that tell why; all of it, where a file is long, on demand."""
    events, steps = file.newest(whole=whole), file.why(whole=whole)
    return {
        "events": events,
        "more_events": len(file.past) - len(events),
        "steps": steps,
        "earlier_steps": len(file.standing.steps) - len(steps),
        "whole": WHOLE,
    }


def _open_places(request: HttpRequest, file: PractitionerFile) -> set[int]:
    """The institutions among those of the registrations whose pages the user may open: only these are links."""
    seen = scope(request)
    rows = (*file.current_registrations, *file.other_registrations)
    return {row.institution_id for row in rows if seen.covers(row.institution)}


def _acts(request: HttpRequest, file: PractitionerFile, *, present: bool) -> dict[str, Any]:
    """Acts are offered on the file of today only, and on registrations at places of the user."""
    seen = scope(request)
    if not present:
        return {}
    if is_outsider(seen):
        return {"acts": extensions.buttons("published person", request, file)}
    mine = {row.institution_id for row in file.current_registrations if seen.covers(row.institution)}
    return {
        "acts": acts_on_person(request, file),
        "sections": extensions.sections("person", request, file),
        **_tasks(request, file),
        "may_unmerge": is_agency_officer(request),
        "my_places": mine if has_any(request, STAFF_KEEPERS) else set(),
    }


def _tasks(request: HttpRequest, file: PractitionerFile) -> dict[str, Any]:
    found = tasks_of(file.members, file.on)
    return {"tasks": rows_of(request, found.open), "next_date": next_date(found.open), "held": found.held}


def _asked(form: AsOfForm) -> tuple[date | None, datetime | None]:
    if not form.is_bound or not form.is_valid():
        return None, None
    return form.cleaned_data["on"], form.cleaned_data["known"]
