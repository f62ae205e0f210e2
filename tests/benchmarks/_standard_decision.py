"""The standard pattern of recording a decision: a ModelSerializer, one save per row, simple-history by its signals.

It is well configured: one transaction, the person locked first, everything that is needed read with it, no query in a
loop. It leaves the same rows as ours does, but for what a common project would not have: no chain of hashes (it writes
the columns), no projection of runs of days. The standing is a sum in the database, the person's row is saved with its
history as that of a status column would be, and who is told is a row of notification.
"""

import os
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from rest_framework import serializers

from registry.models import (
    Fact,
    PointsEntry,
    Practitioner,
    ProcedureStep,
    Proposal,
    ProposedEntry,
    SanctionPeriod,
    StandingChange,
    Task,
    User,
)

SUSPENDS, TERMINATES = 9, 12


class EntrySerializer(serializers.ModelSerializer[PointsEntry]):
    """What the officer sends: checked field by field, with the model's own validators."""

    class Meta:
        model = PointsEntry
        fields = ("fact", "responsibility", "practitioner", "situation", "default_points", "departure_reason", "round")


class FactSerializer(serializers.ModelSerializer[Fact]):
    """The points themselves."""

    class Meta:
        model = Fact
        fields = ("practitioner", "kind", "points", "counted_on", "policy", "months", "agency", "actor", "effective_on")


def decide(proposal_id: int, *, by: User, now: datetime, today: date) -> None:
    """One decision of what waits."""
    with transaction.atomic():
        proposal = (
            Proposal.objects.select_related("case__handling", "case__agency", "responsibility")
            .select_for_update(of=("self",))
            .get(pk=proposal_id)
        )
        person = Practitioner.objects.select_for_update(of=("self",)).get(pk=proposal.practitioner_id)
        assert proposal.state == Proposal.State.HELD
        assert proposal.responsibility.recorded_by_id != by.pk
        assert proposal.case.handling is not None
        before = _total(person, proposal.case.handling.made_on.year)
        for item in proposal.items.all():
            _record(proposal, item, person, by=by, now=now, today=today)
        after = _total(person, proposal.case.handling.made_on.year)
        _follow(proposal, person, (before, after), now=now, today=today)
        _close(proposal, by=by, now=now, today=today)


def _total(person: Practitioner, year: int) -> int:
    scored = Fact.objects.filter(practitioner=person, kind="points_scored", counted_on__year=year)
    return int(scored.aggregate(total=Sum("points"))["total"] or 0)


def _record(
    proposal: Proposal, item: ProposedEntry, person: Practitioner, *, by: User, now: datetime, today: date
) -> None:
    handling = proposal.case.handling
    assert handling is not None
    checked = FactSerializer(
        data={
            "practitioner": person.pk,
            "kind": "points_scored",
            "points": item.points,
            "counted_on": handling.made_on,
            "policy": proposal.policy,
            "months": item.months,
            "agency": proposal.case.agency_id,
            "actor": by.pk,
            "effective_on": today,
        }
    )
    checked.is_valid(raise_exception=True)
    last = Fact.objects.filter(practitioner=person).order_by("-chain_no").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('registry_fact_origin_seq')")
        number = cursor.fetchone()[0]
    fact = checked.save(
        chain_no=last.chain_no + 1 if last else 1, recorded_at=now, decided_at=now, origin="standard",
        origin_id=uuid.uuid4(), origin_seq=number, salt=os.urandom(16), prev_hash=bytes(32), hash=bytes(32),
    )  # fmt: skip
    entry = EntrySerializer(
        data={
            "fact": fact.pk,
            "responsibility": proposal.responsibility_id,
            "practitioner": person.pk,
            "situation": item.situation,
            "default_points": item.default_points,
            "departure_reason": item.departure_reason,
            "round": 1,
        }
    )
    entry.is_valid(raise_exception=True)
    item.entry = entry.save(handling=handling)
    item.outcome, item.decided_points = ProposedEntry.Outcome.UPHELD, item.points
    item.save()


def _follow(proposal: Proposal, person: Practitioner, totals: tuple[int, int], *, now: datetime, today: date) -> None:
    before, after = totals
    if after >= SUSPENDS:
        SanctionPeriod.objects.create(
            practitioner=person,
            kind="termination" if after >= TERMINATES else "suspension",
            starts_on=today,
            ends_on=None if after >= TERMINATES else today + timedelta(days=90),
            because=[uuid.uuid4()],
            single=before == 0,
        )
    person.save()
    StandingChange.objects.create(
        practitioner=person,
        cause="fact",
        fact=Fact.objects.filter(practitioner=person).latest("chain_no"),
        on_day=today,
        recorded_at=now,
        status_before="normal",
        status_after="suspended" if after >= SUSPENDS else "normal",
        points_before=min(before, TERMINATES),
        points_after=min(after, TERMINATES),
    )


def _close(proposal: Proposal, *, by: User, now: datetime, today: date) -> None:
    case = proposal.case
    proposal.state, proposal.decided_at, proposal.decided_how = Proposal.State.DECIDED, now, Proposal.Decided.OFFICER
    proposal.held_because = ""
    proposal.save()
    _step("proposal", proposal, "decide", "held", by, now, today)
    for task in Task.objects.filter(subject=proposal.uuid, state=Task.State.OPEN):
        task.state, task.closed_at, task.closed_by = Task.State.DONE, now, by
        task.save()
    if not case.proposals.exclude(state__in=["decided", "dropped"]).exists():
        case.state, case.closed_at = "closed", now
        case.save()
        _step("case", proposal, "close", "open", by, now, today)


def _step(procedure: str, proposal: Proposal, act: str, before: str, by: User, now: datetime, today: date) -> None:
    row: Any = proposal if procedure == "proposal" else proposal.case
    ProcedureStep.objects.create(
        procedure=procedure, subject=row.uuid, act=act, state_before=before, state_after=row.state,
        case=proposal.case, practitioner=proposal.practitioner if row is proposal else None, actor=by,
        role="agency", agency=proposal.case.agency, on_day=today, recorded_at=now,
    )  # fmt: skip
