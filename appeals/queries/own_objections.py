"""What a practitioner sees of the own objections: what can be objected to and until when, and how far each has come.

`files` are all files of the person, merged ones too: each page asks for them once.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appeals.actions.moving import OPEN
from appeals.models import Evidence, ExternalPoint, Objection, Panel, PointOfDispute, Result
from appeals.queries.disputed import disputed_points
from appeals.queries.drafts import Thing, entries_of
from appeals.queries.objections import Due, Words, due_of
from registry.models import Practitioner, Proposal, ProposedEntry, StoredFile, Task
from registry.queries.advance_notices import UNRECEIVED
from registry.queries.explain import day

State = Objection.State
_ANSWERABLE = (Proposal.State.NOTIFIED, Proposal.State.TO_SERVE, Proposal.State.RECEIVED, Proposal.State.HELD)

STANDS: Mapping[str, Words] = {
    State.LATE: _("It came after the window. An officer decides whether the cause that you stated is good."),
    State.FILED: _("It is filed. Nothing is decided until it is answered."),
    State.IN_REVIEW: _("A reviewer who had no part in the points looks at it."),
    State.WITH_PANEL: _("Independent experts look at the professional question in it, without names."),
    State.REFUSED: _("It was refused as late."),
    State.DECIDED: _("It is decided."),
    State.WITHDRAWN: _("You withdrew it."),
    State.OUT_OF_SCOPE: _("It was closed, because it is about something that cannot be decided here."),
}
"""Where an objection stands, in one sentence for who filed it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Proposed points that the person was told of and has not objected to. `due` is the last day, None where it is not
    known: before the receipt, or while the calendar of `missing_year` is missing.
    """

    proposal: Proposal
    items: tuple[ProposedEntry, ...]
    due: date | None
    missing_year: int | None
    today: date

    @property
    def unread(self) -> bool:
        """Whether the notice was not received yet, so that no day counts, and what it says stands nowhere else."""
        return self.proposal.state in UNRECEIVED

    @property
    def is_over(self) -> bool:
        """Whether the last day is past; then a good cause is needed."""
        return self.due is not None and self.due < self.today

    @property
    def points(self) -> int:
        """All points proposed together."""
        return sum(item.points for item in self.items)

    @property
    def days_left(self) -> str:
        """How many days are left after today, in words; nothing where the last day is not known or past."""
        if self.due is None or self.is_over:
            return ""
        left = (self.due - self.today).days
        if left == 0:
            return str(_("Today is the last day."))
        return ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}

    @property
    def sentence(self) -> str:
        """Until when, in one sentence."""
        if self.unread:
            return str(
                _(
                    "Points are to be recorded on you. Open the notice: it says which, and your days to object"
                    " begin with it."
                )
            )
        if self.due is None:
            told = _("You can object. The last day is not yet computable: the calendar of %(year)s is missing.")
            return str(told % {"year": self.missing_year})
        if self.is_over:
            told = _(
                "The window ended on %(day)s. With a good cause you can still object, until the points are decided."
            )
        else:
            told = _("You can object until %(day)s, 24:00.")
        return str(told % {"day": day(self.due)})


@dataclass(frozen=True, slots=True)
class Appealable:
    """An entry on record, with the number of the objection or appeal about it that is open, or that it was decided by
    before: then there must be new facts.
    """

    thing: Thing
    open: Objection | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class Own:
    """An objection or appeal of the person, and what comes next in it."""

    objection: Objection
    next: tuple[Due, ...]

    @property
    def stands(self) -> Words:
        """Where it stands; of what is decided, how many of its points were upheld, reduced and annulled."""
        results = Counter(getattr(self.objection, "results", ()))
        if self.objection.state != State.DECIDED or not results:
            return STANDS[self.objection.state]
        told = (
            _("%(result)s %(number)s") % {"result": result.label, "number": results[result]}
            for result in Result
            if result in results
        )
        return _("It is decided: %(results)s.") % {"results": " · ".join(told)}


@dataclass(frozen=True, slots=True)
class OwnPoint:
    """A point with what it is about, and the evidence handed in for it."""

    point: PointOfDispute
    thing: Thing
    evidence: tuple[Evidence, ...]


def windows(files: Collection[int], today: date) -> list[Window]:
    """What the person can object to, what ends first at the beginning. Three queries."""
    rows = list(_answerable(files).select_related("case__agency").prefetch_related("items"))
    tasks = Task.objects.filter(subject__in=[row.uuid for row in rows], kind=Task.Kind.OBJECT).order_by("id")
    last = {task.subject: task for task in tasks}
    found = [_window(row, last.get(row.uuid), today) for row in rows]
    return sorted(found, key=lambda each: (each.is_over, each.due is None, each.due or today, each.proposal.pk))


def window_of(proposal: Proposal, today: date) -> Window:
    """The window of one proposal."""
    task = Task.objects.filter(subject=proposal.uuid, kind=Task.Kind.OBJECT).order_by("-id").first()
    return _window(proposal, task, today)


def appealable_entries(practitioner: Practitioner, *, files: Collection[int] = ()) -> list[Appealable]:
    """The entries on record that are not annulled, the latest first, with what is open or was decided about each."""
    things = entries_of(practitioner, files=files)
    entries = [thing.entry for thing in things.values() if thing.entry]
    points = PointOfDispute.objects.filter(entry__in=entries).select_related("objection").order_by("objection_id")
    waiting = {row.entry_id: row.objection for row in points if row.objection.state in OPEN}
    outside = ExternalPoint.objects.filter(entry__in=entries).select_related("outcome").order_by("outcome_id")
    decided = {row.entry_id: row.outcome.document_number for row in outside} | {
        row.entry_id: row.objection.number
        for row in points
        if row.objection.state == State.DECIDED and row.objection.proposal_id is None
    }
    return [
        Appealable(thing, waiting.get(thing.about.pk), decided.get(thing.about.pk, "")) for thing in things.values()
    ]


def own_objections(files: Collection[int]) -> QuerySet[Objection]:
    """The objections and appeals of the person, the newest first, with the results of their points."""
    decided = PointOfDispute.objects.filter(objection=OuterRef("pk")).exclude(result="").order_by("number")
    rows = Objection.objects.filter(practitioner_id__in=files).annotate(results=ArraySubquery(decided.values("result")))
    return rows.select_related("agency", "case", "proposal", "institution").order_by("-id")


def with_what_comes_next(rows: Collection[Objection], today: date) -> list[Own]:
    """The objections, each with who must act until when. Two queries, however many they are."""
    waiting = [row for row in rows if row.state in OPEN]
    judged = [row for row in waiting if row.state == State.WITH_PANEL]
    panels = Panel.objects.filter(objection__in=judged).values_list("uuid", "objection__uuid", "seats__uuid")
    of_subject = {row.uuid: row.uuid for row in waiting}
    for panel, objection, seat in panels:
        of_subject |= {each: objection for each in (panel, seat) if each}
    tasks = Task.objects.filter(subject__in=of_subject, state=Task.State.OPEN).select_related("agency")
    next_of: dict[object, dict[str, Due]] = {row.uuid: {} for row in rows}
    for task in tasks.order_by("due_on", "id"):
        next_of[of_subject[task.subject]][task.kind] = due_of(task, today)
    return [Own(row, tuple(next_of[row.uuid].values())) for row in rows]


def own_points(objection: Objection) -> list[OwnPoint]:
    """The points in their order with their evidence, in four queries; no file is opened."""
    closed = StoredFile.objects.defer("sealed")
    evidence = Evidence.objects.prefetch_related(Prefetch("file", closed)).order_by("id")
    rows = objection.points.select_related("item__proposal", "entry__points_entry").order_by("number")
    return [
        OwnPoint(point, _thing_of(point), tuple(point.evidence.all()))
        for point in rows.prefetch_related(Prefetch("evidence", evidence), "entry__corrections")
    ]


def _window(proposal: Proposal, task: Task | None, today: date) -> Window:
    due, missing = (task.due_on, task.missing_year) if task else (None, None)
    return Window(proposal, tuple(proposal.items.all()), due, missing, today)


def _answerable(files: Collection[int]) -> QuerySet[Proposal]:
    """What the person was told of, and has neither an open nor a decided objection."""
    heard = Objection.objects.filter(proposal=OuterRef("pk"), state__in=[*OPEN, State.DECIDED])
    told = Proposal.objects.filter(practitioner_id__in=files, state__in=_ANSWERABLE, notified_at__isnull=False)
    return told.filter(~Exists(heard))


def _thing_of(point: PointOfDispute) -> Thing:
    about = point.item or point.entry
    assert about is not None  # the database refuses a point about nothing
    recorded = getattr(point.entry, "points_entry", None)
    return Thing(str(about.pk), about, disputed_points(point), recorded.situation if recorded else "")
