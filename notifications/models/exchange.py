"""Other registers: who they are, what they wrote to us, and that both sides hold the same letters."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from notifications.models.pushes import Problem, Push
from registry.models import Practitioner, Region
from registry.models.identifiers import uuid7


class Register(models.Model):
    """The register of another province that tells us what it decided.

    `code` is how it signs what it decided (the origin of its facts). `url` is where it answers questions, over https;
    `networks`, `issuer` as with an endpoint. `sealed_key` is the key with which we ask there. `keys` are the public
    halves (ed25519, 32 bytes) of what it signs with: several while one takes over from another.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        RETIRED = "retired", _("retired")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.CharField(_("register"), max_length=32, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    url = models.CharField(_("address"), max_length=500)
    networks = ArrayField(models.CharField(max_length=43), verbose_name=_("networks"))
    issuer = models.TextField(_("certificate authority"), blank=True)
    keys = ArrayField(models.BinaryField(max_length=32), verbose_name=_("public keys"))
    sealed_key = models.BinaryField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    history = HistoricalRecords(excluded_fields=["sealed_key"])

    class Meta:
        verbose_name = _("other register")
        verbose_name_plural = _("other registers")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(keys__len__gte=1, keys__len__lte=4), name="a_register_signs_with_keys"),
        ]

    def __str__(self) -> str:
        return self.code


class Doubt(models.TextChoices):
    """Why a letter was not taken over; a person looks."""

    UNKNOWN_PERSON = "unknown_person", _("nobody here has any of the personal codes")
    TWO_PEOPLE = "two_people", _("the personal codes belong to several people here")
    OTHER_NAME = "other_name", _("the name is another one here")
    OTHER_LAW = "other_law", _("a policy is unknown here, or has other numbers")
    CONTRADICTION = "contradiction", _("a fact is kept here already with another meaning, or of somebody else")
    UNREADABLE = "unreadable", _("the answer of the other register is not as described")
    REFUSED = "refused", _("the other register does not show it to us")


class Letter(models.Model):
    """What another register wrote to us, as it came, kept for ever; and what became of it.

    `letter_id` is its id there, the same however often it comes. `sequence` numbers its letters about one `subject`
    (its identifier of the person). The row and its effect are written in one transaction. `pulled` says that we asked
    for it: the signature is then that of the connection.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        PARKED = "parked", _("parked until an earlier one has come")
        APPLIED = "applied", _("taken over")
        KNOWN = "known", _("nothing new")
        DOUBTFUL = "doubtful", _("doubtful: somebody has to look")
        SET_ASIDE = "set_aside", _("set aside")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(Register, models.PROTECT, related_name="letters", verbose_name=_("register"))
    letter_id = models.UUIDField(_("id there"))
    happening = models.CharField(_("kind"), max_length=24)
    subject = models.CharField(_("identifier of the person there"), max_length=64, blank=True)
    sequence = models.BigIntegerField(_("number"))
    occurred_at = models.DateTimeField(_("happened at"))
    notice = models.UUIDField(_("notice there"), null=True)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    pulled = models.BooleanField(_("asked for by us"), default=False)
    received_at = models.DateTimeField(_("received at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    next_at = models.DateTimeField(_("next try at"), null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    problem = models.CharField(_("problem"), max_length=16, choices=Problem, blank=True)
    doubt = models.CharField(_("why it is doubtful"), max_length=16, choices=Doubt, blank=True)
    doubted = models.CharField(_("what exactly"), max_length=200, blank=True)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="letters", null=True, verbose_name=_("practitioner")
    )
    facts_added = models.PositiveIntegerField(_("facts taken over"), default=0)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("letter of another register")
        verbose_name_plural = _("letters of other registers")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_at"], name="letters_that_wait", condition=Q(next_at__isnull=False)),
            models.Index(fields=["register", "subject", "sequence"], name="letters_about_one_person"),
            models.Index(fields=["id"], name="doubtful_letters", condition=Q(state="doubtful")),
            models.Index(fields=["register", "occurred_at"], name="letters_of_a_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["register", "letter_id"], name="a_letter_of_a_register_is_kept_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "parked"], next_at__isnull=False, settled_at=None)
                | Q(state="doubtful", next_at=None, settled_at=None) & ~Q(doubt="")
                | Q(state__in=["applied", "known", "set_aside"], next_at=None, settled_at__isnull=False),
                name="a_letter_that_waits_is_looked_at_again",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.state}"


class Settlement(models.Model):
    """The signed receipt of another register: what became there of a letter that we pushed. Kept as it came."""

    append_only = True

    push = models.ForeignKey(Push, models.PROTECT, related_name="settlements")
    letter = models.OneToOneField(Letter, models.PROTECT, related_name="settlement")
    outcome = models.CharField(_("what became of it there"), max_length=20, choices=Letter.State)
    matches = models.BooleanField(_("it received what we sent"))
    signature = models.TextField()
    at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("receipt of another register")
        verbose_name_plural = _("receipts of other registers")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.push_id} {self.outcome}"


class Reconciliation(models.Model):
    """The comparison of one day's letters with what another register says that it told us. `roots` are Merkle roots."""

    append_only = True

    register = models.ForeignKey(Register, models.PROTECT, related_name="reconciliations", verbose_name=_("register"))
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("compared at"))
    told = models.PositiveIntegerField(_("told there"))
    received = models.PositiveIntegerField(_("received here"))
    root_told = models.CharField(max_length=64)
    root_received = models.CharField(max_length=64)
    fetched = models.PositiveIntegerField(_("missing, asked for again"))

    class Meta:
        verbose_name = _("comparison with another register")
        verbose_name_plural = _("comparisons with other registers")
        ordering = ["-id"]
        indexes = [models.Index(fields=["register", "day"], name="comparisons_of_a_day")]

    def __str__(self) -> str:
        return f"{self.register_id} {self.day}"
