"""Decisions that wait for an officer, written straight into the tables: only deciding them is measured."""

from datetime import timedelta

from django.db import connection

from registry.config.database import as_owner
from registry.models import (
    Case,
    Handling,
    Practitioner,
    Proposal,
    ProposedEntry,
    Registration,
    Responsibility,
    Task,
)
from registry.queries.calendar import calendar
from registry.rules.clocks import NotYetComputable, due_on
from tests.casework import Desk
from tests.town import BANDS, LAW_BEGINS, TODAY, at

NOW = at(TODAY, 9)


def waiting(here: Desk, many: int, first: int) -> list[int]:
    """So many people who work at the hospital, each with a case and a proposal of 1 to 9 points that waits; the ids
    of the proposals. `first`: the number of the first one, which makes codes and documents unique.
    """
    town, numbers = here.town, range(first, first + many)
    people = Practitioner.objects.bulk_create(
        Practitioner(code=f"D4301{number:08d}", name=f"王{number}", category="physician", recorded_at=at(LAW_BEGINS))
        for number in numbers
    )
    Registration.objects.bulk_create(
        Registration(practitioner=person, institution=town.hospital, starts_on=LAW_BEGINS, recorded_at=at(LAW_BEGINS))
        for person in people
    )
    handlings = Handling.objects.bulk_create(
        Handling(
            institution=town.hospital,
            kind="penalty",
            document_number=f"罚字{number}",
            made_on=TODAY,
            conduct_from=TODAY - timedelta(days=1),
            conduct_until=TODAY - timedelta(days=1),
            agency=town.agency,
            legal_basis="条例第四十条",
            recorded_at=NOW,
            recorded_by=town.officer,
        )
        for number in numbers
    )
    answering = Responsibility.objects.bulk_create(
        Responsibility(
            handling=handling,
            practitioner=person,
            grade="principal",
            grounds="主刀并签字",
            identified_on=TODAY,
            recorded_at=NOW,
            recorded_by=here.identifier,
        )
        for handling, person in zip(handlings, people, strict=True)
    )
    Responsibility.history.bulk_history_create(answering, default_user=here.identifier, default_date=NOW)
    cases = Case.objects.bulk_create(
        Case(number=f"C{number:012d}", handling=handling, agency=town.agency, opened_at=NOW, opened_by=here.identifier)
        for number, handling in zip(numbers, handlings, strict=True)
    )
    return _proposals(here, cases, answering)


def _proposals(here: Desk, cases: list[Case], answering: list[Responsibility]) -> list[int]:
    proposals = Proposal.objects.bulk_create(
        Proposal(
            case=case,
            responsibility=one,
            practitioner=one.practitioner,
            state=Proposal.State.HELD,
            policy="cn-43-2025",
            proposed_at=NOW,
            proposed_by=here.scorer,
            received_on=TODAY,
            held_because="policy_wants_an_officer",
        )
        for case, one in zip(cases, answering, strict=True)
    )
    ProposedEntry.objects.bulk_create(
        ProposedEntry(
            proposal=proposal,
            situation=BANDS[(points - 1) // 3 + 1],
            points=points,
            default_points=points,
            departure_reason="按情节认定",
        )
        for proposal, points in ((each, number % 9 + 1) for number, each in enumerate(proposals))
    )
    last = due_on(TODAY, 10, calendar())
    assert not isinstance(last, NotYetComputable)
    Task.objects.bulk_create(
        Task(
            kind=Task.Kind.DECIDE,
            holder=Task.Holder.AGENCY,
            agency=here.town.agency,
            practitioner=proposal.practitioner,
            case=proposal.case,
            proposal=proposal,
            subject=proposal.uuid,
            policy=proposal.policy,
            clock="decision",
            working_days=10,
            starts_on=TODAY,
            due_on=last,
            opened_at=NOW,
        )
        for proposal in proposals
    )
    _analyze()
    return [proposal.pk for proposal in proposals]


def _analyze() -> None:
    """So that PostgreSQL plans as it would in a register that is not new."""
    connection.close()
    with as_owner(connection.settings_dict):
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        connection.close()
