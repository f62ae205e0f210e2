"""Notices on their way to systems, and every try to bring one there."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.endpoints import Endpoint
from notifications.models.notices import Notice
from registry.models import Practitioner
from registry.models.identifiers import uuid7


class Problem(models.TextChoices):
    """Why a try came to nothing; of what the receiver answered nothing but the status is kept."""

    UNREACHABLE = "unreachable", _("no connection")
    NAME = "name", _("the name leads nowhere")
    ADDRESS = "address", _("the name leads to an address that was not approved")
    TLS = "tls", _("the receiver does not prove who it is")
    TIMEOUT = "timeout", _("no answer within 15 seconds")
    BROKEN = "broken", _("the connection broke off, or the answer is not HTTP")
    REDIRECT = "redirect", _("the receiver sends elsewhere")
    GONE = "gone", _("the receiver says that it is gone")
    BUSY = "busy", _("the receiver asks to come later")
    ERROR = "error", _("the receiver has an error of its own")
    REFUSED = "refused", _("the receiver does not accept it")
    CONFIGURED = "configured", _("the endpoint cannot be used as it is entered")


class Push(models.Model):
    """One notice that is owed to one endpoint, tried until it is delivered.

    `sequence` numbers what is owed to the endpoint about one person, 1…n, in the order of the file: the next goes only
    after the one before it. A worker claims a row until `lease_until` and raises `fence`; what it reports counts only
    while the fence is still its own. `since` is when it was first owed, or asked for again; `failures` counts from
    then on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OVERDUE = "overdue", _("overdue, tried daily")
        DELIVERED = "delivered", _("delivered")
        WITHDRAWN = "withdrawn", _("withdrawn with its endpoint")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="pushes", db_index=False)
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, related_name="pushes", db_index=False, verbose_name=_("endpoint")
    )
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+", null=True, db_index=False)
    sequence = models.PositiveIntegerField(_("number towards the endpoint"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    since = models.DateTimeField(_("owed since"))
    next_at = models.DateTimeField(_("next try at"), null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    problem = models.CharField(_("problem"), max_length=12, choices=Problem, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("push")
        verbose_name_plural = _("pushes")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at"], name="pushes_that_are_owed", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["endpoint"], name="pushes_in_hand", condition=Q(lease_until__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "endpoint"], name="a_notice_is_pushed_to_an_endpoint_once"),
            models.UniqueConstraint(
                fields=["endpoint", "practitioner", "sequence"], name="an_endpoint_numbers_what_it_is_told_of_a_person"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "overdue"], next_at__isnull=False, delivered_at=None)
                | Q(state="delivered", next_at=None, delivered_at__isnull=False)
                | Q(state="withdrawn", next_at=None, delivered_at=None),
                name="what_is_owed_has_a_next_try",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.endpoint_id} {self.state}"


class Attempt(models.Model):
    """One try, as it ended.

    `number` is the fence of the claim: where one is missing, its worker died over it, or came not to it in time.
    """

    append_only = True

    push = models.ForeignKey(Push, models.PROTECT, related_name="tries", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"))
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    problem = models.CharField(_("problem"), max_length=12, choices=Problem, blank=True)

    class Meta:
        verbose_name = _("try to deliver")
        verbose_name_plural = _("tries to deliver")
        ordering = ["id"]
        indexes = [
            BrinIndex(fields=["ended_at"], name="tries_by_hour", pages_per_range=16),
        ]
        constraints = [
            models.UniqueConstraint(fields=["push", "number"], name="tries_of_a_push_are_numbered_once"),
            models.CheckConstraint(
                condition=Q(problem="", status__gte=200, status__lt=300) | ~Q(problem=""),
                name="a_try_without_a_problem_was_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.push_id}/{self.number} {self.problem or self.status}"
