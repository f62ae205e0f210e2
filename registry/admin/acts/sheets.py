"""Acts on a list of people: uploaded or pasted, checked whole, shown, and then recorded as it was shown."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from registry.actions.errors import Refused
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.roster_pages import workbook
from registry.rosters.case_sheets import MOST_TEXT, SheetFaulty, SheetRow, read_pasted, read_rows, text_of
from registry.rosters.columns import Vocabulary
from registry.rosters.errors import RosterRefused


class ListForm(ActForm):
    """A spreadsheet, or rows that were pasted. A file goes on as rows, so that what is confirmed is what was shown."""

    vocabulary: ClassVar[Vocabulary]
    columns: ClassVar[Sequence[str]]

    file = forms.FileField(
        label=_("Spreadsheet"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": ".xlsx,.csv"}),
        help_text=_("XLSX or CSV. Columns are found by their headings, in any order."),
    )
    rows = forms.CharField(
        label=_("Rows"),
        required=False,
        max_length=MOST_TEXT,
        strip=False,
        widget=UnfoldAdminTextareaWidget({"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def prepare(self) -> None:
        """Say what a pasted row holds."""
        self.fields["rows"].help_text = self.doing.pasting  # type: ignore[attr-defined]  # only acts on lists use it

    def clean(self) -> dict[str, Any]:
        """Read the list; `read` are its rows."""
        data = super().clean() or {}
        file, text = data.get("file"), data.get("rows", "")
        if not file and not text.strip():
            self.add_error("rows", gettext("Upload a spreadsheet, or paste at least one row."))
        if self.errors:
            return data
        try:
            data["read"] = self._read(file, text)
            if file:
                self.data = self.data.copy()  # type: ignore[attr-defined]  # a bound form holds a QueryDict
                self.data["rows"] = text_of(data["read"], self.columns)  # type: ignore[index]  # a copy can be changed
        except RosterRefused as refusal:
            self.add_error("file" if file else "rows", str(refusal.message))
        return data

    def _read(self, file: Any, text: str) -> list[SheetRow]:
        if file:
            return read_rows(file.read(), self.vocabulary)
        return read_pasted(text, self.vocabulary, self.columns)

    def summary(self) -> Any:
        """What holds for all; the rows are shown one by one."""
        return (item for item in super().summary() if item.label not in (self["file"].label, self["rows"].label))


class OfAList(GuidedAct):
    """An act on a list: the template to fill in, and every fault by row and column."""

    template = "registry/list_act.html"
    pasting: ClassVar[Words]

    faulty: Sequence[SheetRow] = ()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The empty list, where it is asked for; else the form."""
        if "template" in request.GET:
            return workbook(self.template_file(), f"{self.subject.number}.xlsx")
        return super().get(request, **kwargs)

    def template_file(self) -> bytes:
        """The list to fill in, as XLSX."""
        raise NotImplementedError

    def refused(self, form: ActForm, refusal: Refused) -> ActForm:
        """Every fault below the form."""
        if isinstance(refusal, SheetFaulty):
            self.faulty = refusal.rows
        form.add_error(None, str(refusal.message))
        return form

    def context(self) -> dict[str, Any]:
        """With the rows that have faults."""
        return {**super().context(), "faulty": self.faulty}
