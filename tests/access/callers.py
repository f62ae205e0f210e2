"""Who asks: somebody for each role who holds it at home and no other, the smaller administrators, and the systems."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows import login
from django.conf import settings
from django.test import Client
from django.utils import timezone

from registry.actions.keys import issue_key, revoke_key
from registry.models import ApiKey, Assignment, Authority, Role, User
from registry.models.access import HELD_BY_KEYS
from tests.access.furnishing import give_key, holder_of
from tests.api.officers import key_for
from tests.town import LAW_BEGINS

if TYPE_CHECKING:
    from tests.fuzz.things import Things
    from tests.town import Town

NOBODY = "nobody"
OF_THE_PROVINCE, OF_THE_CITY = "administrator of the province", "administrator of the city"
SETTLEMENT, AUTHORITY, REGION = "settlement system", "authority system", "register of another region"
WITHOUT_REASON = "auditor without a reason"
FROM_ELSEWHERE, REVOKED = "key from another network", "revoked key"
CALLERS = (
    *(NOBODY, *sorted(role.value for role in Role if role not in HELD_BY_KEYS), OF_THE_PROVINCE, OF_THE_CITY),
    *(SETTLEMENT, AUTHORITY, REGION, WITHOUT_REASON, FROM_ELSEWHERE, REVOKED),
)
"""The columns of the matrix. The last two are keys of an officer that are taken nowhere."""


@dataclass(frozen=True)
class Caller:
    """Who asks: a person, by page and by program, or a system that has a key only."""

    name: str
    user: User | None = None
    key: str = ""
    session: str = ""
    """The cookie of a session that was opened once, with the password just typed."""

    @property
    def says_why(self) -> bool:
        """Whether a reason comes with every request."""
        return self.name != WITHOUT_REASON


def caller(name: str, home: Things) -> Caller:
    """Somebody who is what the column says at home, and nothing else; or a system with its key."""
    if name == NOBODY:
        return Caller(name)
    if name == SETTLEMENT:
        return Caller(name, key=home.ids["key of a system"])
    if name == AUTHORITY:
        return Caller(name, key=_system_key(ApiKey.Scope.AUTHORITY, authority=authority_of(home.here.town, "health")))
    if name == REGION:
        return Caller(name, key=_system_key(ApiKey.Scope.REGION, region=home.here.town.region.parent))
    if name in (FROM_ELSEWHERE, REVOKED):
        return Caller(name, key=_worthless_key(name, home.here.scorer))
    user = _user(name, home)
    give_key(user)
    return Caller(name, user, key_for(user), _session_of(user))


def _user(name: str, home: Things) -> User:
    if name == Role.EXPERT:
        return home.people[Role.EXPERT]
    if name == Role.PRACTITIONER:
        return holder_of(home)
    user = User.objects.create(username=f"matrix-{name}")
    role = name.partition(" of the ")[0].partition(" without ")[0]
    Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **_place(name, home))
    return user


def _place(name: str, home: Things) -> dict[str, Any]:
    town = home.here.town
    places: dict[str, dict[str, Any]] = {
        Role.AGENCY_OFFICER: {"agency": town.agency},
        Role.REVIEWER: {"agency": town.agency},
        Role.AUTHORITY_OFFICER: {"authority": authority_of(town, "healthcare_security")},
        Role.HEALTH_OR_DRUG_OFFICER: {"authority": authority_of(town, "health")},
        Role.COMPLIANCE_OFFICER: {"institution": town.hospital},
        OF_THE_PROVINCE: {"region": town.region.parent},
        OF_THE_CITY: {"region": town.region},
    }
    return places.get(name, {})


def authority_of(town: Town, kind: str) -> Authority:
    """The authority of the town of that kind."""
    return Authority.objects.get(region=town.region, kind=kind)


def _system_key(scope: ApiKey.Scope, **held: Any) -> str:
    now = timezone.now()
    ends = now + timedelta(days=9)
    return issue_key(name="系统", scope=scope, expires_at=ends, by=None, now=now, **held)[1]


def _worthless_key(name: str, officer: User) -> str:
    now = timezone.now()
    networks = ["203.0.113.0/24"] if name == FROM_ELSEWHERE else []
    key, text = issue_key(
        name=name, scope=ApiKey.Scope.PERSON, user=officer, networks=networks, expires_at=now + timedelta(days=9),
        by=officer, now=now,
    )  # fmt: skip
    if name == REVOKED:
        revoke_key(key=key, by=officer, now=now)
    return text


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value
