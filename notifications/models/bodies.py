"""The bodies that can be told, as columns of the tables that name one of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Agency, Authority, Institution, Region

BODIES = ("institution", "agency", "authority", "region")
"""The columns; one of them is filled."""


class OfABody(models.Model):
    """A row that belongs to one institution, agency, authority, or other region with its register."""

    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("institution")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("agency")
    )
    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("authority")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("region")
    )

    class Meta:
        abstract = True


def one_of(*columns: str) -> Q:
    """Exactly one of the columns is filled."""
    rule = Q(pk__in=[])
    for column in columns:
        rule |= Q(**{f"{column}__isnull": False}, **{other: None for other in columns if other != column})
    return rule
