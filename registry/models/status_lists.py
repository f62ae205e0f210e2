"""The offline list of the settlement check: the places of files in it, and the lists as they were signed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.people import Practitioner


class ListPlace(models.Model):
    """The place of a file in the list: given out once, when somebody asks for it, and never changed.

    Places are given out one after the other, those that are asked for together in an order made by chance. So a place
    says nothing of the person, not even when the file was opened, and no place below the last one is still to come.
    """

    append_only = True

    place = models.BigIntegerField(_("place in the list"), primary_key=True, db_column="id")
    practitioner = models.OneToOneField(
        Practitioner, models.PROTECT, related_name="list_place", verbose_name=_("practitioner")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("place in the status list")
        verbose_name_plural = _("places in the status list")
        ordering = ["place"]
        constraints = [
            models.CheckConstraint(condition=Q(place__gte=0, place__lt=2**28), name="a_place_has_28_bits"),
        ]

    def __str__(self) -> str:
        return str(self.place)


class StatusList(models.Model):
    """One list as it was signed, and the delta that leads to it from the list before; the first has none.

    `seen` is the mark of what was recorded when it was read, and the only column that the application may change:
    where something was recorded that changes no list. Lists are forgotten after the days of the policy
    (`retention.status_lists`); what one said can be computed again from the facts as known then.
    """

    sequence = models.BigIntegerField(_("sequence"), primary_key=True)
    day = models.DateField(_("day"))
    known_at = models.DateTimeField(_("as known at"), db_index=True)
    expires_at = models.DateTimeField(_("expires at"))
    size = models.BigIntegerField(_("number of places"))
    root = models.CharField(_("root"), max_length=64)
    key_id = models.CharField(_("key"), max_length=40)
    token = models.TextField(_("list"))
    delta = models.TextField(_("delta"), blank=True)
    seen = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")
        ordering = ["-sequence"]
        constraints = [
            models.CheckConstraint(condition=Q(sequence__gte=1), name="status_lists_are_numbered_from_one"),
            models.CheckConstraint(
                condition=Q(sequence=1, delta="") | Q(sequence__gt=1) & ~Q(delta=""),
                name="each_status_list_follows_from_the_one_before",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("known_at")), name="a_status_list_expires_later"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.day}"
