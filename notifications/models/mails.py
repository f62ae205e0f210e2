"""E-mails that say that a notice waits, those about an address, and weekly digests; and who wishes to have them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.mail_addresses import MailAddress
from notifications.models.notices import Notice
from registry.models.identifiers import uuid7


class MailWish(models.Model):
    """Whether a user wishes to be told by e-mail; who has said nothing has no row, and what holds for them is a rule
    (`notifications.queries.mailing`). Where to is a record of its own (`MailAddress`).
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="mail_wish")
    wanted = models.BooleanField(_("by e-mail"))
    said_at = models.DateTimeField(_("said at"))

    class Meta:
        verbose_name = _("wish for e-mail")
        verbose_name_plural = _("wishes for e-mail")
        ordering = ["user"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.wanted}"


class DigestWish(models.Model):
    """On which day of the week an officer wishes the digest, 0 for Monday; None for no digest. Who has said nothing has
    no row, and what holds for them is a rule (`notifications.queries.digests`).
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="digest_wish")
    weekday = models.PositiveSmallIntegerField(_("day of the week"), null=True, blank=True)
    said_at = models.DateTimeField(_("said at"))

    class Meta:
        verbose_name = _("wish for the weekly digest")
        verbose_name_plural = _("wishes for the weekly digest")
        ordering = ["user"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday=None) | Q(weekday__lte=6), name="a_week_has_seven_days"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.weekday}"


class MailProblem(models.TextChoices):
    """Why a try came to nothing; of what the mail server said nothing is kept, for it repeats addresses."""

    UNREACHABLE = "unreachable", _("no connection to the mail server")
    CONFIGURED = "configured", _("the mail server does not take our sign-in")
    ADDRESS = "address", _("the mail server does not take the address")
    REFUSED = "refused", _("the mail server does not take the mail")
    BROKEN = "broken", _("the connection broke off")


class Mail(models.Model):
    """That one user is owed word of one notice, a mail about an address, or the digest of one week; the first two are
    made with what they tell of, in its transaction.

    A mail about an address goes to that one, whether it counts or not: a link to confirm it, or that it counts no more.
    A digest is of the week that begins with `week`, a Monday, and is counted as it goes out.
    Those that are `gathered` (notices to a body) go together in one mail that says how many there are. A worker claims
    what goes into one mail until `lease_until` and raises `fence`; what it reports counts only while the fence is still
    its own. `since` is when it was first owed. A mail that went out is no receipt of anything.
    """

    class Occasion(models.TextChoices):
        NOTICE = "notice", _("a notice waits")
        CONFIRM = "confirm", _("an address is to be confirmed")
        ENDED = "ended", _("an address counts no more")
        DIGEST = "digest", _("the digest of a week")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OVERDUE = "overdue", _("overdue, tried daily")
        SENT = "sent", _("sent")
        WITHDRAWN = "withdrawn", _("no longer needed")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mails", db_index=False)
    occasion = models.CharField(_("why"), max_length=8, choices=Occasion, default=Occasion.NOTICE)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="mails", db_index=False, null=True)
    address = models.ForeignKey(MailAddress, models.CASCADE, related_name="mails", null=True)
    week = models.DateField(_("week, by its Monday"), null=True, blank=True)
    gathered = models.BooleanField(_("together with others"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    since = models.DateTimeField(_("owed since"))
    next_at = models.DateTimeField(_("next try at"), null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    problem = models.CharField(_("problem"), max_length=12, choices=MailProblem, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["next_at"], name="mails_that_are_owed", condition=Q(next_at__isnull=False)),
            models.Index(fields=["user", "sent_at"], name="mails_of_a_user"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "user"], name="a_user_is_owed_one_mail_for_a_notice"),
            models.UniqueConstraint(fields=["user", "week"], name="a_user_is_owed_one_digest_for_a_week"),
            models.UniqueConstraint(
                fields=["address", "occasion"],
                condition=Q(next_at__isnull=False),
                name="one_mail_about_an_address_is_owed_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(occasion="notice", notice__isnull=False, address=None, week=None)
                | Q(occasion__in=["confirm", "ended"], notice=None, address__isnull=False, week=None, gathered=False)
                | Q(occasion="digest", notice=None, address=None, week__isnull=False, gathered=False),
                name="a_mail_is_of_a_notice_or_about_an_address_or_a_digest",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "overdue"], next_at__isnull=False, sent_at=None)
                | Q(state="sent", next_at=None, sent_at__isnull=False)
                | Q(state="withdrawn", next_at=None, sent_at=None),
                name="a_mail_that_is_owed_has_a_next_try",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.notice_id or self.address_id or self.week} → {self.user_id} {self.state}"

    @property
    def of_notice(self) -> Notice:
        """The notice that it tells of; only for mails of notices."""
        assert self.notice is not None
        return self.notice
