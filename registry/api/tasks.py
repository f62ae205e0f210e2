"""What somebody must do until when: the work list, and talks that were held; who is under key supervision."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from registry.actions.procedure import Acting
from registry.actions.talks import TALKS, finish_talk, finish_talks
from registry.api.desk import Act, Filter, Listing, One
from registry.api.files import own_file
from registry.api.given import Choice, Day, Flag, Given, Id, Prose
from registry.api.opening import OpensFile
from registry.api.paged import Paged
from registry.api.problems import MALFORMED, Problem
from registry.api.shapes import ActorRef, PersonRef, PlaceRef, Shape, Word, document_of
from registry.api.subjects import all_named, one
from registry.models import Institution, Practitioner, Task
from registry.queries.faults import Fault
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.supervision import Supervised, key_supervision
from registry.queries.talks import acting_for, talks_owed, tasks_seen
from registry.queries.worklist import Line, Wanted, due_of, worklist

NOT_A_PLACE = Fault("not_a_place", _("“%(value)s” is no place in this list."), _("Take it from `next` of a page."))
"""Of the parameter `after` of a list in an order of its own."""


class TaskShape(Shape):
    """A task (待办): what somebody must do, or may still do, until the end of a day.

    While `due_on` is null the calendar of `missing_year` is missing, and nothing lapses. Experts judge without names,
    so the person and the case of their tasks are not told.
    """

    id = serializers.UUIDField(source="task.uuid")
    kind = Word(Task.Kind.choices, source="task.kind")
    state = Word(Task.State.choices, source="task.state")
    holder = Word(Task.Holder.choices, source="task.holder")
    who = serializers.CharField(help_text="who must act, in words")
    agency = serializers.CharField(source="task.agency.code", allow_null=True, default=None)
    institution = PlaceRef(source="task.institution", allow_null=True)
    given_to = ActorRef(source="task.user", allow_null=True)
    practitioner = serializers.SerializerMethodField()
    case = serializers.SerializerMethodField()
    proposal = serializers.SerializerMethodField()
    policy = serializers.CharField(source="task.policy")
    clock = serializers.CharField(source="task.clock")
    working_days = serializers.IntegerField(source="task.working_days")
    starts_on = serializers.DateField(source="task.starts_on", help_text="the clock begins on the day after")
    due_on = serializers.DateField(source="task.due_on", allow_null=True)
    missing_year = serializers.IntegerField(source="task.missing_year", allow_null=True)
    overdue = serializers.BooleanField(source="is_overdue")
    opened_at = serializers.DateTimeField(source="task.opened_at")
    escalated_at = serializers.DateTimeField(source="task.escalated_at", allow_null=True)
    closed_at = serializers.DateTimeField(source="task.closed_at", allow_null=True)
    held_on = serializers.DateField(source="task.held_on", allow_null=True)
    held_late = serializers.BooleanField(source="was_late")
    result = serializers.CharField(source="task.result", allow_blank=True)
    file = serializers.UUIDField(source="task.file.uuid", allow_null=True, default=None)

    @extend_schema_field(PersonRef(allow_null=True))
    def get_practitioner(self, row: Line) -> dict[str, Any] | None:
        """Whom it is about."""
        known = None if _is_an_experts(row) else row.task.practitioner
        return document_of(PersonRef, known) if known else None

    def get_case(self, row: Line) -> str | None:
        """The id of the case."""
        return None if _is_an_experts(row) or row.task.case is None else str(row.task.case.uuid)

    def get_proposal(self, row: Line) -> str | None:
        """The id of the proposal."""
        return None if _is_an_experts(row) or row.task.proposal is None else str(row.task.proposal.uuid)


def _is_an_experts(row: Line) -> bool:
    return row.task.holder == Task.Holder.EXPERT


OF_A_TASK = ("agency", "institution", "practitioner", "case", "proposal", "user", "file")


class Tasks(Paged):
    """Your work list, due first: open tasks of your agency or institution, those given to you, those handed up."""

    tag = "tasks"
    shape = TaskShape
    filters = {
        "kind": Filter(Choice(choices=Task.Kind.values, required=False), ""),
        "holder": Filter(Choice(choices=Task.Holder.values, required=False), ""),
        "overdue": Filter(Flag(required=False), ""),
        "escalated": Filter(Flag(required=False, help_text="handed up only"), ""),
        "mine": Filter(Flag(required=False, help_text="given to you by name only"), ""),
    }

    def page(self, asked: Mapping[str, Any]) -> tuple[Sequence[Line], str]:
        wanted = Wanted(**{name: asked[name] for name in Wanted._fields if name in asked})
        after, size = asked["after"] or "", asked["limit"]
        who = self.asker
        try:
            found = worklist(who.scope, who.today, user=who.user, wanted=wanted, after=after, size=size)
        except ValueError:
            raise Problem(MALFORMED, errors=[NOT_A_PLACE.of("after", after)]) from None
        return found.lines, found.after


class CountsShape(Shape):
    """How much there is to do."""

    open = serializers.IntegerField()
    today = serializers.IntegerField(help_text="due today")
    overdue = serializers.IntegerField()
    escalated = serializers.IntegerField(help_text="handed up")


class TaskCounts(One):
    """How much you have to do today."""

    tag = "tasks"
    shape = CountsShape

    def find(self, **path: Any) -> Any:
        return due_of(self.asker.scope, self.asker.today, user=self.asker.user)


class TaskView(One):
    """One task, open or closed."""

    tag = "tasks"
    shape = TaskShape

    def find(self, **path: Any) -> Line:
        rows = tasks_seen(self.asker.scope, self.asker.user).select_related(*OF_A_TASK)
        return Line(one(rows, uuid=path["task"]), self.asker.today)


class TasksOfPerson(OpensFile, Listing):
    """What is open about a practitioner, and the talks that were held with them."""

    tag = "tasks"
    shape = TaskShape
    filters = {"state": Filter(Choice(choices=[Task.State.OPEN.value, Task.State.DONE.value], required=False), "state")}

    def rows(self) -> QuerySet[Task]:
        shown = Q(state=Task.State.OPEN) | Q(state=Task.State.DONE, held_on__isnull=False)
        return Task.objects.filter(shown, practitioner_id__in=self.files(**self.kwargs)).select_related(*OF_A_TASK)

    def shown(self, row: Task) -> dict[str, Any]:
        return super().shown(Line(row, self.asker.today))


class TalkGiven(Given):
    """When the talk was held, what was said and what the person undertakes, and the signed record."""

    held_on = Day()
    result = Prose(max_length=20000)
    file = Id(required=False, allow_null=True, help_text="a file that you handed in")


class RecordTalk(Act):
    """Record that a talk was held. After its last day too; then it is shown as late."""

    tag = "tasks"
    shape = TaskShape
    given = TalkGiven
    done_by = STAFF_KEEPERS

    def subject(self, **path: Any) -> Task:
        rows = Task.objects.filter(kind__in=TALKS, state=Task.State.OPEN).select_related(*OF_A_TASK, "change")
        found = one(rows, uuid=path["task"])
        if acting_for(self.asker.scope, self.asker.user, found) is None:
            raise NotFound
        return found

    def do(self, subject: Task, values: dict[str, Any]) -> Line:
        file = own_file(self.asker, "file", values.pop("file", None))
        done = finish_talk(task=subject, file=file, acting=acting(self, subject), now=self.asker.now, **values)
        return Line(done, self.asker.today)


def acting(face: Act, task: Task) -> Acting:
    """In which capacity the asker records the talk, which was found to be theirs."""
    found = acting_for(face.asker.scope, face.asker.user, task)
    assert found is not None
    return found


class TalksGiven(Given):
    """Which talks, when they were held together, and what was said to everybody."""

    tasks = serializers.ListField(child=Id(), min_length=1, max_length=200)
    held_on = Day()
    result = Prose(max_length=20000)


class TasksShape(Shape):
    """Tasks."""

    items = TaskShape(many=True)


class RecordTalks(Act):
    """Record several talks of an institution that were held together, with the same words: all of them, or none."""

    tag = "tasks"
    shape: ClassVar[type[Shape]] = TasksShape
    given = TalksGiven
    done_by = STAFF_KEEPERS

    def subject(self, **path: Any) -> Institution:
        return one(self.asker.scope.institutions(), **path)

    def do(self, subject: Institution, values: dict[str, Any]) -> dict[str, Any]:
        owed = talks_owed(subject).select_related(*OF_A_TASK, "change")
        tasks = all_named("tasks", owed, "uuid", values.pop("tasks"))
        done = finish_talks(tasks=tasks, acting=acting(self, tasks[0]), now=self.asker.now, **values)
        return document_of(TasksShape, {"items": [Line(task, self.asker.today) for task in done]})


class SupervisedShape(Shape):
    """Somebody who reached the tier of an interview this year and is not blocked, with what is owed."""

    practitioner = PersonRef()
    points = serializers.IntegerField()
    institutions = serializers.SerializerMethodField()
    tasks = TaskShape(many=True)

    @extend_schema_field(PlaceRef(many=True))
    def get_institutions(self, row: Supervised) -> list[dict[str, Any]]:
        """Where the person is registered today."""
        return [document_of(PlaceRef, registration.institution) for registration in row.registrations]


class Supervision(Paged):
    """Key supervision (重点监管): who reached the tier of an interview this year and is not blocked."""

    tag = "tasks"
    shape = SupervisedShape
    edge = Id(required=False, help_text="where the page before ended; taken from `next`")

    def page(self, asked: Mapping[str, Any]) -> tuple[Sequence[Supervised], str]:
        people = self.asker.scope.practitioners()
        after = one(people, uuid=asked["after"]).code if asked["after"] else ""
        found = key_supervision(self.asker.scope, self.asker.today, after=after, size=asked["limit"])
        last = Practitioner.objects.filter(code=found.after).first() if found.after else None
        return found.people, str(last.uuid) if last else ""
