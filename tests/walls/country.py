"""The demo as a country to look at, and people who look at it with the sights of their roles."""

from collections.abc import Callable, Mapping
from datetime import date

from registry.models import Agency, Assignment, Authority, FactKind, Institution, Practitioner, Region, Role
from registry.queries.scope import Scope

CITY = "430100"
_SINCE = date(2025, 1, 1)


def _held(role: Role, **place: object) -> Scope:
    return Scope((Assignment(role=role, starts_on=_SINCE, **place),))


def _surgeon() -> Practitioner:
    """Somebody of the city about whom there is something to see."""
    of_the_city = Practitioner.objects.filter(registrations__institution__region__code__startswith=CITY[:4])
    return of_the_city.filter(facts__kind=FactKind.POINTS_SCORED).earliest("pk")


def _busiest() -> Institution:
    return Practitioner.objects.get(pk=_surgeon().pk).registrations.earliest("pk").institution


SCOPES: Mapping[str, Callable[[], Scope]] = {
    "an officer of the city": lambda: _held(Role.AGENCY_OFFICER, agency=Agency.objects.get(region__code=CITY)),
    "a reviewer of the province": lambda: _held(Role.REVIEWER, agency=Agency.objects.get(region__code="430000")),
    "an authority of the city": lambda: _held(
        Role.AUTHORITY_OFFICER, authority=Authority.objects.filter(region__code=CITY).earliest("pk")
    ),
    "a compliance officer": lambda: _held(Role.COMPLIANCE_OFFICER, institution=_busiest()),
    "a practitioner": lambda: _held(Role.PRACTITIONER, practitioner=_surgeon()),
    "an administrator of the city": lambda: _held(Role.ADMINISTRATOR, region=Region.objects.get(code=CITY)),
    "support": lambda: _held(Role.SUPPORT),
}
