"""Repair as its holder sees it: what can be asked for now, what was asked, and what happens with it next."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from appeals.models import Application, Attendance
from appeals.queries.remediation import Prospect
from registry.models import Task


@dataclass(frozen=True, slots=True)
class Asked:
    """An application with what is owed about it: the earliest of the agency's tasks; None once it is over."""

    row: Application
    owed: Task | None


def askable_now(found: Iterable[Prospect]) -> list[Prospect]:
    """What completed activities support today, where no application is open."""
    return [each for each in found if each.most and not each.pending]


def asked_by(files: Collection[int]) -> list[Asked]:
    """The applications of the person with these files, the latest first."""
    rows = list(Application.objects.filter(practitioner_id__in=files).select_related("agency").order_by("-id"))
    return [Asked(row, task) for row, task in zip(rows, _owed(rows), strict=True)]


def _owed(rows: list[Application]) -> list[Task | None]:
    subjects = [row.uuid for row in rows]
    open_now = Task.objects.filter(subject__in=subjects, state=Task.State.OPEN, holder=Task.Holder.AGENCY)
    tasks: dict[object, Task] = {}
    for task in open_now.order_by("-id"):
        tasks[task.subject] = task
    return [tasks.get(row.uuid) for row in rows]


def course_parts(parts: Iterable[Attendance]) -> dict[int, Attendance]:
    """Of the parts (`taken_part`), those in an activity that is studied here on the web, by their ids. No query."""
    return {part.pk: part for part in parts if hasattr(part.activity, "course")}
