"""Who signs in to a nation: one log-in for each role, in the home of the demo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from registry.desks.demo_data.accounts import (
    Account,
    give_addresses,
    give_password,
    open_account,
    open_compliance_officers,
    open_officers,
    settlement_key,
)
from registry.desks.demo_data.loading import DemoResult
from registry.desks.demo_data.stage import Officers
from registry.desks.nation.plan import Nation
from registry.models import Agency, Authority, Institution, Role, User
from registry.models.access import role_at


@dataclass(frozen=True)
class Staff:
    """The officers of every agency, by its id, and those who can sign in."""

    officers: Mapping[int, Officers]
    compliance: User
    """Of the largest hospital."""
    accounts: tuple[Account, ...]

    def result(self, administrator: Account, *, by: User, now: datetime) -> DemoResult:
        """The log-ins with their addresses, and a key of the settlement system."""
        accounts = [administrator, *self.accounts]
        give_addresses(accounts, now=now)
        return DemoResult([each.as_dict() for each in accounts], [settlement_key(by=by, now=now)])


def open_accounts(nation: Nation, agencies: Mapping[str, Agency], *, by: User) -> Staff:
    """Officers of every agency, most of whom cannot sign in, and a log-in for each role."""
    officers = open_officers(Agency.objects.select_related("region"), by=by)
    hospital = Institution.objects.get(code=nation.largest.code)
    compliance = open_compliance_officers([hospital], by=by)[hospital.pk]
    home = agencies[nation.largest.agency]
    authority = Authority.objects.get(kind=Authority.Kind.HEALTHCARE_SECURITY, region=home.region_id)
    health = Authority.objects.get(kind=Authority.Kind.HEALTH, region=home.region_id)
    accounts = (
        give_password(officers[home.pk].scorer, Role.AGENCY_OFFICER, duty="proposes points and tells the person"),
        give_password(officers[home.pk].reviewer, Role.AGENCY_OFFICER, duty="countersigns and reviews"),
        give_password(compliance, Role.COMPLIANCE_OFFICER, duty="of the largest hospital"),
        open_account("security", Role.SECURITY_ADMINISTRATOR, name="安全管理员", duty="keeps accounts", by=by),
        open_account("auditor", Role.AUDITOR, name="审计员", duty="reads everything, changes nothing", by=by),
        *(
            open_account(f"{each.kind}-{each.region_id}", role_at(each), name="监管员", duty="reads", place=each, by=by)
            for each in (authority, health)
        ),
    )
    return Staff(officers, compliance, accounts)
