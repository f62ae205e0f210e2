"""What an announcement says and to whom, for each row of the register that asks for one.

Everything is asked as it was known when the row was written: an announcement made late is the one that was owed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet

from appeals.models import Application, Objection
from notifications.models import Because, Event, Notice
from notifications.queries.addressees import (
    Addressee,
    above,
    addressed_to,
    circle_of,
    holder_of,
    of_register,
    told_before,
)
from notifications.queries.pending import Source
from notifications.queries.people import People
from notifications.rules.happenings import Change, Circle, Happening, circles, happened
from notifications.rules.recall import Told, told_wrong
from registry.actions.corrections import Difference
from registry.ledger.families import Person
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson
from registry.models import Agency, Fact, ProcedureStep, Registration, StandingChange, Task
from registry.queries.recipients import Recipient, recipients_of, registered_on, told_of
from registry.rules import facts, reach
from registry.rules.compute import standing

_CORRECTIONS = (facts.EntryAnnulled, facts.EntryRevised)
_ABOUT: Mapping[str, tuple[Happening, QuerySet[Objection] | QuerySet[Application]]] = {
    "objection": (Happening.OBJECTION, Objection.objects.all()),
    "application": (Happening.APPLICATION, Application.objects.all()),
}


@dataclass(frozen=True, slots=True)
class Announcement:
    """What happened, who is told of it, each once, and which earlier notices it corrects."""

    happening: Happening
    told: tuple[Addressee, ...]
    recalled: tuple[Notice, ...] = ()


def looks_back(source: Source) -> bool:
    """Whether what was told before has a part in it, so that this has to be written first."""
    return isinstance(source.row, StandingChange) and source.row.fact is not None and source.row.fact.entry is not None


def announcement(source: Source, people: People) -> Announcement:
    """What is to be announced of one row of the register, which is about one of the `people`."""
    match source.row:
        case StandingChange() as change:
            return _of_change(change, people)
        case ProcedureStep() as step:
            return _of_step(step, people)
        case Task() as task:
            return _of_task(task, missed=source.column == "missed")
        case other:
            raise TypeError(f"{type(other).__name__} is nothing that is announced")


class _About:
    """A person as the register held them at an instant, read where it is asked for."""

    def __init__(self, practitioner_id: int, on: date, known: datetime, people: People) -> None:
        self.person: Person = people.person(practitioner_id, known=known)
        self.on, self.known, self.bodies = on, known, people.bodies
        self._people = people

    @cached_property
    def registrations(self) -> list[Registration]:
        return self._people.registrations(self.person, known=self.known)

    def facts(self, *, until: Fact | None = None) -> list[facts.Fact]:
        return self._people.facts(self.person, until=until)

    def told_of(self, deciding: Collection[Agency | None], *, everywhere: bool) -> tuple[Recipient, ...]:
        places = registered_on(self.on, self.registrations, known=self.known)
        return told_of(
            person=self._people.row(self.person.kept),
            places=places,
            deciding=deciding,
            everywhere=everywhere,
            bodies=self.bodies,
        )

    def subscribers(self) -> Iterator[Addressee]:
        for row in self._people.subscriptions(self.person, self.on):
            yield addressed_to(row, Because.SUBSCRIBED)

    def within(
        self, told: Iterable[Recipient], asked: Collection[Circle], deciding: Iterable[Agency | None]
    ) -> list[Addressee]:
        decided_in = [agency.region_id for agency in deciding if agency]
        listed = (
            of_register(one, decided_in=decided_in, bodies=self.bodies) for one in told if circle_of(one) in asked
        )
        return [each for some in listed for each in some]


def _each_once(told: Iterable[Addressee]) -> tuple[Addressee, ...]:
    """The first reason counts."""
    found: dict[tuple[str, int | str], Addressee] = {}
    for each in told:
        found.setdefault(each.key, each)
    return tuple(found.values())


# changes of standing --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Behind:
    """What is behind a change: the kind of its fact, the periods that are others by it, by whom it was decided, where
    it was decided, who the register lists, and which earlier notices it makes wrong.
    """

    periods: frozenset[str]
    deciding: tuple[Agency | None, ...]
    decided_here: bool
    listed: tuple[Recipient, ...]
    recalled: tuple[Notice, ...] = ()


def _of_change(change: StandingChange, people: People) -> Announcement:
    about = _About(change.practitioner_id, change.on_day, change.recorded_at, people)
    behind = _behind(change, about)
    fact = change.fact.kind if change.fact else ""
    what = happened(Change(change.cause, fact, change.status_before, change.status_after, behind.periods))
    if change.fact and change.fact.legacy:  # it was told when it was decided, by the register that it comes from
        return Announcement(what, ())
    asked = circles(what, decided_here=behind.decided_here)
    told = about.within(behind.listed, asked, behind.deciding)
    told += about.subscribers() if Circle.SUBSCRIBERS in asked else ()
    told += told_before(behind.recalled) if Circle.TOLD_BEFORE in asked else ()
    return Announcement(what, _each_once(told), behind.recalled)


def _behind(change: StandingChange, about: _About) -> _Behind:
    if change.fact:
        return _behind_fact(change.fact, about)
    changed = (change.status_before, change.until_before) != (change.status_after, change.until_after)
    if change.cause == StandingChange.Cause.MERGE:
        return _Behind(frozenset(), (), True, about.told_of((), everywhere=changed))
    return _behind_day(change, about, changed)


def _behind_fact(fact: Fact, about: _About) -> _Behind:
    known = about.facts(until=fact)
    own = next(each for each in known if each.id == str(fact.origin_id))
    without = [each for each in known if each is not own]
    reached = reach.reach(without, known, policies())
    periods = frozenset(each.kind for each in reached.periods)
    here = fact.origin == settings.REGISTRY_REGISTER_ID
    if not isinstance(own, _CORRECTIONS):
        return _Behind(periods, (fact.agency,), here, about.told_of((fact.agency,), everywhere=bool(periods)))
    entry = fact.entry
    assert entry is not None  # a correction names its entry; the database sees to it
    before, after = (standing(each, about.on, policies()) for each in (without, known))
    person = LockedPerson(about.person.kept, about.person.files, without)
    found = Difference(before, after, person, (own,))
    listed = recipients_of(
        found, entries=[entry], changes=reached, registrations=about.registrations, bodies=about.bodies
    )
    return _Behind(periods, (entry.agency,), here, listed, _recalled(fact, entry, own, without, about))


def _behind_day(change: StandingChange, about: _About, changed: bool) -> _Behind:
    """The day carries out what somebody decided: the entry that was the last to bring the period about."""
    kind, starts_on = change.edge.split(":")[:2]
    known = about.facts()
    periods = standing(known, about.on, policies(), known=about.known).periods
    period = next((each for each in periods if (each.kind, each.from_.isoformat()) == (kind, starts_on)), None)
    cause = Fact.objects.select_related("agency").filter(practitioner__in=about.person.files)
    last = cause.filter(origin_id=period.because[-1]).first() if period else None
    deciding = (last.agency,) if last else ()
    here = last is None or last.origin == settings.REGISTRY_REGISTER_ID
    return _Behind(frozenset({kind}), deciding, here, about.told_of(deciding, everywhere=changed))


# corrections ----------------------------------------------------------------------------------------------------------


def _recalled(
    fact: Fact,
    entry: Fact,
    own: facts.EntryAnnulled | facts.EntryRevised,
    without: list[facts.Fact],
    about: _About,
) -> tuple[Notice, ...]:
    """The notices of what was announced since the entry and is otherwise by the correction, in order."""
    told = list(_told_since(entry, fact, about))
    wrong = told_wrong(told, without, own, policies())
    return tuple(Notice.objects.filter(event__in=wrong).order_by("event__change_id", "pk"))


def _told_since(entry: Fact, fact: Fact, about: _About) -> Iterator[Told]:
    events = Event.objects.filter(practitioner__in=about.person.files, change__recorded_at__gte=entry.recorded_at)
    for event in (
        events.exclude(change__fact=fact)
        .filter(change__recorded_at__lte=fact.recorded_at)
        .select_related("change__fact__entry")
    ):
        change = event.change
        assert change is not None  # by the filter
        yield Told(
            id=event.pk,
            entry=_entry_of(change.fact),
            on=change.on_day,
            known=change.recorded_at,
            status=change.status_after,
            until=change.until_after,
            points=change.points_after,
        )


def _entry_of(fact: Fact | None) -> str | None:
    if fact is None:
        return None
    return str((fact.entry or fact).origin_id)


# procedures and deadlines ---------------------------------------------------------------------------------------------


def _of_step(step: ProcedureStep, people: People) -> Announcement:
    what, moved = _ABOUT[step.procedure]
    agency = moved.select_related("agency").get(uuid=step.subject).agency
    assert step.practitioner_id is not None  # who waits is found by the person
    about = _About(step.practitioner_id, step.on_day, step.recorded_at, people)
    asked = circles(what, decided_here=True)
    return Announcement(what, _each_once(about.within(about.told_of((agency,), everywhere=False), asked, (agency,))))


def _of_task(task: Task, *, missed: bool) -> Announcement:
    what = Happening.DEADLINE_MISSED if missed else Happening.DEADLINE_SET
    told = [holder_of(task), *(above(task) if missed else ())]
    return Announcement(what, _each_once(told))
