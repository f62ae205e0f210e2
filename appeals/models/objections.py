"""Objections to proposed points, appeals against points or a standing, and what others decided about them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from registry.models import Agency, Case, Fact, Institution, Practitioner, Proposal, ProposedEntry, StoredFile
from registry.models.identifiers import uuid7


class Result(models.TextChoices):
    """What becomes of points in dispute."""

    UPHELD = "upheld", _("upheld")
    REDUCED = "reduced", _("reduced")
    ANNULLED = "annulled", pgettext_lazy("outcome", "annulled")


class Objection(models.Model):
    """What the practitioner answers (异议申诉): against proposed points, or an appeal after the decision.

    `statement` is the person's own and stays with the record whatever is decided. A late one names its good cause and
    waits until a named officer admits it. `new_facts` open an entry to another appeal. The institution that the person
    asked to countersign may sign, decline or stay silent: the objection goes on in every case.
    """

    class Kind(models.TextChoices):
        PROPOSED_POINTS = "proposed_points", _("objection to proposed points")
        RECORDED_POINTS = "recorded_points", _("appeal against recorded points")
        STANDING = "standing", _("appeal against a standing")

    class State(models.TextChoices):
        LATE = "late", _("late, waits for admission")
        FILED = "filed", _("filed")
        IN_REVIEW = "in_review", _("in review")
        WITH_PANEL = "with_panel", _("with the panel")
        REFUSED = "refused", _("refused as late")
        DECIDED = "decided", _("decided")
        WITHDRAWN = "withdrawn", _("withdrawn")
        OUT_OF_SCOPE = "out_of_scope", _("out of scope")

    class Via(models.TextChoices):
        PRACTITIONER = "practitioner", _("by the practitioner")
        INSTITUTION = "institution", _("by the institution on the person's behalf")
        PAPER = "paper", _("on paper, taken in by the agency")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.FILED)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="objections", verbose_name=_("practitioner")
    )
    case = models.ForeignKey(Case, models.PROTECT, related_name="objections", null=True, verbose_name=_("case"))
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="objections", null=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    policy = models.CharField(_("policy"), max_length=40)
    via = models.CharField(_("filed"), max_length=16, choices=Via)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+", null=True)
    signature = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    paper_received_on = models.DateField(_("paper received on"), null=True, blank=True)
    countersigned_at = models.DateTimeField(_("countersigned by the institution at"), null=True, blank=True)
    countersigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    countersignature_asked_at = models.DateTimeField(_("asked to countersign at"), null=True, blank=True)
    countersignature_asked_of = models.ForeignKey(
        Institution, models.PROTECT, related_name="+", null=True, verbose_name=_("asked to countersign")
    )
    countersignature_declined_at = models.DateTimeField(_("not countersigned, said at"), null=True, blank=True)
    countersignature_declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    statement = models.TextField(_("statement"), blank=True)
    window_ended_on = models.DateField(_("last day of the window"), null=True, blank=True)
    good_cause = models.TextField(_("good cause for being late"), blank=True)
    new_facts = models.TextField(_("new facts"), blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews", null=True)
    decision = models.TextField(_("decision"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    document_number = models.CharField(_("document number of the decision"), max_length=120, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(state__in=["late", "filed", "in_review", "with_panel"]),
                name="a_proposal_has_one_open_objection",
            ),
            models.CheckConstraint(
                condition=Q(kind="proposed_points", proposal__isnull=False) | ~Q(kind="proposed_points"),
                name="an_objection_names_its_proposal",
            ),
            models.CheckConstraint(
                condition=Q(via="paper", paper_received_on__isnull=False) | ~Q(via="paper") & Q(paper_received_on=None),
                name="only_paper_has_a_day_of_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(via="institution") | Q(institution__isnull=False, signature__isnull=False),
                name="an_institution_files_with_a_signature",
            ),
            models.CheckConstraint(
                condition=Q(countersignature_asked_at=None, countersignature_asked_of=None)
                | Q(countersignature_asked_at__isnull=False, countersignature_asked_of__isnull=False),
                name="who_is_asked_to_countersign_is_named",
            ),
            models.CheckConstraint(
                condition=Q(countersignature_declined_at=None) | Q(countersignature_asked_at__isnull=False),
                name="only_who_was_asked_declines_to_countersign",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_at__isnull=False) & ~Q(decision=""),
                name="a_decided_objection_has_its_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PointOfDispute(models.Model):
    """One thing that is disputed, about one proposed or recorded entry, and what became of it."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="points")
    number = models.PositiveSmallIntegerField(_("number"))
    item = models.ForeignKey(ProposedEntry, models.PROTECT, related_name="disputes", null=True)
    entry = models.ForeignKey(Fact, models.PROTECT, related_name="disputes", null=True)
    text = models.TextField(_("what is disputed"))
    professional = models.BooleanField(_("a professional question"), default=False)
    result = models.CharField(_("outcome"), max_length=8, choices=Result, blank=True)
    points = models.PositiveSmallIntegerField(_("reduced to"), null=True, blank=True)
    grounds = models.TextField(_("grounds"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("point of dispute")
        verbose_name_plural = _("points of dispute")
        ordering = ["objection", "number"]
        constraints = [
            models.UniqueConstraint(fields=["objection", "number"], name="points_of_an_objection_are_numbered"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, entry=None) | Q(item=None, entry__isnull=False),
                name="a_point_disputes_a_proposed_or_a_recorded_entry",
            ),
            models.CheckConstraint(
                condition=Q(result="reduced", points__isnull=False) | ~Q(result="reduced") & Q(points=None),
                name="only_a_reduction_names_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}/{self.number}"


class Evidence(models.Model):
    """A file for one point of dispute. What the panel sees is `shown`: a copy without names, or nothing yet."""

    point = models.ForeignKey(PointOfDispute, models.PROTECT, related_name="evidence")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    handed_in_at = models.DateTimeField(_("handed in at"))
    shown = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class ExternalOutcome(models.Model):
    """What an administrative reconsideration or a court decided about points, with its document."""

    append_only = True

    class Body(models.TextChoices):
        RECONSIDERATION = "reconsideration", _("administrative reconsideration")
        COURT = "court", _("court")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    body = models.CharField(_("decided by"), max_length=16, choices=Body)
    name = models.CharField(_("name of the body"), max_length=200)
    document_number = models.CharField(_("document number"), max_length=120)
    decided_on = models.DateField(_("decided on"))
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="external_outcomes")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    grounds = models.TextField(_("grounds"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("outcome elsewhere")
        verbose_name_plural = _("outcomes elsewhere")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner", "body", "document_number"], name="an_outcome_elsewhere_is_recorded_once"
            ),
        ]

    def __str__(self) -> str:
        return self.document_number


class ExternalPoint(models.Model):
    """What such a decision says of one entry."""

    append_only = True

    outcome = models.ForeignKey(ExternalOutcome, models.PROTECT, related_name="points")
    entry = models.ForeignKey(Fact, models.PROTECT, related_name="+")
    result = models.CharField(_("outcome"), max_length=8, choices=Result)
    points = models.PositiveSmallIntegerField(_("reduced to"), null=True, blank=True)

    class Meta:
        verbose_name = _("outcome for an entry")
        verbose_name_plural = _("outcomes for entries")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.result} {self.points or ''}".rstrip()
