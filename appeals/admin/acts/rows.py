"""Points of dispute in one form: a fixed number of rows, each with what it is about, the words, and files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.disputes import Dispute, Disputed
from registry.actions.files import keep_file
from registry.admin.acts.guided import ActForm
from registry.admin.fields import choice_field, files_field, prose_field, tick_field
from registry.models import StoredFile, User

ROWS = 10
AFTER = ("statement", "good_cause", "new_facts")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the form; the first is open, and every one that holds something."""

    number: int
    fields: list[BoundField]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered in one row. Without words only the thing itself was named."""

    item: Disputed
    text: str
    professional: bool
    files: "list[UploadedFile[Any]]"


class DisputesForm(ActForm):
    """Rows of points; the act says what they can be about."""

    def prepare(self) -> None:
        """The rows, all alike."""
        choices = list(self.doing.disputable().items())  # type: ignore[attr-defined]  # only acts that offer things
        labelled = [(key, label) for key, (label, _item) in choices]
        for number in range(1, ROWS + 1):
            self.fields[f"item_{number}"] = choice_field(_("What is disputed"), labelled, required=False)
            self.fields[f"text_{number}"] = prose_field(_("Why"), required=False)
            self.fields[f"professional_{number}"] = tick_field(
                _("A professional question"), help_text=_("Such as whether a treatment was called for: experts judge.")
            )
            self.fields[f"files_{number}"] = files_field(_("Evidence"), required=False)
        if len(labelled) == 1:
            self.fields["item_1"].initial = labelled[0][0]

    @property
    def rows(self) -> Iterator[Row]:
        """The rows with their fields."""
        for number in range(1, ROWS + 1):
            fields = [self[f"{name}_{number}"] for name in ("item", "text", "professional", "files")]
            filled = self.is_bound and any(field.errors or field.data for field in fields)
            yield Row(number, fields, number == 1 or filled)

    @property
    def before(self) -> list[BoundField]:
        """What is asked before the points."""
        return [field for field in self._others() if field.name not in AFTER]

    @property
    def after(self) -> list[BoundField]:
        """What is asked after the points: the words about all of them."""
        return [field for field in self._others() if field.name in AFTER]

    def _others(self) -> list[BoundField]:
        of_rows = {field.name for row in self.rows for field in row.fields}
        return [field for field in self if field.name not in of_rows]

    def clean(self) -> dict[str, Any]:
        """The rows that hold something, as `entered`."""
        data = super().clean() or {}
        things = self.doing.disputable()  # type: ignore[attr-defined]  # see prepare
        data["entered"] = list(self._entered(data, things))
        return data

    def _entered(self, data: dict[str, Any], things: dict[str, tuple[str, Disputed]]) -> Iterator[Entered]:
        for number in range(1, ROWS + 1):
            key, text, files = (data.get(f"{name}_{number}") for name in ("item", "text", "files"))
            if (text or files) and not key:
                self.add_error(f"item_{number}", gettext("Say what this point is about."))
            elif files and not text:
                self.add_error(f"text_{number}", gettext("Say what these files are to show."))
            elif key:
                yield Entered(things[key][1], text or "", bool(data.get(f"professional_{number}")), files or [])


def disputes_of(entered: Iterable[Entered], *, by: User, now: datetime) -> list[Dispute]:
    """The points with words, their files kept. Runs inside the transaction of the act: refused files keep nothing."""
    return [
        Dispute(
            item=row.item,
            text=row.text,
            professional=row.professional,
            evidence=[(file.name or "–", kept(file, by=by, now=now)) for file in row.files],
        )
        for row in entered
        if row.text
    ]


def kept(file: "UploadedFile[Any]", *, by: User, now: datetime) -> StoredFile:
    """The upload as a file of the register. Raises Refused."""
    return keep_file(name=file.name or "", content=file.read(), by=by, now=now)
