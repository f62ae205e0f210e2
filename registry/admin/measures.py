"""Measures against institutions: the list, and each with what it rests on, its days and its steps."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from registry.admin import labels
from registry.admin.acts.buttons import acts_on_measure
from registry.admin.acts.guided import Words
from registry.admin.acts.measures import emergency_words
from registry.admin.base import ListAdmin
from registry.admin.filters import ByInstitution, RegionOfInstitution
from registry.admin.moment import today
from registry.admin.roles import is_agency_officer, scope, user_of
from registry.ledger.law import policies
from registry.models import InstitutionMeasure, ProcedureStep
from registry.queries.explain import day, last_day, source_of
from registry.queries.measures import days_of, notices, per_cent_of, ratio_of_year, rule_of, share_of, sum_of

STEPS: dict[str, Words] = {
    "propose": _("Measure proposed"),
    "decide": _("Measure decided"),
    "drop": _("Proposal dropped"),
    "end": _("Measure ended"),
}


@admin.register(InstitutionMeasure)
class MeasureAdmin(ListAdmin):
    """Measures, the latest first."""

    list_display = ("kind", "place", "state", "year", "share", "holds", "document_number", "proposed_at")
    list_filter = (
        ("state", ChoicesRadioFilter),
        ("kind", ChoicesRadioFilter),
        ("institution", ByInstitution),
        RegionOfInstitution,
    )
    search_fields = ("document_number",)
    search_help_text = _("Document number")
    list_before_template = "registry/parts/measure_start.html"

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """Measures against institutions in the user's scope."""
        seen = scope(request)
        people = ("proposed_by", "decided_by", "second")
        rows = InstitutionMeasure.objects.select_related("institution__region", "agency", *people)
        rows = rows.prefetch_related("periods")
        return rows if seen.sees_everything else rows.filter(institution__in=seen.institutions())

    @admin.display(description=_("institution"))
    def place(self, row: InstitutionMeasure) -> SafeString:
        """The institution."""
        return labels.institution(row.institution)

    @admin.display(description=_("share of staff"))
    def share(self, row: InstitutionMeasure) -> str:
        """Person-times of staff on the day of the proposal."""
        return f"{row.sanctions} / {row.staff} = {per_cent_of(row):g}%"

    @admin.display(description=_("days in force"))
    def holds(self, row: InstitutionMeasure) -> str:
        """From its first day to its last."""
        period = days_of(row)
        if period is None:
            return str(self.empty_value_display)
        if period.ends_on == period.starts_on:
            return gettext("never held")
        return f"{day(period.starts_on)} – {last_day(period.ends_on) if period.ends_on else gettext('open')}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The measure at a glance."""
        measure = self.found(request, object_id)
        policy = policies()[measure.policy]
        return self.page(
            request,
            "registry/measure.html",
            title=capfirst(measure.get_kind_display()),
            crumbs=[
                (_("Measures"), reverse("admin:registry_institutionmeasure_changelist")),
                (measure.institution.name, reverse("admin:registry_institution_change", args=[measure.institution_id])),
            ],
            measure=measure,
            period=days_of(measure),
            notices=notices([measure], today()),
            share=share_of(measure),
            share_now=sum_of(ratio_of_year(measure.institution, measure.year, today=today())),
            versions=measure.periods.order_by("-recorded_at"),
            source=source_of(policy, rule_of(measure.kind)),
            per_cent=policy.get(rule_of(measure.kind)),
            emergency=source_of(policy, "measures.emergency_exempt"),
            emergency_words=emergency_words(measure.policy),
            steps=_steps(measure),
            acts=acts_on_measure(request, measure),
            waits_for_another=_waits_for_another(request, measure),
        )


def _steps(measure: InstitutionMeasure) -> list[ProcedureStep]:
    """The steps, each with its act in words."""
    steps = list(ProcedureStep.objects.filter(subject=measure.uuid).select_related("actor", "second", "agency"))
    for step in steps:
        step.words = STEPS[step.act]  # type: ignore[attr-defined]  # for the template
    return steps


def _waits_for_another(request: HttpRequest, measure: InstitutionMeasure) -> bool:
    """The officer who proposed it looks at it: somebody else must decide."""
    proposed_here = measure.proposed_by_id == user_of(request).pk
    return measure.state == InstitutionMeasure.State.PROPOSED and proposed_here and is_agency_officer(request)
