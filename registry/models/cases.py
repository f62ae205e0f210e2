"""From a handling to points: what was done to the institution, who answers for it, and the entry made of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.identifiers import uuid7
from registry.models.institutions import Agency, Authority, Institution
from registry.models.ledger import Fact
from registry.models.people import Practitioner


class HandlingKind(models.TextChoices):
    """What was done to the institution. Only an administrative penalty or a heavy agreement handling opens the gate."""

    PENALTY = "penalty", _("administrative penalty")
    DAMAGES = "damages", _("liquidated damages")
    AGREEMENT_SUSPENDED = "agreement_suspended", _("agreement suspended")
    AGREEMENT_RESCINDED = "agreement_rescinded", _("agreement rescinded")
    TALK = "talk", _("talk")
    WARNING = "warning", _("warning")
    CORRECTION_ORDER = "correction_order", _("correction order")


GATE_OPENING = frozenset(
    {
        HandlingKind.PENALTY,
        HandlingKind.DAMAGES,
        HandlingKind.AGREEMENT_SUSPENDED,
        HandlingKind.AGREEMENT_RESCINDED,
    }
)


class TriggerKind(models.TextChoices):
    """A finding against one person that needs no handling of an institution."""

    PROCUREMENT_NOTIFICATION = "procurement_notification", _("procurement notification")
    IMPERSONATED_SETTLEMENT = "impersonated_settlement", _("settlement under another's name")
    LICENCE_REVOKED = "licence_revoked", _("licence revoked or registration cancelled")


class Grade(models.TextChoices):
    """Responsibility: general (cooperating part) < important (active part) < principal (decisive part)."""

    GENERAL = "general", _("general")
    IMPORTANT = "important", _("important")
    PRINCIPAL = "principal", _("principal")


class Document(models.Model):
    """What a handling and a personal trigger have in common: who decided, under which document, about which conduct."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    document_number = models.CharField(_("document number"), max_length=120)
    made_on = models.DateField(_("made on"))
    conduct_from = models.DateField(_("conduct from"))
    conduct_until = models.DateField(_("conduct until (last day)"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("recording agency"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        abstract = True


class Handling(Document):
    """What was done to an institution or its department (处理)."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="handlings")
    department = models.CharField(_("department"), max_length=100, blank=True)
    kind = models.CharField(_("kind of handling"), max_length=24, choices=HandlingKind)
    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deciding authority")
    )
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True)
    facts = models.TextField(_("facts found"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("handling")
        verbose_name_plural = _("handlings")
        ordering = ["-made_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "document_number"], name="a_document_is_one_handling_of_an_institution"
            ),
            models.CheckConstraint(
                condition=Q(conduct_until__gte=F("conduct_from")), name="handled_conduct_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(made_on__gte=F("conduct_from")), name="a_handling_follows_the_conduct"),
        ]

    def __str__(self) -> str:
        return self.document_number

    @property
    def opens_the_gate(self) -> bool:
        """Whether people may be scored for it; a talk, a warning or a correction order is not enough."""
        return self.kind in GATE_OPENING


class PersonalTrigger(Document):
    """A notification, impersonated settlement or revoked licence: scored without a handling of the institution."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="triggers")
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="triggers", null=True, blank=True, verbose_name=_("institution")
    )
    kind = models.CharField(_("kind of trigger"), max_length=28, choices=TriggerKind)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("personal trigger")
        verbose_name_plural = _("personal triggers")
        ordering = ["-made_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner", "kind", "document_number"], name="a_document_triggers_once_for_a_person"
            ),
            models.CheckConstraint(
                condition=Q(conduct_until__gte=F("conduct_from")), name="triggering_conduct_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.document_number


class Responsibility(models.Model):
    """One person's part in one handling or trigger (责任认定). Without it nobody is scored."""

    handling = models.ForeignKey(Handling, models.PROTECT, related_name="responsibilities", null=True, blank=True)
    trigger = models.ForeignKey(PersonalTrigger, models.PROTECT, related_name="responsibilities", null=True, blank=True)
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="responsibilities")
    grade = models.CharField(_("responsibility"), max_length=12, choices=Grade)
    grounds = models.TextField(_("grounds"))
    identified_on = models.DateField(_("identified on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(handling__isnull=False, trigger=None) | Q(handling=None, trigger__isnull=False),
                name="a_responsibility_is_for_a_handling_or_a_trigger",
            ),
            models.UniqueConstraint(
                fields=["handling", "trigger", "practitioner"],
                nulls_distinct=False,
                name="a_person_has_one_responsibility_in_a_handling",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.grade}"

    @property
    def cause(self) -> Handling | PersonalTrigger:
        """The handling or the personal trigger that this responsibility is about."""
        if self.handling is not None:
            return self.handling
        assert self.trigger is not None  # the database refuses a responsibility without either
        return self.trigger


class PointsEntry(models.Model):
    """What stands behind a `points_scored` fact: situation, grade, and the reason for departing from the default.

    Never changed once written; an annulment of the fact opens the next `round` for the same situation.
    """

    append_only = True

    fact = models.OneToOneField(Fact, models.PROTECT, related_name="points_entry")
    responsibility = models.ForeignKey(Responsibility, models.PROTECT, related_name="points_entries")
    handling = models.ForeignKey(Handling, models.PROTECT, related_name="+", null=True)
    trigger = models.ForeignKey(PersonalTrigger, models.PROTECT, related_name="+", null=True)
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="points_entries")
    situation = models.CharField(_("situation"), max_length=8)
    act = models.CharField(_("act"), max_length=200, blank=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    default_points = models.PositiveSmallIntegerField(_("default points"))
    departure_reason = models.TextField(_("reason for departing from the default"), blank=True)

    class Meta:
        verbose_name = _("points entry")
        verbose_name_plural = _("points entries")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["handling", "trigger", "situation", "practitioner", "round"],
                nulls_distinct=False,
                name="a_situation_of_a_handling_is_scored_once_on_a_person",
            ),
            models.UniqueConstraint(
                fields=["handling", "trigger", "act", "practitioner", "round"],
                nulls_distinct=False,
                condition=~Q(act=""),
                name="one_act_is_scored_once_on_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.situation} {self.practitioner_id}"
