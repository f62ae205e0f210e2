"""Everything that the register holds about a person, for that person: plain values, and nothing of anybody else.

Officers stand in it by their office only. What applications above the register hold is added by `offer_own_data`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of
from registry.models import (
    Assignment,
    Certificate,
    CorrectionRequest,
    Delivery,
    EnrolmentCode,
    Fact,
    FileMerge,
    IdentityDocument,
    ListPlace,
    PersonalCode,
    PersonalTrigger,
    PointsEntry,
    Practitioner,
    PractitionerName,
    ProcedureStep,
    Proposal,
    ProposedEntry,
    Registration,
    Responsibility,
    Role,
    SanctionPeriod,
    SharedLook,
    StandingChange,
    Task,
)
from registry.queries.access_log import reading_of, who_looked
from registry.queries.certificates import own_certificates
from registry.queries.explain import headline
from registry.queries.file import file_of
from registry.queries.sharing import own_codes

Files = Collection[int]
Part = Callable[[Files], Mapping[str, Any]]

_PARTS: list[Part] = []


def offer_own_data(part: Part) -> None:
    """Add what an application above the register holds about the person with these files, by name of the part."""
    _PARTS.append(part)


def own_data(practitioner: Practitioner, now: datetime) -> dict[str, Any]:
    """All of it, as known at `now`; days, instants and identifiers are values of their kinds."""
    files = family_of(practitioner.pk).files
    found: dict[str, Any] = {"as_of": now, "standing": _standing(practitioner, now)}
    for part in (_person, _places, _ledger, _procedure, _access, *_PARTS):
        found.update(part(files))
    looks = map(reading_of, who_looked(practitioner))
    found["looks"] = rows_of(looks, **plain("at", "office", "kind", "reason", "face"))
    return found


def rows_of(rows: Iterable[Any], **columns: str) -> list[dict[str, Any]]:
    """Each row by the columns named; a path that leads over nothing ends in None."""
    return [{name: _value(row, path) for name, path in columns.items()} for row in rows]


def plain(*names: str) -> dict[str, str]:
    """Columns that are told by their own names."""
    return {name: name for name in names}


def _value(row: Any, path: str) -> Any:
    for step in path.split("."):
        if row is None:
            return None
        row = getattr(row, step)
    return row


def _standing(practitioner: Practitioner, now: datetime) -> dict[str, Any]:
    file = file_of(practitioner, shanghai_day(now))
    standing, because = file.standing, file.because
    return {
        **{name: getattr(standing, name) for name in ("on", "status", "until", "points", "points_raw")},
        "since": file.since,
        "words": headline(standing),
        "steps": [
            {"text": line.text, "provisions": [source.text for source in line.sources]} for line in file.explanation
        ],
        "because": because.text if because else None,
    }


def _person(files: Files) -> dict[str, Any]:
    mine = Q(practitioner_id__in=files)
    people = Practitioner.objects.filter(pk__in=files)
    versions = Practitioner.history.filter(id__in=files).order_by("history_date")
    merges = FileMerge.objects.filter(kept_id__in=files, absorbed_id__in=files)
    documents = IdentityDocument.objects.filter(mine).select_related("practitioner")
    about = plain("uuid", "code", "provisional", "name", "sex", "birth_date", "category", "recorded_at")
    return {
        "files": rows_of(people, **about),
        "codes": rows_of(PersonalCode.objects.filter(mine), **plain("code", "provisional", "recorded_at")),
        "names": rows_of(PractitionerName.objects.filter(mine), **plain("name", "recorded_at", "superseded_at")),
        "places_in_the_list": rows_of(ListPlace.objects.filter(mine), **plain("place", "recorded_at")),
        "documents": rows_of(documents, number="masked", **plain("kind", "recorded_at")),
        "certificates": rows_of(
            Certificate.objects.filter(mine),
            **plain("number", "practice_institution", "practice_category", "scope", "level", "recorded_at"),
        ),
        "merges": rows_of(
            merges.select_related("kept", "absorbed"),
            kept="kept.code",
            absorbed="absorbed.code",
            **plain("reason", "recorded_at", "undone_at", "undone_reason"),
        ),
        "changes_of_the_record": rows_of(
            versions,
            at="history_date",
            reason="history_change_reason",
            **plain("code", "name", "sex", "birth_date", "category"),
        ),
    }


def _places(files: Files) -> dict[str, Any]:
    rows = Registration.objects.filter(practitioner_id__in=files).select_related("institution")
    columns = plain("department", "starts_on", "ends_on", "committed_on", "reason", "recorded_at", "superseded_at")
    return {
        "registrations": rows_of(rows, institution="institution.code", institution_name="institution.name", **columns)
    }


def _ledger(files: Files) -> dict[str, Any]:
    mine = Q(practitioner_id__in=files)
    facts = Fact.objects.filter(mine).select_related("agency", "entry").order_by("recorded_at", "pk")
    entries = PointsEntry.objects.filter(mine).select_related("fact", "handling__institution", "trigger__institution")
    changes = StandingChange.objects.filter(mine).select_related("fact")
    return {
        "facts": rows_of(
            facts,
            id="origin_id",
            agency="agency.name",
            corrects="entry.origin_id",
            **plain("kind", "effective_on", "recorded_at", "decided_at", "points", "counted_on", "policy", "months"),
            **plain("days", "reason", "document_number", "legacy"),
        ),
        "entries": rows_of(
            entries,
            fact="fact.origin_id",
            handling="handling.document_number",
            institution="handling.institution.name",
            trigger="trigger.document_number",
            **plain("situation", "act", "round", "default_points", "departure_reason"),
        ),
        "periods": rows_of(
            SanctionPeriod.objects.filter(mine),
            **plain("kind", "starts_on", "ends_on", "barred_until", "because", "single"),
        ),
        "changes": rows_of(
            changes,
            fact="fact.origin_id",
            **plain("cause", "on_day", "recorded_at", "status_before", "status_after", "until_before", "until_after"),
            **plain("points_before", "points_after"),
        ),
    }


def _procedure(files: Files) -> dict[str, Any]:
    mine = Q(practitioner_id__in=files)
    parts = Responsibility.objects.filter(mine).select_related("handling__institution", "trigger")
    untold = Proposal.objects.filter(mine, notified_at=None)  # the office's draft until the notice goes out
    proposals = Proposal.objects.filter(mine).exclude(pk__in=untold).select_related("case")
    items = ProposedEntry.objects.filter(proposal__in=proposals).select_related("proposal")
    deliveries = Delivery.objects.filter(proposal__practitioner_id__in=files).select_related("proposal")
    tasks = Task.objects.filter(mine).exclude(holder=Task.Holder.EXPERT).exclude(proposal__in=untold)
    tasks = tasks.select_related("agency", "institution")
    steps = ProcedureStep.objects.filter(mine).exclude(role=ProcedureStep.Capacity.EXPERT)
    steps = steps.exclude(subject__in=untold.values("uuid")).select_related("agency")
    triggers = PersonalTrigger.objects.filter(mine)
    return {
        "responsibilities": rows_of(
            parts,
            handling="handling.document_number",
            institution="handling.institution.name",
            trigger="trigger.document_number",
            **plain("grade", "grounds", "identified_on", "recorded_at"),
        ),
        "triggers": rows_of(
            triggers, **plain("kind", "document_number", "made_on", "conduct_from", "conduct_until", "recorded_at")
        ),
        "proposals": rows_of(
            proposals,
            id="uuid",
            case="case.number",
            **plain("state", "policy", "proposed_at", "notified_at", "received_on", "decided_at", "decided_how"),
        ),
        "proposed_entries": rows_of(
            items,
            proposal="proposal.uuid",
            **plain("situation", "act", "points", "months", "default_points", "departure_reason", "outcome"),
            **plain("decided_points"),
        ),
        "deliveries": rows_of(
            deliveries, proposal="proposal.uuid", **plain("channel", "event", "on_day", "recorded_at", "remark")
        ),
        "tasks": rows_of(
            tasks,
            agency="agency.name",
            institution="institution.name",
            **plain("kind", "state", "holder", "starts_on", "due_on", "opened_at", "closed_at", "held_on", "result"),
        ),
        "steps": rows_of(
            steps,
            capacity="role",
            agency="agency.name",
            **plain("procedure", "act", "state_before", "state_after", "on_day", "recorded_at", "grounds"),
            **plain("document_number"),
        ),
    }


def _access(files: Files) -> dict[str, Any]:
    accounts = Assignment.objects.filter(role=Role.PRACTITIONER, practitioner_id__in=files).select_related("user")
    codes = EnrolmentCode.objects.filter(practitioner_id__in=files).select_related("institution")
    asked = CorrectionRequest.objects.filter(practitioner_id__in=files).select_related("agency")
    return {
        "accounts": rows_of(accounts, username="user.username", **plain("starts_on", "ends_on")),
        "standing_certificates": rows_of(
            own_certificates(files), **plain("number", "on_day", "known_at", "language", "made_at", "content", "key_id")
        ),
        "sharing_codes": rows_of(
            own_codes(files),
            **plain("recipient", "scope", "most_looks", "made_at", "expires_at", "revoked_at"),
        ),
        "looks_with_sharing_codes": rows_of(
            SharedLook.objects.filter(code__in=own_codes(files)).select_related("code"),
            recipient="code.recipient",
            **plain("number", "at", "status"),
        ),
        "codes_of_access": rows_of(
            codes,
            institution="institution.name",
            **plain("kind", "issued_at", "expires_at", "ended_at", "used_at"),
        ),
        "requests_for_corrections": rows_of(
            asked, agency="agency.name", **plain("what", "asked_at", "answer", "answered_at")
        ),
    }
