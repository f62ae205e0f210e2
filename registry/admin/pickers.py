"""Fields that pick from more rows than a list can hold: what is typed is searched for, and what is found is offered.

The rows come from Django's address for this (``admin:autocomplete``), which asks what the user may see. The script is
ours and has 3 kB; Django's is built on jQuery and select2, 60 kB compressed on every page with such a field.
"""

from typing import Any

from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.forms import Media
from django.utils.translation import gettext
from unfold.widgets import INPUT_CLASSES


class _Picks(AutocompleteMixin):
    """What both have in common: the script, the words that it says, and the looks of a field."""

    @property
    def media(self) -> Media:
        """The script alone."""
        return Media(js=["registry/picker.js"])

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        """Where the rows are asked for, and what is said."""
        found: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        said = {
            "class": "rg-picker",
            "data-field-class": " ".join(INPUT_CLASSES),
            "data-hint": gettext("Type to search"),
            "data-none": gettext("Nothing is found."),
            "data-more": gettext("There is more: type more of it."),
            "data-remove": gettext("Remove"),
            "data-failed": gettext("It could not be searched for. Type less of it, or load the page again."),
        }
        return {**found, **said}


class Picker(_Picks, AutocompleteSelect):
    """One of many rows."""


class Pickers(_Picks, AutocompleteSelectMultiple):
    """Some of many rows."""
