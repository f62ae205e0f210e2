"""What appeals hold about a person, for that person; experts and reviewers stay unnamed."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db.models import Prefetch, Q

from appeals.models import (
    Application,
    Attempt,
    Attendance,
    Draft,
    DraftFile,
    Evidence,
    ExternalOutcome,
    ExternalPoint,
    Objection,
    PointOfDispute,
)
from registry.queries.own_data import Files, plain, rows_of


def answered_back(files: Files) -> Mapping[str, Any]:
    """Objections and appeals with their points and evidence, drafts, outcomes elsewhere, and repair."""
    mine = Q(practitioner_id__in=files)
    return {**_disputes(files, mine), **_drafts(mine), **_repair(mine)}


def _disputes(files: Files, mine: Q) -> dict[str, Any]:
    objections = Objection.objects.filter(mine).select_related("agency", "case", "proposal")
    points = PointOfDispute.objects.filter(objection__practitioner_id__in=files)
    evidence = Evidence.objects.filter(point__objection__practitioner_id__in=files)
    outcomes = ExternalOutcome.objects.filter(mine)
    ruled = ExternalPoint.objects.filter(outcome__practitioner_id__in=files)
    return {
        "objections": rows_of(
            objections,
            id="uuid",
            agency="agency.name",
            case="case.number",
            proposal="proposal.uuid",
            **plain("number", "kind", "state", "via", "filed_at", "paper_received_on", "statement", "good_cause"),
            **plain("new_facts", "window_ended_on", "decision", "decided_at", "document_number"),
            **plain("countersigned_at", "countersignature_asked_at", "countersignature_declined_at"),
        ),
        "points_of_dispute": rows_of(
            points.select_related("objection", "entry"),
            objection="objection.number",
            entry="entry.origin_id",
            **plain("number", "text", "professional", "result", "points", "grounds"),
        ),
        "evidence": rows_of(
            evidence.select_related("point__objection"),
            objection="point.objection.number",
            point="point.number",
            **plain("title", "handed_in_at"),
        ),
        "outcomes_elsewhere": rows_of(
            outcomes, **plain("body", "name", "document_number", "decided_on", "grounds", "recorded_at")
        ),
        "outcomes_for_entries": rows_of(
            ruled.select_related("outcome", "entry"),
            outcome="outcome.document_number",
            entry="entry.origin_id",
            **plain("result", "points"),
        ),
    }


def _drafts(mine: Q) -> dict[str, Any]:
    drafts = (
        Draft.objects.filter(mine)
        .select_related("proposal")
        .prefetch_related(Prefetch("files", DraftFile.objects.defer("sealed")))
    )
    return {
        "drafts": [
            {
                "proposal": each.proposal.uuid if each.proposal else None,
                "begun_at": each.begun_at,
                "changed_at": each.changed_at,
                **asdict(each.words),
                "files": [file.name for file in each.files.all()],
            }
            for each in drafts
        ]
    }


def _repair(mine: Q) -> dict[str, Any]:
    applications = Application.objects.filter(mine).select_related("agency")
    attendances = Attendance.objects.filter(mine).select_related("activity", "application")
    attempts = Attempt.objects.filter(attendance__in=Attendance.objects.filter(mine))
    return {
        "attempts_at_tests": rows_of(
            attempts.select_related("attendance__activity"),
            title="attendance.activity.title",
            **plain("number", "begun_at", "handed_in_at", "score"),
        ),
        "applications": rows_of(
            applications,
            agency="agency.name",
            **plain("number", "kind", "state", "policy", "amount", "statement", "filed_at", "decision", "decided_at"),
            **plain("document_number"),
        ),
        "activities": rows_of(
            attendances,
            title="activity.title",
            kind="activity.kind",
            application="application.number",
            **plain("state", "enrolled_at", "score", "completed_on", "confirmed_at", "remark"),
        ),
    }
