"""The records of the register, by noun. Meaning lives in the rules and actions; here is only what is kept."""

from registry.models.access import ApiKey, Assignment, Role, User
from registry.models.calendar import CalendarDay, CalendarYear
from registry.models.cases import (
    GATE_OPENING,
    Grade,
    Handling,
    HandlingKind,
    PersonalTrigger,
    PointsEntry,
    Responsibility,
    TriggerKind,
)
from registry.models.checks import EmergencyCheck
from registry.models.institutions import (
    Agency,
    Authority,
    Institution,
    PhaseIn,
    Region,
    Registration,
    ServiceAgreement,
    StaffRecord,
)
from registry.models.ledger import Fact, FactKind, SanctionPeriod, StandingChange, StandingSpan, StandingStatus
from registry.models.people import (
    Category,
    Certificate,
    DocumentKind,
    FileMerge,
    IdentityDocument,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Sex,
)
from registry.models.rosters import RosterJob, RosterRow

__all__ = [
    "GATE_OPENING",
    "Agency",
    "ApiKey",
    "Assignment",
    "Authority",
    "CalendarDay",
    "CalendarYear",
    "Category",
    "Certificate",
    "DocumentKind",
    "EmergencyCheck",
    "Fact",
    "FactKind",
    "FileMerge",
    "Grade",
    "Handling",
    "HandlingKind",
    "IdentityDocument",
    "Institution",
    "PersonalCode",
    "PersonalTrigger",
    "PhaseIn",
    "PointsEntry",
    "Practitioner",
    "PractitionerName",
    "Region",
    "Registration",
    "Responsibility",
    "Role",
    "RosterJob",
    "RosterRow",
    "SanctionPeriod",
    "ServiceAgreement",
    "Sex",
    "StaffRecord",
    "StandingChange",
    "StandingSpan",
    "StandingStatus",
    "TriggerKind",
    "User",
]
