"""What was passed on to the police as a suspected crime, and what came back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.casework import Case
from registry.models.files import StoredFile
from registry.models.identifiers import uuid7
from registry.models.institutions import Agency
from registry.models.people import Practitioner


class PoliceTransfer(models.Model):
    """A case, or one person in it, transferred to a public security organ (移送公安机关), with the document.

    Without a `practitioner` the whole case was transferred. Points and standing have nothing to do with it.
    """

    append_only = True

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="police_transfers", verbose_name=_("case"))
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", null=True, verbose_name=_("practitioner")
    )
    organ = models.CharField(_("public security organ"), max_length=200)
    document_number = models.CharField(_("document number"), max_length=120)
    entered = models.PositiveSmallIntegerField(default=1)  # which time, where those before were mistaken
    transferred_on = models.DateField(_("transferred on"))
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    grounds = models.TextField(_("grounds"))
    document = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("document"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("transfer to the police")
        verbose_name_plural = _("transfers to the police")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "practitioner", "document_number", "entered"],
                nulls_distinct=False,
                name="a_document_transfers_a_person_of_a_case_once",
            ),
            models.CheckConstraint(condition=~Q(second=F("recorded_by")), name="a_transfer_is_signed_by_two_people"),
        ]

    def __str__(self) -> str:
        return self.document_number

    @property
    def state(self) -> str:
        """What came back last; empty while nothing did."""
        answers = list(self.answers.all())
        return str(answers[-1].outcome) if answers else ""

    @property
    def state_words(self) -> str:
        """What came back last, or that nothing did."""
        return str(PoliceAnswer.Outcome(self.state).label if self.state else _("waits for an answer"))


class PoliceAnswer(models.Model):
    """What came back of a transfer: accepted, or not, with the document; or that it was recorded by mistake."""

    append_only = True

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted by the police")
        NOT_ACCEPTED = "not_accepted", _("not accepted by the police")
        MISTAKEN = "mistaken", _("recorded by mistake")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    transfer = models.ForeignKey(PoliceTransfer, models.PROTECT, related_name="answers")
    outcome = models.CharField(_("what came back"), max_length=12, choices=Outcome)
    answered_on = models.DateField(_("of the day"))
    document_number = models.CharField(_("document number"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    document = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True, verbose_name=_("document"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("answer of the police")
        verbose_name_plural = _("answers of the police")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "outcome"], name="a_transfer_has_each_answer_once"),
            models.CheckConstraint(
                condition=Q(outcome="mistaken") | Q(document__isnull=False) & ~Q(document_number=""),
                name="an_answer_of_the_police_has_its_document",
            ),
            models.CheckConstraint(
                condition=Q(outcome="accepted") | ~Q(reason=""), name="what_was_not_accepted_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="mistaken") | Q(second__isnull=False) & ~Q(second=F("recorded_by")),
                name="a_mistake_is_signed_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.outcome}"
