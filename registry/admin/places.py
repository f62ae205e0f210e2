"""Regions, agencies, authorities and phase-in days: reference data that administrators keep."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from registry.admin.base import ReferenceAdmin
from registry.admin.filters import RegionTree
from registry.models import Agency, Authority, PhaseIn, Region
from registry.queries.roles import READERS_OF_REFERENCE


class OpenReferenceAdmin(ReferenceAdmin):
    """Seen by everybody in the office, kept by administrators."""

    seen_by = READERS_OF_REFERENCE


class InRegion(RegionTree):
    """Rows that name a region."""

    institution_path = "region__code"


class BelowRegion(RegionTree):
    """Regions below a region."""

    institution_path = "code"


@admin.register(Region)
class RegionAdmin(OpenReferenceAdmin):
    """Divisions of GB/T 2260."""

    place = "code"
    list_display = ("code", "chinese", "english", "above")
    list_filter = (BelowRegion,)
    search_fields = ("code", "name_zh", "name_en")
    search_help_text = _("Code or name")
    autocomplete_fields = ("parent",)
    list_select_related = ("parent",)
    keyset = "code"

    @admin.display(description=_("Chinese name"))
    def chinese(self, row: Region) -> str:
        """The Chinese name."""
        return row.name_zh

    @admin.display(description=_("English name"))
    def english(self, row: Region) -> str:
        """The English name."""
        return row.name_en

    @admin.display(description=_("region above"))
    def above(self, row: Region) -> Region | None:
        """The province of a city, the city of a county."""
        return row.parent


@admin.register(Agency)
class AgencyAdmin(OpenReferenceAdmin):
    """Healthcare security agencies."""

    list_display = ("name", "code", "region")
    list_filter = (InRegion,)
    search_fields = ("code", "name")
    search_help_text = _("Code or name")
    autocomplete_fields = ("region",)
    list_select_related = ("region",)
    keyset = "code"


@admin.register(Authority)
class AuthorityAdmin(OpenReferenceAdmin):
    """Authorities that impose penalties or have to be told."""

    list_display = ("name", "code", "kind", "region")
    list_filter = (("kind", ChoicesRadioFilter), InRegion)
    search_fields = ("code", "name")
    search_help_text = _("Code or name")
    autocomplete_fields = ("region",)
    list_select_related = ("region",)
    keyset = "code"

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Of which kind it is stays: what its officers may see follows from that."""
        return () if obj is None else ("kind",)


@admin.register(PhaseIn)
class PhaseInAdmin(OpenReferenceAdmin):
    """From which day a category is in scope in a region."""

    list_display = ("region", "category", "starts_on")
    list_filter = (("category", ChoicesRadioFilter), InRegion)
    autocomplete_fields = ("region",)
    list_select_related = ("region",)
