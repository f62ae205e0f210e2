"""Two files that are one person: merged, and the merge undone."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.merging import merge_files, undo_merge
from registry.admin.acts.consequence import Consequence
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import OnPractitioner, card_of, crumbs_to, file_url
from registry.admin.fields import prose_field, row_field
from registry.admin.moment import today
from registry.models import FileMerge, Practitioner, Responsibility, User
from registry.queries.explain import day
from registry.queries.merging import after_merging, after_undoing
from registry.queries.roles import OFFICERS_OF_AGENCIES
from registry.queries.scope import Scope


class MergeForm(ActForm):
    """Which other file, and why."""

    absorbed = row_field(
        _("The other file"), Responsibility._meta.get_field("practitioner"), Practitioner.objects.none()
    )
    reason = prose_field(
        _("Reason"),
        help_text=_("Why both files are one person: code, name and document must agree, or a human looked."),
    )

    def prepare(self) -> None:
        """Other people in the officer's scope."""
        people = self.doing.scope.practitioners().exclude(pk=self.doing.subject.pk)
        self.fields["absorbed"].queryset = people  # type: ignore[attr-defined]  # a model choice field


class MergeFiles(OnPractitioner):
    """Read the facts of another file as facts of this one."""

    title = _("Merge another file into this one")
    explains = _(
        "From now on the facts of the other file are read as facts of this one. Nothing is rewritten, and the merge can be undone. Needs a second officer."  # noqa: E501
    )
    do = _("Merge the files")
    form_class = MergeForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True

    def preview(self, data: dict[str, Any]) -> Consequence:
        """Both people side by side, and the standing of the merged file."""
        other = data["absorbed"]
        if other.pk == self.subject.pk:
            raise Refused("already_one_file", gettext("Choose another file than this one."), field="absorbed")
        before, after = after_merging(self.subject, other, today())
        details: list[tuple[Words, Any]] = [
            (_("This file"), _one_line(self.subject)),
            (_("The other file"), _one_line(other)),
        ]
        different = [] if other.name == self.subject.name else [gettext("The names differ.")]
        if other.birth_date != self.subject.birth_date:
            different.append(gettext("The dates of birth differ."))
        return Consequence(
            before=before, after=after, details=details, warnings=different, needs_second=True, grave=True
        )

    def perform(self, data: dict[str, Any], second: User | None) -> FileMerge:
        """Merge."""
        return merge_files(kept=self.subject, by=self.user, second=second, now=self.now, **data)

    def done(self, outcome: FileMerge) -> str:
        """What happened."""
        return gettext("The files are merged.")


class UndoForm(ActForm):
    """Why they are two people after all."""

    reason = prose_field(_("Reason"))


class UndoMerge(GuidedAct):
    """The two files are two people after all."""

    title = _("Undo the merge")
    explains = _(
        "Each file has its own standing again from now on. What was known meanwhile stays answerable as known then."
    )
    do = _("Undo the merge")
    form_class = UndoForm
    allowed = OFFICERS_OF_AGENCIES
    decides = True

    subject: FileMerge

    def find(self, seen: Scope) -> FileMerge | None:
        """The merge in force, if its kept file is in the scope."""
        rows = FileMerge.objects.filter(undone_at=None, kept__in=seen.practitioners())
        return rows.select_related("kept", "absorbed").filter(pk=self.kwargs["pk"]).first()

    def preview(self, data: dict[str, Any]) -> Consequence:
        """The standing of the kept file alone."""
        before, after = after_undoing(self.subject, today())
        details: list[tuple[Words, Any]] = [
            (_("This file"), _one_line(self.subject.kept)),
            (_("The other file"), _one_line(self.subject.absorbed)),
        ]
        return Consequence(before=before, after=after, details=details, needs_second=True, grave=True)

    def perform(self, data: dict[str, Any], second: User | None) -> FileMerge:
        """Undo."""
        return undo_merge(merge=self.subject, by=self.user, second=second, now=self.now, **data)

    def next_url(self, outcome: FileMerge) -> str:
        """Back to the kept file."""
        return file_url(self.subject.kept)

    def crumbs(self) -> list[tuple[Words, str]]:
        """Practitioners, then the kept file."""
        return crumbs_to(self.subject.kept)

    def context(self) -> dict[str, Any]:
        """The card of the kept file."""
        return card_of(self.subject.kept)


def _one_line(person: Practitioner) -> str:
    born = day(person.birth_date) if person.birth_date else gettext("date of birth unknown")
    return f"{person.name} · {person.code} · {person.get_category_display()} · {born}"
