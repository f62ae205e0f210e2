"""Handlings, cases and proposals of a nation as rows: for each deed what officers would have written until today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from registry.desks.demo_data.conduct import CONDUCT, WORDS_OF_GRADE, amount_of, period_of
from registry.desks.demo_data.stage import Officers
from registry.desks.demo_data.timeline import at
from registry.desks.nation.deeds import Deed, Part
from registry.models import Case, Delivery, Handling, ProcedureStep, Proposal, ProposedEntry, Responsibility, Task
from registry.rules.procedures import CASE, PROPOSAL

COLUMNS = {
    Handling: (
        "id", "uuid", "document_number", "made_on", "conduct_from", "conduct_until", "recorded_at", "department",
        "kind", "legal_basis", "amount", "facts", "agency_id", "recorded_by_id", "institution_id",
    ),
    Case: ("id", "uuid", "number", "state", "opened_at", "closed_at", "agency_id", "handling_id", "opened_by_id"),
    Responsibility: (
        "id", "grade", "grounds", "identified_on", "recorded_at", "handling_id", "practitioner_id", "recorded_by_id",
    ),
    Proposal: (
        "id", "uuid", "state", "policy", "proposed_at", "countersigned_at", "notified_at", "received_on", "decided_at",
        "decided_how", "held_because", "case_id", "countersigned_by_id", "practitioner_id", "proposed_by_id",
        "responsibility_id",
    ),
    ProposedEntry: (
        "situation", "act", "points", "default_points", "departure_reason", "outcome", "decided_points", "entry_id",
        "proposal_id",
    ),
    Delivery: ("channel", "event", "on_day", "recorded_at", "remark", "recorded_by_id", "proposal_id"),
    ProcedureStep: (
        "procedure", "subject", "act", "state_before", "state_after", "role", "on_day", "recorded_at", "grounds",
        "document_number", "actor_id", "agency_id", "case_id", "practitioner_id",
    ),
    Task: (
        "uuid", "kind", "state", "holder", "subject", "policy", "clock", "working_days", "starts_on", "due_on",
        "opened_at", "closed_at", "result", "agency_id", "institution_id", "practitioner_id", "case_id", "proposal_id",
        "closed_by_id",
    ),
}  # fmt: skip
"""What the rows of each table hold, in the order in which the tables are filled."""

_OBJECTION_DAYS, _NOTICE_DAYS = 10, 5
_WINDOW = timedelta(15)
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Entry:
    """One part of a deed with the numbers that it has: of the responsibility and proposal, and of the points entry."""

    part: Part
    answer: int
    entry: int | None
    """None while nothing is decided."""


@dataclass(frozen=True)
class Desk:
    """Who handles a deed, by id, and on which day it is."""

    officers: Officers
    agency: int
    today: date
    chance: Random

    def uuid(self) -> UUID:
        """Of chance, and the same for the same seed."""
        return UUID(int=self.chance.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | 0x4 << 76 | 0x2 << 62)


def rows_of(number: int, deed: Deed, entries: list[Entry], desk: Desk) -> Iterator[tuple[type, Row]]:
    """All rows of the deed, each with its table."""
    case, opened = desk.uuid(), at(deed.made_on + timedelta(1), hour=9)
    yield Handling, _handling(number, deed, desk, opened)
    closed = None if deed.open else deed.decided_at
    state = Case.State.OPEN if deed.open else Case.State.CLOSED
    document = f"C{deed.place.agency}-{deed.made_on.year}-{number:06d}"
    officers = desk.officers
    yield Case, (number, case, document, state.value, opened, closed, desk.agency, number, officers.identifier.pk)
    yield _step(CASE.name, case, "open", "", "open", opened, officers.identifier.pk, number, None, desk)
    age = (desk.today - deed.made_on).days if deed.open else 99
    if age < 4:
        yield _task(desk, number, None, case, Task.Kind.IDENTIFY, deed, opened, deed.made_on + timedelta(29))
        return
    for entry in entries:
        yield from _part(number, deed, entry, desk, age)
    if not deed.open:
        yield _step(CASE.name, case, "close", "open", "closed", deed.decided_at, None, number, None, desk)


def document_of(number: int, deed: Deed) -> str:
    """The number of the document of the handling, which its entries name."""
    return f"医保处字〔{deed.made_on.year}〕{number}号"


def _handling(number: int, deed: Deed, desk: Desk, opened: datetime) -> Row:
    conduct = CONDUCT.get(deed.situation) or CONDUCT["4-01"]
    from_, until = period_of(deed.made_on)
    return (
        number, desk.uuid(), document_of(number, deed), deed.made_on, from_, until, opened, "",
        conduct.kind.value, conduct.legal_basis, amount_of(conduct.kind, number % 900),
        desk.chance.choice(conduct.found), desk.agency, desk.officers.identifier.pk, deed.place.number,
    )  # fmt: skip


def _part(number: int, deed: Deed, entry: Entry, desk: Desk, age: int) -> Iterator[tuple[type, Row]]:
    """One person's way through the case, as far as it has come in `age` days."""
    officers, part, day = desk.officers, entry.part, deed.made_on
    identified, proposed, told, received = (at(day + timedelta(each), hour=11) for each in (3, 5, 7, 9))
    grounds = WORDS_OF_GRADE[part.grade]
    yield Responsibility, (
        entry.answer, part.grade.value, grounds, day + timedelta(3), identified, number, part.number,
        officers.identifier.pk,
    )  # fmt: skip
    if age < 6:
        return
    proposal, signed = desk.uuid(), part.points >= 12
    state = "decided" if not deed.open else "proposed" if age < 8 else "notified" if age < 10 else "received"
    yield Proposal, (
        entry.answer, proposal, state, deed.policy, proposed, told if signed else None, told if age >= 8 else None,
        day + timedelta(9) if age >= 10 else None, None if deed.open else deed.decided_at,
        "" if deed.open else Proposal.Decided.SILENCE.value, "", number, officers.second.pk if signed else None,
        part.number, officers.scorer.pk, entry.answer,
    )  # fmt: skip
    decided = (None, None) if deed.open else (part.points, entry.entry)
    outcome = "" if deed.open else ProposedEntry.Outcome.UPHELD.value
    yield ProposedEntry, (deed.situation, "", part.points, part.points, "", outcome, *decided, entry.answer)
    acts: list[tuple[str, str, str, datetime, int | None]] = [("propose", "", "proposed", proposed, officers.scorer.pk)]
    acts += [("countersign", "proposed", "proposed", told, officers.second.pk)] if signed else []
    acts += [("notify", "proposed", "notified", told, officers.scorer.pk)] if age >= 8 else []
    acts += [("receive", "notified", "received", received, None)] if age >= 10 else []
    acts += [("decide", "received", "decided", deed.decided_at, None)] if not deed.open else []
    for act, before, after, when, who in acts:
        yield _step(PROPOSAL.name, proposal, act, before, after, when, who, number, part.number, desk)
    yield from _deliveries(entry.answer, told, received, age, officers)
    yield from _tasks(number, deed, entry, proposal, desk, age)


def _deliveries(
    proposal: int, told: datetime, received: datetime, age: int, officers: Officers
) -> Iterator[tuple[type, Row]]:
    portal = Delivery.Channel.PORTAL.value
    if age >= 8:
        yield Delivery, (portal, Delivery.Event.SENT.value, told.date(), told, "", officers.scorer.pk, proposal)
    if age >= 10:
        yield Delivery, (portal, Delivery.Event.RECEIVED.value, received.date(), received, "", None, proposal)


def _tasks(number: int, deed: Deed, entry: Entry, proposal: UUID, desk: Desk, age: int) -> Iterator[tuple[type, Row]]:
    proposed, told, received = (at(deed.made_on + timedelta(each), hour=11) for each in (5, 7, 9))
    sent = told if age >= 8 else None
    due = (told + timedelta(2)).date()
    yield _task(desk, number, entry, proposal, Task.Kind.NOTIFY, deed, proposed, due, sent)
    if age >= 10:
        due = (received + _WINDOW).date()
        lapsed = None if deed.open else deed.decided_at
        due = max(due, desk.today) if deed.open else due
        yield _task(desk, number, entry, proposal, Task.Kind.OBJECT, deed, received, due, lapsed)


def _task(
    desk: Desk, case: int, entry: Entry | None, subject: UUID, kind: Task.Kind, deed: Deed, opened: datetime,
    due: date, closed: datetime | None = None,
) -> tuple[type, Row]:  # fmt: skip
    to_object = kind == Task.Kind.OBJECT
    holder = Task.Holder.PRACTITIONER if to_object else Task.Holder.AGENCY
    state = Task.State.OPEN if closed is None else Task.State.LAPSED if to_object else Task.State.DONE
    clocks = {Task.Kind.IDENTIFY: ("identification", 20), Task.Kind.NOTIFY: ("notice", _NOTICE_DAYS)}
    clock, days = clocks.get(kind, ("objection", _OBJECTION_DAYS))
    by = desk.officers.scorer.pk if closed and not to_object else None
    return Task, (
        desk.uuid(), kind.value, state.value, holder.value, subject, deed.policy, clock, days, opened.date(), due,
        opened, closed, "", desk.agency, None, entry.part.number if entry else None, case,
        entry.answer if entry else None, by,
    )  # fmt: skip


def _step(
    procedure: str, subject: UUID, act: str, before: str, after: str, when: datetime, who: int | None, case: int,
    person: int | None, desk: Desk,
) -> tuple[type, Row]:  # fmt: skip
    capacity = ProcedureStep.Capacity
    role = capacity.AGENCY if who else capacity.PRACTITIONER if act == "receive" else capacity.CLOCK
    agency = desk.agency if who else None
    return ProcedureStep, (
        procedure, subject, act, before, after, role.value, when.date(), when, "", "", who, agency, case, person,
    )  # fmt: skip
