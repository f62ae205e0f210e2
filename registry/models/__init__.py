"""The records of the register, by noun. Meaning lives in the rules and actions; here is only what is kept."""

from registry.models.access import ApiKey, Assignment, Role, User
from registry.models.access_log import AccessRecord
from registry.models.answers import GivenAnswer
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
from registry.models.casework import Case, CaseFile, Delivery, Proposal, ProposedEntry
from registry.models.checks import EmergencyCheck
from registry.models.claims import ClaimsCheck, ClaimsPiece
from registry.models.figures import KeptFigures
from registry.models.files import StoredFile
from registry.models.institutions import (
    Agency,
    Authority,
    Institution,
    PhaseIn,
    Region,
    Registration,
    ServiceAgreement,
    StaffRecord,
    Whereabouts,
)
from registry.models.ledger import Fact, FactKind, SanctionPeriod, StandingChange, StandingSpan, StandingStatus
from registry.models.measures import InstitutionMeasure, MeasurePeriod
from registry.models.own_file import CorrectionRequest, EnrolmentCode
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
from registry.models.police import PoliceAnswer, PoliceTransfer
from registry.models.procedure import ChangeSeen, ProcedureStep, Task
from registry.models.rosters import RosterJob, RosterRow
from registry.models.sharing import SharedLook, SharingCode
from registry.models.sign_in import OutsideIdentity, PasswordAge, SignInAttempt
from registry.models.standing_certificates import StandingCertificate
from registry.models.status_lists import ListPlace, StatusList

__all__ = [
    "GATE_OPENING",
    "AccessRecord",
    "Agency",
    "ApiKey",
    "Assignment",
    "Authority",
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CaseFile",
    "Category",
    "Certificate",
    "ChangeSeen",
    "ClaimsCheck",
    "ClaimsPiece",
    "CorrectionRequest",
    "Delivery",
    "DocumentKind",
    "EmergencyCheck",
    "EnrolmentCode",
    "Fact",
    "FactKind",
    "FileMerge",
    "GivenAnswer",
    "Grade",
    "Handling",
    "HandlingKind",
    "IdentityDocument",
    "Institution",
    "InstitutionMeasure",
    "KeptFigures",
    "ListPlace",
    "MeasurePeriod",
    "OutsideIdentity",
    "PasswordAge",
    "PersonalCode",
    "PersonalTrigger",
    "PhaseIn",
    "PointsEntry",
    "PoliceAnswer",
    "PoliceTransfer",
    "Practitioner",
    "PractitionerName",
    "ProcedureStep",
    "Proposal",
    "ProposedEntry",
    "Region",
    "Registration",
    "Responsibility",
    "Role",
    "RosterJob",
    "RosterRow",
    "SanctionPeriod",
    "ServiceAgreement",
    "Sex",
    "SharedLook",
    "SharingCode",
    "SignInAttempt",
    "StaffRecord",
    "StandingCertificate",
    "StandingChange",
    "StandingSpan",
    "StandingStatus",
    "StatusList",
    "StoredFile",
    "Task",
    "TriggerKind",
    "User",
    "Whereabouts",
]
