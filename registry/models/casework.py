"""From a handling to a decision: the case, the points proposed for each person, and how they were told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from registry.models.cases import Handling, PersonalTrigger, PointsEntry, Responsibility
from registry.models.files import StoredFile
from registry.models.identifiers import uuid7
from registry.models.institutions import Agency
from registry.models.people import Practitioner


class Case(models.Model):
    """What was done to an institution, or a finding against one person, with everybody who answers for it (案件)."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("case", "open")
        CLOSED = "closed", pgettext_lazy("case", "closed")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("case number"), max_length=24, unique=True)
    handling = models.OneToOneField(Handling, models.PROTECT, related_name="case", null=True)
    trigger = models.OneToOneField(PersonalTrigger, models.PROTECT, related_name="case", null=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="cases", verbose_name=_("agency"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    history = HistoricalRecords(no_db_index=["uuid", "number", "handling", "trigger", "agency", "opened_by"])

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(handling__isnull=False, trigger=None) | Q(handling=None, trigger__isnull=False),
                name="a_case_is_of_a_handling_or_a_trigger",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def cause(self) -> Handling | PersonalTrigger:
        """The handling or the personal trigger that the case is about."""
        if self.handling is not None:
            return self.handling
        assert self.trigger is not None  # the database refuses a case without either
        return self.trigger


class CaseFile(models.Model):
    """A document in the file of a case."""

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("document of a case")
        verbose_name_plural = _("documents of cases")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class Proposal(models.Model):
    """Points proposed for one person in one case (记分建议), until they are an entry in the ledger or are not.

    `received_on` is the day from which the window runs (not counted). Once the person was told, nothing of it changes
    but its state; another proposal needs the withdrawal of this one.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        NOTIFIED = "notified", _("notice sent")
        TO_SERVE = "to_serve", _("to be served by hand")
        RECEIVED = "received", _("notice received, window open")
        OBJECTED = "objected", _("objected to")
        HELD = "held", _("waits for an officer")
        DECIDED = "decided", _("decided")
        DROPPED = "dropped", _("dropped")

    class Decided(models.TextChoices):
        SILENCE = "silence", _("no objection within the window")
        REVIEW = "review", _("after review")
        OFFICER = "officer", _("by an officer")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="proposals", verbose_name=_("case"))
    responsibility = models.ForeignKey(Responsibility, models.PROTECT, related_name="proposals")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="proposals", verbose_name=_("practitioner")
    )
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PROPOSED)
    policy = models.CharField(_("policy"), max_length=40)
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    countersigned_at = models.DateTimeField(_("countersigned at"), null=True, blank=True)
    countersigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    notified_at = models.DateTimeField(_("notice sent at"), null=True, blank=True)
    received_on = models.DateField(_("notice received on"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_how = models.CharField(_("how it was decided"), max_length=8, choices=Decided, blank=True)
    held_because = models.CharField(_("why it waits"), max_length=40, blank=True)

    history = HistoricalRecords(
        no_db_index=["uuid", "case", "responsibility", "practitioner", "proposed_by", "countersigned_by"]
    )

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["responsibility"],
                condition=~Q(state__in=["decided", "dropped"]),
                name="a_person_has_one_open_proposal_in_a_case",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["received", "objected"]) | Q(received_on__isnull=False),
                name="a_window_opens_with_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_at__isnull=False) & ~Q(decided_how=""),
                name="a_decided_proposal_says_when_and_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.practitioner_id} {self.state}"


class ProposedEntry(models.Model):
    """One situation of a proposal with its points; later what became of it."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("upheld")
        REDUCED = "reduced", _("reduced")
        ANNULLED = "annulled", pgettext_lazy("outcome", "annulled")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="items", db_index=False)
    situation = models.CharField(_("situation"), max_length=8)
    act = models.CharField(_("act"), max_length=200, blank=True)
    points = models.PositiveSmallIntegerField(_("points"))
    default_points = models.PositiveSmallIntegerField(_("default points"))
    months = models.PositiveSmallIntegerField(_("months of suspension"), null=True, blank=True)
    departure_reason = models.TextField(_("reason for departing from the default"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    decided_points = models.PositiveSmallIntegerField(_("points decided"), null=True, blank=True)
    entry = models.OneToOneField(PointsEntry, models.PROTECT, related_name="proposed", null=True)

    history = HistoricalRecords(no_db_index=["proposal", "entry"])

    class Meta:
        verbose_name = _("proposed entry")
        verbose_name_plural = _("proposed entries")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "situation"], name="a_proposal_names_a_situation_once"),
            models.CheckConstraint(condition=Q(points__gte=1, points__lte=12), name="proposed_points_are_1_to_12"),
        ]

    def __str__(self) -> str:
        return f"{self.situation} {self.points}"


class Delivery(models.Model):
    """One event in putting the advance notice into the person's hands (送达): sent, or received."""

    append_only = True

    class Channel(models.TextChoices):
        PORTAL = "portal", _("on the portal")
        INSTITUTION = "institution", _("through the institution")
        BY_HAND = "by_hand", _("by hand")

    class Event(models.TextChoices):
        SENT = "sent", _("sent")
        RECEIVED = "received", _("received")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="deliveries")
    channel = models.CharField(_("way"), max_length=12, choices=Channel)
    event = models.CharField(_("event"), max_length=8, choices=Event)
    on_day = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    receipt = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, verbose_name=_("dated receipt")
    )
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("service of a notice")
        verbose_name_plural = _("services of notices")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.channel} {self.event} {self.on_day}"
