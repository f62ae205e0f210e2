"""Institutions, their agreements, and who is registered at them."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesRadioFilter

from registry.admin import extensions, labels
from registry.admin.acts.buttons import acts_on_institution
from registry.admin.acts.subjects import file_url, institution_url
from registry.admin.base import ListAdmin
from registry.admin.exact import by_person
from registry.admin.filters import ByInstitution, RegionOfInstitution, RegionTree, registered_on, spans_ahead, spans_on
from registry.admin.moment import today
from registry.admin.roles import has_any, scope
from registry.ledger.law import policies
from registry.models import Institution, InstitutionMeasure, Registration, ServiceAgreement, StandingSpan
from registry.queries.explain import last_day
from registry.queries.measures import OPEN, Assessment, assessed, kind_of, measures_of, notices, ratio_of_year
from registry.queries.publication import is_outsider
from registry.queries.ratio import people_behind
from registry.queries.roles import KEEPERS_OF_ACCESS, OFFICERS_OF_AGENCIES, READERS_OF_THE_PUBLISHED, STAFF_KEEPERS

FEW = 10


def _gives_roles(request: HttpRequest) -> bool:
    """Whether somebody who keeps access looks for the place of a role."""
    found = request.resolver_match
    return found is not None and found.url_name == "autocomplete" and has_any(request, KEEPERS_OF_ACCESS)


@admin.register(Institution)
class InstitutionAdmin(ListAdmin):
    """Designated medical institutions and pharmacies."""

    list_display = ("name", "code", "kind", "region", "agency")
    list_filter = (("kind", ChoicesRadioFilter), ("public", BooleanRadioFilter), RegionTree)
    search_fields = ("code", "name")
    search_help_text = _("Code, or part of the name")
    keyset = "code"
    seen_by = READERS_OF_THE_PUBLISHED
    list_before_template = "registry/parts/institution_start.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the act of entering one, for those who may."""
        context = {**(extra_context or {}), "may_open": has_any(request, OFFICERS_OF_AGENCIES)}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """The institutions in the user's scope; every one where a role is given at it."""
        found = Institution.objects.all() if _gives_roles(request) else scope(request).institutions()
        return found.select_related("region", "agency")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By role; who gives roles finds their names, and no page of them."""
        return super().has_view_permission(request, obj) or _gives_roles(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By exact code, else by part of the name."""
        term = " ".join(search_term.split())
        by_code = queryset.filter(code=term.upper())
        return (by_code if by_code.exists() else queryset.filter(name__icontains=term)) if term else queryset, False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The institution at a glance; to health and drug authorities, without what was done about it."""
        place = self.found(request, object_id)
        if is_outsider(scope(request)):
            return self._shown(request, place, told_only=True)
        measures = measures_of(place)
        found = assessed(ratio_of_year(place, _year_asked(request), today=today()), measures, today=today())
        return self._shown(
            request,
            place,
            assessment=found,
            years=_years_around(found),
            notices=notices(measures, today()),
            ratio=found.ratio,
            behind=people_behind(found.ratio, FEW),
            handlings=place.handlings.all()[:FEW],
            acts=acts_on_institution(request, place, over=_year_over(found, measures)),
            sections=extensions.sections("institution", request, place),
            may_end_agreements=has_any(request, OFFICERS_OF_AGENCIES),
        )

    def _shown(self, request: HttpRequest, place: Institution, **context: Any) -> HttpResponse:
        return self.page(
            request,
            "registry/institution.html",
            title=place.name,
            crumbs=[(_("Institutions"), reverse("admin:registry_institution_changelist"))],
            place=place,
            today=today(),
            agreements=_agreements(place),
            sanctioned=_sanctioned(place),
            **context,
        )


def _year_asked(request: HttpRequest) -> int:
    """The year of the assessment; what is no year, or one to come, is this one."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else today().year
    return year if date.min.year <= year <= today().year else today().year


def _year_over(found: Assessment, measures: list[InstitutionMeasure]) -> int | None:
    """The year shown, if its share is reached and the measure that fits it is not open: this year, or the last one."""
    reached = found.ratio.reached
    if reached is None or found.year < today().year - 1:
        return None
    is_open = any(each.state in OPEN and each.kind == kind_of(reached) for each in measures)
    return None if is_open else found.year


def _years_around(found: Assessment) -> list[int]:
    """The year before, where the law was in force then, and the year after, where it has begun."""
    before, after = found.year - 1, found.year + 1
    first = policies().national(date.min).first_day.year
    return [year for year in (before, after) if first <= year <= today().year]


def _agreements(place: Institution) -> list[ServiceAgreement]:
    return list(place.agreements.filter(superseded_at=None).order_by("-starts_on")[:FEW])


def _sanctioned(place: Institution) -> list[StandingSpan]:
    """People registered here today whose standing is not normal."""
    here = registered_on(today()).filter(institution=place).values("practitioner")
    spans = spans_on(today()).exclude(status="normal").filter(practitioner__in=here)
    return list(spans.select_related("practitioner").order_by("until")[:FEW])


class NowOrEver(admin.SimpleListFilter):
    """Rows in force today, or over, or to come."""

    title = _("in force")
    parameter_name = "when"
    template = "admin/registry/when_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Today, over, to come."""
        return [("now", _("today")), ("over", _("over")), ("later", _("to come"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the days of the period."""
        match self.value():
            case "now":
                return queryset.filter(Q(ends_on=None) | Q(ends_on__gt=today()), starts_on__lte=today())
            case "over":
                return queryset.filter(ends_on__lte=today())
            case "later":
                return queryset.filter(starts_on__gt=today())
        return queryset


@admin.register(Registration)
class RegistrationAdmin(ListAdmin):
    """Who is registered where, since when."""

    list_display = ("person", "place", "department", "starts_on", "ends_on", "committed_on", "standing_today")
    list_display_links = None
    list_filter = (NowOrEver, ("institution", ByInstitution), RegionOfInstitution)
    search_fields = ("practitioner__code",)
    search_help_text = _("Personal code")
    exactly = (by_person,)
    seen_by = READERS_OF_THE_PUBLISHED

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """Present versions, at institutions in the user's scope."""
        seen = scope(request)
        rows = Registration.objects.filter(superseded_at=None)
        return rows if seen.sees_everything else rows.filter(institution__in=seen.institutions())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the person and the standing from today on."""
        ahead = Prefetch("practitioner__spans", spans_ahead(request), to_attr="spans_ahead")
        return super().get_queryset(request).select_related("practitioner", "institution").prefetch_related(ahead)

    @admin.display(description=_("practitioner"))
    def person(self, row: Registration) -> SafeString:
        """The person, with a link to the file."""
        return labels.person(row.practitioner)

    @admin.display(description=_("institution"))
    def place(self, row: Registration) -> SafeString:
        """The institution."""
        return labels.institution(row.institution)

    @admin.display(description=_("standing today"))
    def standing_today(self, row: Any) -> SafeString:
        """The standing of the person, or what begins later."""
        return labels.standing_today(row.practitioner.spans_ahead, today())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One registration, with the versions of it that were known."""
        row = self.found(request, object_id)
        versions = Registration.objects.filter(record=row.record).order_by("-recorded_at")
        return self.page(
            request,
            "registry/registration.html",
            title=_("Registration"),
            crumbs=[
                (_("Registrations"), reverse("admin:registry_registration_changelist")),
                (row.practitioner.name, file_url(row.practitioner)),
            ],
            row=row,
            versions=versions,
            may_act=has_any(request, STAFF_KEEPERS),
            place_url=institution_url(row.institution),
        )


@admin.register(ServiceAgreement)
class AgreementAdmin(ListAdmin):
    """Service agreements between agencies and institutions."""

    list_display = ("number", "place", "starts_on", "ends")
    fields = ("number", "place", "starts_on", "ends", "reason", "recorded_at")
    list_filter = (NowOrEver, ("institution", ByInstitution), RegionOfInstitution)
    search_fields = ("number",)
    search_help_text = _("Number of the agreement")

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """Present versions, of institutions in the user's scope."""
        seen = scope(request)
        rows = ServiceAgreement.objects.filter(superseded_at=None).select_related("institution")
        return rows if seen.sees_everything else rows.filter(institution__in=seen.institutions())

    @admin.display(description=_("institution"))
    def place(self, row: ServiceAgreement) -> SafeString:
        """The institution."""
        return labels.institution(row.institution)

    @admin.display(description=_("last day"))
    def ends(self, row: ServiceAgreement) -> str:
        """The last day on which it is in force."""
        return last_day(row.ends_on) if row.ends_on else gettext("open")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without a way to what forms have changed: no form changes an agreement."""
        context = {**(extra_context or {}), "show_history": False}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response
