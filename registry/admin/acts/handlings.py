"""Recording what was done to an institution, findings against one person, and who answers for what."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.handlings import identify_responsibility, record_handling, record_trigger
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import (
    OfAgency,
    OnHandling,
    OnInstitution,
    OnPractitioner,
    card_of,
    crumbs_to,
    handling_url,
)
from registry.admin.fields import choice_field, day_field, money_field, prose_field, radio_field, row_field, text_field
from registry.admin.roles import OFFICERS_OF_AGENCIES
from registry.ledger.days import shanghai_day
from registry.models import (
    GATE_OPENING,
    Authority,
    Grade,
    Handling,
    HandlingKind,
    Institution,
    PersonalTrigger,
    Practitioner,
    Responsibility,
    TriggerKind,
    User,
)
from registry.queries.explain import day
from registry.queries.scope import Scope

GRADES: list[tuple[str, Words]] = [
    (Grade.GENERAL, _("general: a cooperating part")),
    (Grade.IMPORTANT, _("important: an active part")),
    (Grade.PRINCIPAL, _("principal: a decisive part")),
]


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
        """To the handling."""
        return handling_url(outcome)


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
        """On to the responsibility."""
        return reverse("admin:identify_for_trigger", args=[outcome.pk])

    def done(self, outcome: PersonalTrigger) -> str:
        """What to do next; of a document that was here already, that what was entered now is not kept."""
        if outcome.recorded_at != self.now:
            return _was_here(outcome, outcome.recorded_at)
        return gettext("%(document)s is recorded. Identify the person's responsibility next.") % {"document": outcome}


class GradeForm(ActForm):
    """The grade of responsibility and why."""

    grade = radio_field(_("Responsibility"), GRADES)
    grounds = prose_field(_("Grounds"), help_text=_("What the person did, and from which evidence it follows."))
    identified_on = day_field(_("Identified on"))
    begins_today = ("identified_on",)


class ResponsibilityForm(GradeForm):
    """Whose responsibility, and which."""

    practitioner = row_field(
        _("Practitioner"), Responsibility._meta.get_field("practitioner"), Practitioner.objects.none()
    )
    field_order = ("practitioner", "grade", "grounds", "identified_on")

    def prepare(self) -> None:
        """People in the officer's scope."""
        self.fields["practitioner"].queryset = self.doing.scope.practitioners()  # type: ignore[attr-defined]


class IdentifyResponsibility(OnHandling):
    """Say who answers for a handling, and with which part."""

    title = _("Identify a responsibility")
    explains = _(
        "The department that made the handling says per person which part they had. Without it nobody is scored."
    )
    do = _("Record the responsibility")
    form_class = ResponsibilityForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    def perform(self, data: dict[str, Any], second: User | None) -> Responsibility:
        """Record."""
        return identify_responsibility(handling=self.subject, by=self.user, now=self.now, **data)

    def done(self, outcome: Responsibility) -> str:
        """What to do next."""
        return gettext("The responsibility of %(person)s is recorded. Points can be recorded on it now.") % {
            "person": outcome.practitioner.name
        }


class IdentifyForTrigger(GuidedAct):
    """Say which part the person of a personal trigger had."""

    title = _("Identify the responsibility")
    explains = IdentifyResponsibility.explains
    do = IdentifyResponsibility.do
    form_class = GradeForm
    allowed = OFFICERS_OF_AGENCIES
    previewed = False

    subject: PersonalTrigger

    def find(self, seen: Scope) -> PersonalTrigger | None:
        """The trigger with the id in the address."""
        return seen.triggers().select_related("practitioner", "agency").filter(pk=self.kwargs["pk"]).first()

    def perform(self, data: dict[str, Any], second: User | None) -> Responsibility:
        """Record."""
        person = self.subject.practitioner
        return identify_responsibility(trigger=self.subject, practitioner=person, by=self.user, now=self.now, **data)

    def next_url(self, outcome: Responsibility) -> str:
        """On to the points."""
        return reverse("admin:record_points", args=[outcome.pk])

    def crumbs(self) -> list[tuple[Words, str]]:
        """Practitioners, then the person."""
        return crumbs_to(self.subject.practitioner)

    def context(self) -> dict[str, Any]:
        """The card of the person."""
        return {**card_of(self.subject.practitioner), "trigger": self.subject}


def _was_here(document: Handling | PersonalTrigger, recorded_at: datetime) -> str:
    return gettext("%(document)s was recorded already on %(day)s. Nothing was changed; this is what stands.") % {
        "document": document,
        "day": day(shanghai_day(recorded_at)),
    }


def _kind_words(kind: HandlingKind) -> str:
    return str(kind.label) if kind in GATE_OPENING else gettext("%(kind)s (opens no points)") % {"kind": kind.label}
