"""The records of appeals, by noun: objections and their drafts, experts and panels, remediation."""

from appeals.models.drafts import Draft, DraftBallot, DraftFile, DraftPoint, DraftWords, VoteDraft
from appeals.models.experts import Expert, ExpertAvailability, ExpertConflict, ExpertPlace, Specialty
from appeals.models.objections import Evidence, ExternalOutcome, ExternalPoint, Objection, PointOfDispute, Result
from appeals.models.panels import Panel, Seat, Vote
from appeals.models.remediation import Activity, Application, Attendance, Opinion
from appeals.models.study import Attempt, Course, Lesson, Question

__all__ = [
    "Activity",
    "Application",
    "Attempt",
    "Attendance",
    "Course",
    "Draft",
    "DraftBallot",
    "DraftFile",
    "DraftPoint",
    "DraftWords",
    "Evidence",
    "Expert",
    "ExpertAvailability",
    "ExpertConflict",
    "ExpertPlace",
    "ExternalOutcome",
    "ExternalPoint",
    "Lesson",
    "Objection",
    "Opinion",
    "Panel",
    "PointOfDispute",
    "Question",
    "Result",
    "Seat",
    "Specialty",
    "Vote",
    "VoteDraft",
]
