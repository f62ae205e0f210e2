"""Fields of forms that appeals need beside those of the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words


def several_field(label: Words, choices: Any, **options: Any) -> forms.TypedMultipleChoiceField:
    """Some of a few choices, all visible."""
    widget = UnfoldAdminCheckboxSelectMultipleWidget()
    return forms.TypedMultipleChoiceField(label=label, choices=choices, widget=widget, **options)
