"""The roles of the acts."""

from registry.models import Role

OFFICERS_OF_AGENCIES = frozenset({Role.AGENCY_OFFICER})
STAFF_KEEPERS = frozenset({Role.AGENCY_OFFICER, Role.COMPLIANCE_OFFICER})
COMPLIANCE = frozenset({Role.COMPLIANCE_OFFICER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
POOL_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.AGENCY_OFFICER})
EXPERTS = frozenset({Role.EXPERT})
