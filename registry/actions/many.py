"""One act on many people of a case: a department in one step, all of it or nothing of it.

Everybody is locked up front, in order of id, as every act on several people does; then each row is done as the single
act does it. What is refused is collected, so that all of it is told at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.cases import answered, reopen
from registry.actions.deliveries import notify_locked, receive_locked, require_receipt
from registry.actions.errors import Refused
from registry.actions.handlings import identify_locked
from registry.actions.procedure import Acting, for_agency
from registry.actions.proposals import Item, ProposalPreview, countersign_locked, propose_locked, weigh_items
from registry.actions.requirements import require_choice
from registry.ledger.writing import LockedPerson, lock_many
from registry.models import Case, Delivery, Practitioner, Proposal, Responsibility, StoredFile, User
from registry.queries.calendar import calendar


@dataclass(frozen=True, kw_only=True, slots=True)
class Identified:
    """One row of people who answer for a case. `number` is the row as whoever reads the refusal knows it."""

    number: int
    practitioner: Practitioner
    grade: str
    grounds: str
    identified_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """One row of points to propose, with all situations of the person."""

    number: int
    responsibility: Responsibility
    items: Sequence[Item]

    @property
    def practitioner(self) -> Practitioner:
        """Whose points they are."""
        return self.responsibility.practitioner


@dataclass(frozen=True, slots=True)
class _Told:
    """One proposal among those that are moved on together."""

    number: int
    proposal: Proposal

    @property
    def practitioner(self) -> Practitioner:
        return self.proposal.practitioner


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Why one row was refused."""

    number: int
    person: Practitioner
    refusal: Refused


class ManyRefused(Refused):
    """Some rows were refused, so nothing was written. `rows` has every refusal, in the order of the rows."""

    def __init__(self, rows: Sequence[RefusedRow], *, among: int) -> None:
        super().__init__(
            "rows_refused",
            _("Nothing was recorded, because %(refused)s of %(all)s rows were refused. Correct them or leave them out.")
            % {"refused": len(rows), "all": among},
            field="rows",
            value=[row.number for row in rows],
        )
        self.rows = tuple(rows)
        self.among = among


Row = TypeVar("Row", Identified, Proposed, _Told)
Done = TypeVar("Done")


def identify_many(*, case: Case, rows: Sequence[Identified], by: User | None, now: datetime) -> list[Responsibility]:
    """Say of everybody in the rows which part they had. Raises ManyRefused; then nothing is written."""

    def identify(row: Identified, person: LockedPerson) -> Responsibility:
        return identify_locked(
            person,
            handling=case.handling,
            trigger=case.trigger,
            practitioner=row.practitioner,
            grade=row.grade,
            grounds=row.grounds,
            identified_on=row.identified_on,
            by=by,
            now=now,
        )

    with transaction.atomic():
        people = lock_many([row.practitioner for row in rows])
        done = _each(rows, people, identify)
        answered(case, by=by, now=now)
        return done


def tried(act: Callable[[], object]) -> None:
    """Raise what one of these acts would raise; nothing is written."""
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def preview_proposals(*, case: Case, rows: Sequence[Proposed], now: datetime) -> list[ProposalPreview]:
    """What `propose_many` would propose, in the order of the rows. Raises ManyRefused as it would."""

    def weigh(row: Proposed, person: LockedPerson) -> ProposalPreview:
        return weigh_items(_of_case(case, row.responsibility), row.items, person, now)

    with transaction.atomic():
        return _each(rows, lock_many([row.practitioner for row in rows]), weigh)


def propose_many(*, case: Case, rows: Sequence[Proposed], by: User | None, now: datetime) -> list[Proposal]:
    """Propose points for everybody in the rows, one proposal each. Raises ManyRefused; then nothing is written.

    Whoever has the same proposal already keeps it.
    """
    with transaction.atomic():
        people, days = lock_many([row.practitioner for row in rows]), calendar()
        opened = reopen(case, acting=for_agency(by, case.agency), now=now)

        def propose(row: Proposed, person: LockedPerson) -> Proposal:
            responsibility = _of_case(case, row.responsibility)
            return propose_locked(responsibility, row.items, person, case=opened, by=by, now=now, days=days)

        return _each(rows, people, propose)


def countersign_many(*, case: Case, proposals: Sequence[Proposal], by: User | None, now: datetime) -> list[Proposal]:
    """Sign all of them as the second person. One that `by` may not sign stops all."""
    with transaction.atomic():
        rows, people, days = *_locked(case, proposals), calendar()
        return _each(rows, people, lambda row, _person: countersign_locked(row.proposal, by=by, now=now, days=days))


def notify_many(
    *, case: Case, proposals: Sequence[Proposal], channel: str, by: User | None, now: datetime
) -> list[Proposal]:
    """Send everybody their advance notice the same way. One that may not be sent yet stops all."""
    require_choice("channel", channel, Delivery.Channel.values)
    with transaction.atomic():
        rows, people, days = *_locked(case, proposals), calendar()

        def notify(row: _Told, person: LockedPerson) -> Proposal:
            return notify_locked(row.proposal, person, channel=channel, by=by, now=now, days=days)

        return _each(rows, people, notify)


def record_receipts_many(
    *,
    case: Case,
    proposals: Sequence[Proposal],
    channel: str,
    received_on: date,
    receipt: StoredFile | None = None,
    remark: str = "",
    acting: Acting,
    now: datetime,
) -> list[Proposal]:
    """Everybody has their notice since `received_on`; one dated receipt, such as a signed list, proves all of it."""
    require_receipt(channel, receipt, remark)
    with transaction.atomic():
        rows, people, days = *_locked(case, proposals), calendar()

        def receive(row: _Told, _person: LockedPerson) -> Proposal:
            return receive_locked(
                row.proposal,
                channel=channel,
                received_on=received_on,
                receipt=receipt,
                remark=remark,
                acting=acting,
                now=now,
                days=days,
            )

        return _each(rows, people, receive)


def _locked(case: Case, proposals: Sequence[Proposal]) -> tuple[list[_Told], dict[int, LockedPerson]]:
    """The proposals as they stand now, in the order given, and their people, who are locked before them."""
    people = lock_many([proposal.practitioner for proposal in proposals])
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True).select_related(
        "practitioner", "responsibility__practitioner"
    )
    of_case = rows.filter(case=case, pk__in=[proposal.pk for proposal in proposals]).order_by("pk")
    present = {row.pk: row for row in of_case.prefetch_related("items")}
    for row in present.values():
        row.case = case
        row.responsibility.handling, row.responsibility.trigger = case.handling, case.trigger
    if strange := [proposal.pk for proposal in proposals if proposal.pk not in present]:
        raise _of_another_case(case, strange[0])
    return [_Told(number, present[proposal.pk]) for number, proposal in enumerate(proposals, start=1)], people


def _of_case(case: Case, responsibility: Responsibility) -> Responsibility:
    if (responsibility.handling_id, responsibility.trigger_id) != (case.handling_id, case.trigger_id):
        raise _of_another_case(case, responsibility.practitioner.code)
    responsibility.handling, responsibility.trigger = case.handling, case.trigger
    return responsibility


def _of_another_case(case: Case, value: object) -> Refused:
    return Refused(
        "of_another_case",
        _("This is not part of case %(case)s. Reload the page and try again.") % {"case": case.number},
        field="rows",
        value=value,
    )


def _each(rows: Sequence[Row], people: dict[int, LockedPerson], act: Callable[[Row, LockedPerson], Done]) -> list[Done]:
    """The act on every row; refusals are collected and end it together."""
    done: list[Done] = []
    refused: list[RefusedRow] = []
    first: dict[int, int] = {}
    for row in rows:
        person = people[row.practitioner.pk]
        try:
            if first.setdefault(person.kept, row.number) != row.number:
                raise _twice(row.practitioner, first[person.kept])
            done.append(act(row, person))
        except Refused as refusal:
            refused.append(RefusedRow(row.number, row.practitioner, refusal))
    if refused:
        raise ManyRefused(refused, among=len(rows))
    return done


def _twice(person: Practitioner, first: int) -> Refused:
    return Refused(
        "person_twice",
        _("%(person)s (%(code)s) is the person of row %(first)s already. Keep one of the two rows.")
        % {"person": person.name, "code": person.code, "first": first},
        field="practitioner",
        value=person.code,
    )
