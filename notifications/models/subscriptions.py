"""Who asked to be told of a named person, from a day until a day."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from notifications.models.bodies import BODIES, OfABody, one_of
from registry.models import Practitioner
from registry.models.identifiers import uuid7
from registry.models.institutions import DateRange


class Subscription(OfABody):
    """A standing question of one body about one person: whatever changes in between is told to it as well."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="subscriptions", verbose_name=_("practitioner")
    )
    reason = models.CharField(_("reason"), max_length=500)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (first day not counted)"))
    made_at = models.DateTimeField(_("recorded at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=one_of(*BODIES), name="a_subscription_is_of_one_body"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="a_subscription_ends_after_it_starts"
            ),
            *(
                ExclusionConstraint(
                    name=f"a_subscription_of_{body}_runs_once_at_a_time",
                    expressions=[
                        (body, RangeOperators.EQUAL),
                        ("practitioner", RangeOperators.EQUAL),
                        (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                    ],
                    condition=Q(**{f"{body}__isnull": False}),
                )
                for body in BODIES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.starts_on}–{self.ends_on}"
