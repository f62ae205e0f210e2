"""Sets of roles: who reads what, and who does what. One place, so that office and API cannot differ."""

from registry.models import Role
from registry.models.access import HELD_BY_KEYS

OFFICE = frozenset(Role) - {Role.EXPERT, Role.PRACTITIONER, *HELD_BY_KEYS}
"""Everybody who works in the office; experts and practitioners have pages of their own."""

READERS_OF_REFERENCE = OFFICE | HELD_BY_KEYS
"""Who reads regions, agencies, authorities, the law and the calendar: nothing personal is in them."""

READERS_OF_FILES = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.AUDITOR,
        Role.AGENCY_OFFICER,
        Role.REVIEWER,
        Role.AUTHORITY_OFFICER,
        Role.COMPLIANCE_OFFICER,
    }
)
"""Who reads people, their points and their cases, as far as their scope goes."""

READERS_OF_CASE_DOCUMENTS = READERS_OF_FILES - {Role.COMPLIANCE_OFFICER}
"""Who reads the documents and the steps of a case, where they see the region of its agency."""

OWN_FILE = frozenset({Role.PRACTITIONER})
"""Who has everything that is kept of the own file."""

TOLD_ONLY = frozenset({Role.HEALTH_OR_DRUG_OFFICER})
"""Who is shown of people what is published of their points and sanctions (`registry.queries.publication`), no case."""

READERS_OF_THE_PUBLISHED = READERS_OF_FILES | TOLD_ONLY
"""Who reads people and their present standing at all."""

READERS_OF_ONE_FILE = READERS_OF_FILES | OWN_FILE
"""Who reads one person's file at its own address: the readers of files, and its holder. Lists are not the holder's, and
one act is: to ask for a countersignature.
"""

READERS_OF_ONE_STANDING = READERS_OF_ONE_FILE | TOLD_ONLY
"""Who reads at the address of one person how they stand, and for which points."""

OFFICERS_OF_AGENCIES = frozenset({Role.AGENCY_OFFICER})
"""Who handles cases and records points."""

REVIEWING = frozenset({Role.AGENCY_OFFICER, Role.REVIEWER})
"""Who reviews objections and refers them to panels."""

STAFF_KEEPERS = frozenset({Role.AGENCY_OFFICER, Role.COMPLIANCE_OFFICER})
"""Who keeps people and their registrations."""

COMPLIANCE = frozenset({Role.COMPLIANCE_OFFICER})
POOL_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.AGENCY_OFFICER})
POOL_READERS = POOL_KEEPERS | {Role.AUDITOR, Role.REVIEWER}
EXPERTS = frozenset({Role.EXPERT})
TOLD = frozenset({Role.AGENCY_OFFICER, Role.AUTHORITY_OFFICER, Role.COMPLIANCE_OFFICER}) | TOLD_ONLY
"""Who takes note of notices, for the agency, the authority or the institution."""

READERS_OF_NOTICES = TOLD | HELD_BY_KEYS | {Role.ADMINISTRATOR, Role.AUDITOR}
"""Who reads notices: those to the own body or region, or all of them where the role is held for the whole register."""

READERS_OF_DELIVERIES = READERS_OF_NOTICES - HELD_BY_KEYS
"""Who looks in the office at where their notices are pushed, and how that goes."""

ASKING_FOR_ENDPOINTS = TOLD | {Role.ADMINISTRATOR}
"""Who asks for an endpoint: for the own body; an administrator of the whole register for any."""

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
"""Who keeps reference data and the calendar."""

WATCHING_OVER_ALL = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Who looks at what holds in the whole register, where the role is held for all of it."""

KEEPERS_OF_ACCESS = frozenset({Role.SECURITY_ADMINISTRATOR})
"""Who keeps accounts, roles and keys."""

READERS_OF_ACCESS = KEEPERS_OF_ACCESS | {Role.AUDITOR}

COMPARING = READERS_OF_FILES - COMPLIANCE
"""Who compares regions, agencies and institutions with each other; an institution looks at itself."""
