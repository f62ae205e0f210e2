"""Recording that talks were held: one of them, or several of an institution on the same day."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminFileFieldWidget

from registry.actions.files import keep_file
from registry.actions.procedure import Acting
from registry.actions.talks import TALKS, finish_talk, finish_talks
from registry.admin.acts.guided import ActForm, GuidedAct, Words
from registry.admin.acts.subjects import OnInstitution, card_of
from registry.admin.fields import day_field, prose_field
from registry.admin.moment import today
from registry.models import StoredFile, Task, User
from registry.queries.explain import day
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.scope import Scope
from registry.queries.talks import acting_for, talks_owed
from registry.queries.worklist import Line

MOST = 200


def work_list_crumb() -> tuple[Words, str]:
    """The title and address of the work list."""
    return _("Work list"), reverse("admin:work_list")


class TalkForm(ActForm):
    """When the talk was held, and what was said."""

    held_on = day_field(_("Held on"))
    result = prose_field(_("What was said"), help_text=_("And what the person undertakes. It is kept with the record."))
    file = forms.FileField(label=_("Signed record"), required=False, widget=UnfoldAdminFileFieldWidget())

    begins_today = ("held_on",)


class _Recording(GuidedAct):
    """What both ways of recording have in common."""

    do = _("Record it")
    allowed = STAFF_KEEPERS
    previewed = False

    def _acting(self, task: Task) -> Acting:
        found = acting_for(self.scope, self.user, task)
        assert found is not None  # else the task would not have been found
        return found

    def _kept(self, data: dict[str, Any]) -> StoredFile | None:
        handed = data.pop("file")
        return keep_file(name=handed.name, content=handed.read(), by=self.user, now=self.now) if handed else None

    def next_url(self, outcome: Any) -> str:
        """Back to the work list."""
        return reverse("admin:work_list")


class FinishTalk(_Recording):
    """One talk was held."""

    title = _("Record the talk")
    explains = _("It can be recorded after its last day too; then it is shown as late.")
    form_class = TalkForm

    subject: Task

    def find(self, seen: Scope) -> Task | None:
        """The open talk, if it is the user's to record."""
        rows = Task.objects.select_related("practitioner", "institution", "agency", "change")
        task = rows.filter(pk=self.kwargs["pk"], kind__in=TALKS, state=Task.State.OPEN).first()
        return task if task and acting_for(seen, self.user, task) else None

    def perform(self, data: dict[str, Any], second: User | None) -> Task:
        """Keep the file and record: both or neither."""
        with transaction.atomic():
            file = self._kept(data)
            return finish_talk(task=self.subject, file=file, acting=self._acting(self.subject), now=self.now, **data)

    def done(self, outcome: Task) -> str:
        """What happened."""
        person = outcome.practitioner.name if outcome.practitioner else ""
        return gettext("The talk with %(person)s is recorded.") % {"person": person}

    def crumbs(self) -> list[tuple[Words, str]]:
        """The work list."""
        return [work_list_crumb()]

    def context(self) -> dict[str, Any]:
        """The card of the person, and the task."""
        assert self.subject.practitioner is not None  # talks are about somebody
        return {**card_of(self.subject.practitioner), "talk": Line(self.subject, today())}


class _Talks(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Open talks, each with its person, kind and last day."""

    def label_from_instance(self, obj: Any) -> str:
        person = f"{obj.practitioner.name} {obj.practitioner.code}"
        due = gettext("due on %(day)s") % {"day": day(obj.due_on)} if obj.due_on else gettext("no due day yet")
        return f"{person} · {obj.get_kind_display()} · {due}"


class TalksForm(TalkForm):
    """Which talks of the institution, when they were held, and what was said to everybody."""

    tasks = _Talks(label=_("Talks"), queryset=Task.objects.none(), widget=UnfoldAdminCheckboxSelectMultipleWidget())
    field_order = ("tasks", "held_on", "result")

    def prepare(self) -> None:
        """The open talks of the institution, due first. One file cannot be several people's record."""
        del self.fields["file"]
        self.fields["tasks"].queryset = self.doing.open_talks()  # type: ignore[attr-defined]


class FinishTalks(_Recording, OnInstitution):
    """Several talks of an institution were held on the same day."""

    title = _("Record several talks")
    explains = _("For talks held together, with the same words: all of them are recorded, or none.")
    form_class = TalksForm

    def open_talks(self) -> QuerySet[Task]:
        """What the institution still owes, due first."""
        due = talks_owed(self.subject).select_related("practitioner")
        return due.filter(pk__in=due.values("pk")[:MOST])

    def perform(self, data: dict[str, Any], second: User | None) -> Sequence[Task]:
        """Record them all."""
        tasks = list(data.pop("tasks").select_related("institution", "agency", "change"))
        return finish_talks(tasks=tasks, acting=self._acting(tasks[0]), now=self.now, **data)

    def done(self, outcome: Sequence[Task]) -> str:
        """How many."""
        count = len(outcome)
        return ngettext("%(count)s talk is recorded.", "%(count)s talks are recorded.", count) % {"count": count}

    def crumbs(self) -> list[tuple[Words, str]]:
        """The work list."""
        return [work_list_crumb()]
