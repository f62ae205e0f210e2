"""Fields of the forms of acts, dressed like the rest of the office."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin import site
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    BASE_INPUT_CLASSES,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from registry.admin.pickers import Picker, Pickers
from registry.rules.attachments import KINDS

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words


CHOOSE = _("Please choose")
ACCEPTED = ",".join(sorted({f".{kind.extension}" for kind in KINDS} | {".jpeg", ".tiff"}))
"""What the browser offers first; whether a file is taken follows from its content."""


def text_field(label: Words, *, most: int = 200, **options: Any) -> forms.CharField:
    """One line."""
    return forms.CharField(label=label, max_length=most, widget=UnfoldAdminTextInputWidget(), **options)


def prose_field(label: Words, **options: Any) -> forms.CharField:
    """Several lines, such as a reason."""
    return forms.CharField(label=label, max_length=4000, widget=UnfoldAdminTextareaWidget({"rows": 3}), **options)


def day_field(label: Words, **options: Any) -> forms.DateField:
    """A day, by the browser's own calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": " ".join(BASE_INPUT_CLASSES)})
    return forms.DateField(label=label, widget=widget, **options)


class InstantField(forms.DateTimeField):
    """A time in Shanghai; the end of that minute, so that what was recorded within it is known."""

    def to_python(self, value: Any) -> datetime | None:
        """The instant, with its zone."""
        moment = super().to_python(value)
        return moment.replace(second=59, microsecond=999_999) if moment else None


def instant_field(label: Words, **options: Any) -> InstantField:
    """A day and a time of Shanghai, by the browser's own calendar."""
    widget = forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": " ".join(BASE_INPUT_CLASSES)}
    )
    return InstantField(label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M"], **options)


def choice_field(label: Words, choices: Any, *, empty: Words | None = CHOOSE, **options: Any) -> forms.ChoiceField:
    """One of a few choices; none is chosen beforehand, which reads as `empty`. None offers no empty choice."""
    offered = list(choices) if empty is None else [("", empty), *choices]
    return forms.ChoiceField(label=label, choices=offered, widget=UnfoldAdminSelectWidget(), **options)


def radio_field(label: Words, choices: Any, **options: Any) -> forms.ChoiceField:
    """One of very few choices, all visible."""
    return forms.ChoiceField(label=label, choices=choices, widget=UnfoldAdminRadioSelectWidget(), **options)


def whole_field(label: Words, *, least: int, most: int, **options: Any) -> forms.IntegerField:
    """A whole number between two bounds."""
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=UnfoldAdminIntegerFieldWidget(), **options
    )


def money_field(label: Words, **options: Any) -> forms.DecimalField:
    """Yuan with two places."""
    widget = UnfoldAdminDecimalFieldWidget({"step": "0.01", "inputmode": "decimal"})
    return forms.DecimalField(label=label, max_digits=14, decimal_places=2, widget=widget, **options)


def tick_field(label: Words, **options: Any) -> forms.BooleanField:
    """Yes or no."""
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanWidget(), **options)


def password_field(label: Words, **options: Any) -> forms.CharField:
    """A password, never shown again and not kept by the browser."""
    widget = UnfoldAdminPasswordWidget({"autocomplete": "off"})
    return forms.CharField(label=label, strip=False, widget=widget, **options)


def row_field(label: Words, relation: Any, rows: QuerySet[Any], **options: Any) -> forms.ModelChoiceField[Any]:
    """One of many rows, fetched as one types; `relation` is the model field that names them."""
    widget = Picker(relation, site)
    return forms.ModelChoiceField(label=label, queryset=rows, widget=widget, **options)


def rows_field(label: Words, relation: Any, rows: QuerySet[Any], **options: Any) -> forms.ModelMultipleChoiceField[Any]:
    """Some of many rows, fetched as one types."""
    widget = Pickers(relation, site)
    return forms.ModelMultipleChoiceField(label=label, queryset=rows, widget=widget, **options)


def file_field(label: Words, **options: Any) -> forms.FileField:
    """One file to hand in."""
    return forms.FileField(label=label, widget=UnfoldAdminFileFieldWidget({"accept": ACCEPTED}), **options)


class FilesField(forms.FileField):
    """Any number of files at once."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files, none left out; each must be one that a single field would take."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given and self.required:
            super().clean(None, initial)
        return [super(FilesField, self).clean(each, initial) for each in given]


class _SeveralFiles(UnfoldAdminFileFieldWidget):  # type: ignore[misc]  # the theme is untyped
    allow_multiple_selected = True


def files_field(label: Words, **options: Any) -> FilesField:
    """Any number of files to hand in."""
    widget = _SeveralFiles({"accept": ACCEPTED, "multiple": True})
    return FilesField(label=label, widget=widget, **options)
