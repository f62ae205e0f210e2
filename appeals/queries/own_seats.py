"""The cases of an expert: what waits and until when, how far each has come, and what became of the votes cast."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appeals.models import Panel, PointOfDispute, Result, Seat, Vote, VoteDraft
from appeals.queries.objections import Words
from appeals.queries.visible import mark_of, seats_of
from registry.ledger.days import shanghai_day
from registry.models import Task, User
from registry.queries.calendar import calendar
from registry.queries.explain import day
from registry.rules.clocks import WorkingCalendar, days_left

State = Seat.State

ENDED: Mapping[str, Words] = {
    State.VOTED: _("You have voted."),
    State.RECUSED: _("You stepped back; the next reserve of the draw took your seat."),
    State.REPLACED: _("The last day passed without your vote; the next reserve of the draw took your seat."),
    State.RELEASED: _("The panel ended before you had voted."),
}
"""How a seat ended, in one sentence for its expert."""

OF_OTHERS: Mapping[str, Words] = {
    State.SEATED: _("asked to vote"),
    State.VOTED: _("has voted"),
    State.RECUSED: _("stepped back"),
    State.REPLACED: _("was silent, and was replaced"),
    State.RELEASED: _("released"),
}
"""What is told of a seat to the other experts of the panel."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when something waits; `due` is None while the calendar of `missing_year` is missing. `working_days` are
    those left after today.
    """

    due: date | None
    missing_year: int | None
    is_over: bool
    working_days: int | None

    @property
    def left(self) -> str:
        """How many working days are left after today, in words; nothing where the last day is not known or past."""
        if self.due is None or self.is_over or self.working_days is None:
            return ""
        if self.working_days == 0:
            return str(_("Today is the last working day."))
        words = ngettext("%(days)s working day left", "%(days)s working days left", self.working_days)
        return words % {"days": self.working_days}

    @property
    def sentence(self) -> str:
        """Until when, in one sentence."""
        if self.due is None:
            told = _("The last day is not yet computable: the calendar of %(year)s is missing.")
            return str(told % {"year": self.missing_year})
        told = _("It was due until %(day)s.") if self.is_over else _("Until %(day)s, 24:00.")
        return str(told % {"day": day(self.due)})


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A case that waits for the expert: first for the answer whether they are free to judge, then for the vote."""

    seat: Seat
    deadline: Deadline
    begun: bool

    @property
    def mark(self) -> str:
        """What the case is called; it says nothing of the case."""
        return mark_of(self.seat)


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of the panel as the others see it, by its number alone."""

    number: int
    is_mine: bool
    words: Words


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the way of a case; what is still to come has no day, or has its last one."""

    title: Words
    on: date | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """What the expert said of one point, and what the panel said of it; None before all votes were opened."""

    number: int
    result: str
    points: int | None
    reasons: str
    outcome: str | None = None
    outcome_points: int | None = None
    agreed: bool | None = None

    @property
    def words(self) -> str:
        """The own vote in words."""
        return _in_words(self.result, self.points)

    @property
    def outcome_words(self) -> str:
        """The outcome in words; nothing while there is none."""
        return _in_words(self.outcome, self.outcome_points) if self.outcome else ""


@dataclass(frozen=True, slots=True)
class PastCase:
    """A seat that is over, with how it ended and the votes cast on it."""

    seat: Seat
    votes: tuple[Cast, ...]

    @property
    def mark(self) -> str:
        """What the case is called."""
        return mark_of(self.seat)

    @property
    def ended(self) -> Words:
        """How the seat ended."""
        return ENDED[self.seat.state]

    @property
    def outcome(self) -> Words:
        """What became of the vote, where it has no outcome."""
        if self.seat.state != State.VOTED or self.seat.panel.state == Panel.State.CONCLUDED:
            return ""
        if self.seat.panel.state == Panel.State.VOTING:
            return _("Your vote is sealed until all experts have voted; nobody else sees it before.")
        return _("The panel ended without an outcome; the votes stay sealed.")


def owed_by(user: User) -> list[Task]:
    """What the expert is asked for, the nearest last day first: votes, and opinions on repair. One query."""
    asked = Task.objects.filter(user=user, state=Task.State.OPEN, kind__in=(Task.Kind.VOTE, Task.Kind.DELIBERATE))
    return sorted(asked, key=lambda task: (task.due_on is None, task.due_on or date.max, task.pk))


def deadline_of(task: Task | None, today: date, days: WorkingCalendar | None = None) -> Deadline:
    """Until when the task waits; the working days left are counted where the calendar is given."""
    if task is None or task.due_on is None:
        return Deadline(None, task.missing_year if task else None, is_over=False, working_days=None)
    if task.due_on < today:
        return Deadline(task.due_on, None, is_over=True, working_days=None)
    found = days_left(task.due_on, today, days) if days else None
    return Deadline(task.due_on, None, is_over=False, working_days=found if isinstance(found, int) else None)


def waiting_cases(user: User, tasks: Collection[Task], today: date) -> list[WaitingCase]:
    """The seats on which the expert has not voted, the most urgent first. Four queries, however many there are."""
    asked = {task.subject: task for task in tasks}
    seats = list(seats_of(user).filter(state=State.SEATED).order_by("pk"))
    begun = set(VoteDraft.objects.filter(user=user).values_list("seat_id", flat=True)) if seats else set()
    days = calendar() if seats else None
    found = [WaitingCase(seat, deadline_of(asked.get(seat.uuid), today, days), seat.pk in begun) for seat in seats]
    return sorted(found, key=lambda each: (each.deadline.due is None, each.deadline.due or date.max, each.seat.pk))


def past_seats(user: User) -> QuerySet[Seat]:
    """The seats that are over, the last one first."""
    return seats_of(user).exclude(state=State.SEATED).order_by("-closed_at", "-pk")


def with_votes(seats: Iterable[Seat]) -> list[PastCase]:
    """The seats with what the expert said on each and what came of it; at most two queries, with full sight."""
    rows = list(seats)
    voted = [seat for seat in rows if seat.state == State.VOTED]
    opened = _opened([seat for seat in voted if seat.panel.state == Panel.State.CONCLUDED])
    sealed = _sealed([seat for seat in voted if seat.panel.state != Panel.State.CONCLUDED])
    cast = opened | sealed
    return [PastCase(seat, cast.get(seat.pk, ())) for seat in rows]


def with_draft_and_places(seats: QuerySet[Seat]) -> QuerySet[Any]:
    """Each seat with what is written for it, and with the ids and the states of all seats of its panel, in order."""
    every = Seat.objects.filter(panel=OuterRef("panel")).order_by("pk")
    return seats.select_related("draft").annotate(
        of_panel=ArraySubquery(every.values("pk")), as_they_are=ArraySubquery(every.values("state"))
    )


def draft_of(seat: Seat) -> VoteDraft | None:
    """What is written for the seat, if something was begun; read with it."""
    return getattr(seat, "draft", None)


def places_of(seat: Any) -> list[Place]:
    """The seats of the panel in their order: numbers and states, no names. The seat was read with them."""
    rows = zip(seat.of_panel, seat.as_they_are, strict=True)
    return [Place(number, pk == seat.pk, OF_OTHERS[state]) for number, (pk, state) in enumerate(rows, start=1)]


def way_of(seat: Seat, deadline: Deadline) -> list[Stop]:
    """How far the case has come, and what comes next; days only, and nobody's name."""
    return list(_stops(seat, seat.panel, deadline))


def _stops(seat: Seat, panel: Panel, deadline: Deadline) -> Iterator[Stop]:
    yield _done(_("The person concerned objected"), panel.objection.filed_at)
    yield _done(_("The question was referred to a panel"), panel.committed_at)
    if panel.drawn_at:
        yield _done(_("The panel was drawn by lot"), panel.drawn_at)
    if panel.drawn_at and seat.seated_at > panel.drawn_at:
        yield _done(_("You were seated as a reserve"), seat.seated_at)
    if seat.closed_at:
        yield _done(ENDED[seat.state], seat.closed_at)
    elif seat.state == State.SEATED:
        yield Stop(_("You vote"), deadline.due, is_done=False)
    if panel.concluded_at:
        yield _done(_("All votes were opened, and the middle one decided"), panel.concluded_at)
    elif panel.state == Panel.State.VOTING:
        yield Stop(_("All votes are opened, and the middle one decides"), None, is_done=False)
    else:
        yield Stop(_("The panel ended without an outcome"), None, is_done=True)


def _done(title: Words, at: datetime) -> Stop:
    return Stop(title, shanghai_day(at), is_done=True)


def _opened(seats: Collection[Seat]) -> dict[int, tuple[Cast, ...]]:
    """Own votes as they were opened, and the outcome: the vote of whoever agrees with the majority."""
    if not seats:
        return {}
    panel_of = {seat.pk: seat.panel_id for seat in seats}
    every = Vote.objects.filter(seat__panel__in=panel_of.values()).select_related("point", "seat")
    votes = list(every.order_by("point__number"))
    outcomes = {(vote.seat.panel_id, vote.point_id): vote for vote in votes if not vote.dissenting}
    found: dict[int, list[Cast]] = {pk: [] for pk in panel_of}
    for vote in votes:
        if vote.seat_id in found:
            found[vote.seat_id].append(_cast(vote, outcomes[vote.seat.panel_id, vote.point_id]))
    return {pk: tuple(own) for pk, own in found.items()}


def _cast(vote: Vote, outcome: Vote) -> Cast:
    own = (vote.point.number, vote.result, vote.points, vote.reasons)
    return Cast(*own, outcome.result, outcome.points, agreed=not vote.dissenting)


def _sealed(seats: Collection[Seat]) -> dict[int, tuple[Cast, ...]]:
    """Own votes that wait to be opened with the others, out of their seal: for whoever cast them."""
    if not seats:
        return {}
    panels = {seat.panel_id for seat in seats}
    numbers = dict(PointOfDispute.objects.filter(panels__in=panels).values_list("pk", "number"))
    return {seat.pk: tuple(sorted(_unsealed(seat, numbers), key=lambda cast: cast.number)) for seat in seats}


def _unsealed(seat: Seat, numbers: Mapping[int, int]) -> Iterator[Cast]:
    assert seat.sealed_votes is not None  # the database refuses a seat that voted without
    for point, (result, points, reasons) in seat.vault.unseal_words(bytes(seat.sealed_votes)).items():
        yield Cast(numbers[int(point)], result, points, reasons)


def _in_words(result: str, points: int | None) -> str:
    if points is None:
        return str(Result(result).label)
    words = ngettext("reduced to %(points)s point", "reduced to %(points)s points", points)
    return words % {"points": points}
