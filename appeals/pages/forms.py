"""The forms of the practitioner: plain fields, and files, several at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from appeals.queries.drafts import Thing
from appeals.queries.own_objections import Appealable, OwnPoint
from registry.actions.errors import Refused

TAKEN = ".pdf,.ofd,.jpg,.jpeg,.png,.tif,.tiff,.webp,.doc,.docx,.xls,.xlsx,.ppt,.pptx"


class FilesInput(forms.ClearableFileInput):
    """Chooses several files."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": TAKEN})


class FilesField(forms.FileField):
    """Several files, or none."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """The files; an empty one is told apart by the register itself."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return list(given)


def prose(label: Any, *, rows: int = 6, required: bool = False, help_text: Any = "") -> forms.CharField:
    """Words of one's own."""
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, required=required, help_text=help_text, widget=widget, strip=False)


class PointForm(forms.Form):
    """One point of dispute."""

    about = forms.ChoiceField(label=_("What is this point about?"), widget=forms.RadioSelect)
    text = prose(
        _("What is wrong, and why?"),
        help_text=_(
            "One thing only. Give days, names and numbers where you have them; other things are points of their own."
        ),
    )
    professional = forms.BooleanField(
        label=_("This is a professional question"),
        required=False,
        help_text=_(
            "Such as whether a treatment was called for. Independent experts judge it then, without your name."
        ),
    )
    evidence = FilesField(label=_("Evidence"), required=False)

    def __init__(self, *given: Any, choices: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["about"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if len(choices) == 1:
            self.fields["about"].initial = choices[0][0]


class WordsForm(forms.Form):
    """The own words; the other two only where they are asked for."""

    statement = prose(
        _("Your statement"),
        rows=8,
        help_text=_("In your own words, about all of it. It stays with the record, whatever is decided."),
    )
    good_cause = prose(
        _("Why you come late"),
        help_text=_(
            "What kept you from objecting in time, such as an illness. An officer of the agency decides whether it is"
            " a good cause."
        ),
    )
    new_facts = prose(
        _("New facts"),
        help_text=_("What was not known when it was decided, and how you learnt of it."),
    )

    def __init__(self, *given: Any, late: bool, again: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        if not late:
            del self.fields["good_cause"]
        if not again:
            del self.fields["new_facts"]


class AgainstForm(forms.Form):
    """Entries, or the standing of today."""

    standing = forms.ChoiceField(
        label=_("The appeal is against"),
        widget=forms.RadioSelect,
        choices=[
            ("", _("the entries that I choose below")),
            ("yes", _("my standing of today, and so all entries that it rests on")),
        ],
        required=False,
    )
    entries = forms.MultipleChoiceField(label=_("Entries"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *given: Any, entries: Sequence[Appealable], **more: Any) -> None:
        super().__init__(*given, **more)
        choices = [(each.thing.key, each.thing.key) for each in entries]
        self.fields["entries"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """One of the two is chosen."""
        data = super().clean() or {}
        data["standing"] = data.get("standing") == "yes"
        if not data["standing"] and not data.get("entries"):
            self.add_error("entries", _("Choose at least one entry, or the standing."))
        return data


class AdditionForm(forms.Form):
    """More words about an objection that is open, or more files for one of its points, or both."""

    words = prose(_("Further words"), rows=5, help_text=_("Your first statement stays as you gave it."))
    point = forms.ChoiceField(label=_("The files belong to"), required=False)
    evidence = FilesField(label=_("Evidence"), required=False)

    def __init__(self, *given: Any, points: Sequence[OwnPoint], **more: Any) -> None:
        super().__init__(*given, **more)
        choices = [(str(each.point.number), f"{each.point.number}. {each.point.text[:60]}") for each in points]
        self.fields["point"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """There is something to add."""
        data = super().clean() or {}
        if not (data.get("words") or "").strip() and not data.get("evidence"):
            self.add_error("words", _("Write something, or choose a file."))
        return data


class NothingForm(forms.Form):
    """Nothing is asked but the press of the button."""


def tell(form: forms.Form, refused: Refused, elsewhere: Mapping[str, str] | None = None) -> None:
    """Put what was refused at the field that it is about; `elsewhere` maps names of arguments to fields of the form."""
    name = (elsewhere or {}).get(refused.field or "", refused.field)
    form.add_error(name if name in form.fields else None, str(refused.message))


def labelled(things: Mapping[str, Thing], label: Any) -> list[tuple[str, str]]:
    """The things as choices."""
    return [(key, label(thing)) for key, thing in things.items()]
