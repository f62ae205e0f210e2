"""Recording what was done to an institution, and findings against one person."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.cases import open_case
from registry.actions.handlings import record_handling, record_trigger
from registry.admin.acts.guided import ActForm
from registry.admin.acts.subjects import (
    OfAgency,
    OnInstitution,
    OnPractitioner,
    case_url,
    handling_url,
)
from registry.admin.fields import choice_field, day_field, money_field, prose_field, radio_field, row_field, text_field
from registry.ledger.days import shanghai_day
from registry.models import (
    GATE_OPENING,
    Authority,
    Case,
    Handling,
    HandlingKind,
    Institution,
    PersonalTrigger,
    TriggerKind,
    User,
)
from registry.queries.explain import day
from registry.queries.roles import OFFICERS_OF_AGENCIES


class DocumentForm(ActForm):
    """What a handling and a personal trigger have in common."""

    document_number = text_field(_("Document number"), most=120)
    made_on = day_field(_("Made on"), help_text=_("The day of the document. Its year owns the points."))
    conduct_from = day_field(_("Conduct from"))
    conduct_until = day_field(_("Conduct until (last day)"), help_text=_("The law of this day applies."))
    agency = choice_field(_("Recording agency"), ())

    def prepare(self) -> None:
        """The officer's own agencies; one alone is chosen already."""
        self.fields["agency"].choices = choices = self.doing.agency_choices()  # type: ignore[attr-defined]
        if choices:
            self.fields["agency"].initial = choices[0][0]


class HandlingForm(DocumentForm):
    """What was done to the institution."""

    kind = radio_field(_("Kind of handling"), HandlingKind.choices)
    department = text_field(_("Department"), most=100, required=False)
    authority = row_field(
        _("Deciding authority"), Handling._meta.get_field("authority"), Authority.objects.all(), required=False
    )
    legal_basis = text_field(_("Legal basis"))
    amount = money_field(_("Amount (yuan)"), required=False, min_value=0)
    facts = prose_field(_("Facts found"), required=False)

    field_order = (
        "kind",
        "document_number",
        "made_on",
        "agency",
        "conduct_from",
        "conduct_until",
        "department",
        "legal_basis",
    )

    def prepare(self) -> None:
        """Say which kinds open the gate."""
        super().prepare()
        self.fields["kind"].choices = [(kind.value, _kind_words(kind)) for kind in HandlingKind]  # type: ignore[attr-defined]


class RecordHandling(OfAgency, OnInstitution):
    """Record what was done to an institution."""

    title = _("Record a handling")
    explains = _(
        "Nobody is scored unless the institution received an administrative penalty or a heavy agreement handling. A talk, a warning or a correction order can be recorded, but opens nothing."  # noqa: E501
    )
    do = _("Record the handling")
    form_class = HandlingForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Handling:
        """Record."""
        chosen = {**data, "agency": self.agency(data)}
        return record_handling(institution=self.subject, by=self.user, now=self.now, **chosen)

    def done(self, outcome: Handling) -> str:
        """What to do next; of a document that was here already, that what was entered now is not kept."""
        if outcome.recorded_at != self.now:
            return _was_here(outcome, outcome.recorded_at)
        if outcome.opens_the_gate:
            return gettext("%(document)s is recorded. Identify next who is responsible.") % {"document": outcome}
        return gettext("%(document)s is recorded. It opens no points for anybody.") % {"document": outcome}

    def next_url(self, outcome: Handling) -> str:
        """To the case that it opened, or to the handling."""
        case = Case.objects.filter(handling=outcome).first()
        return case_url(case) if case else handling_url(outcome)


class TriggerForm(DocumentForm):
    """A finding against one person."""

    kind = radio_field(_("Kind of trigger"), TriggerKind.choices)
    institution = row_field(
        _("Institution"),
        PersonalTrigger._meta.get_field("institution"),
        Institution.objects.none(),
        required=False,
    )

    field_order = ("kind", "document_number", "made_on", "agency", "conduct_from", "conduct_until", "institution")

    def prepare(self) -> None:
        """Institutions in the officer's scope."""
        super().prepare()
        self.fields["institution"].queryset = self.doing.scope.institutions()  # type: ignore[attr-defined]


class RecordTrigger(OfAgency, OnPractitioner):
    """Record a finding that needs no handling of the institution."""

    title = _("Record a personal trigger")
    explains = _(
        "A procurement notification, a settlement under another's name or a revoked licence is scored without a handling of the institution."  # noqa: E501
    )
    do = _("Record the trigger")
    form_class = TriggerForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> PersonalTrigger:
        """Record."""
        chosen = {**data, "agency": self.agency(data)}
        return record_trigger(practitioner=self.subject, by=self.user, now=self.now, **chosen)

    def next_url(self, outcome: PersonalTrigger) -> str:
        """On to the responsibility; where it is identified already, to the case."""
        case = open_case(trigger=outcome, by=self.user, now=self.now)
        if outcome.responsibilities.exists():
            return case_url(case)
        return reverse("admin:identify", args=[case.pk])

    def done(self, outcome: PersonalTrigger) -> str:
        """What to do next; of a document that was here already, that what was entered now is not kept."""
        if outcome.recorded_at != self.now:
            return _was_here(outcome, outcome.recorded_at)
        return gettext("%(document)s is recorded. Identify the person's responsibility next.") % {"document": outcome}


def _was_here(document: Handling | PersonalTrigger, recorded_at: datetime) -> str:
    return gettext("%(document)s was recorded already on %(day)s. Nothing was changed; this is what stands.") % {
        "document": document,
        "day": day(shanghai_day(recorded_at)),
    }


def _kind_words(kind: HandlingKind) -> str:
    return str(kind.label) if kind in GATE_OPENING else gettext("%(kind)s (opens no points)") % {"kind": kind.label}
