"""A real server with something in it, to be asked what its description allows and what it forbids."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.models import ApiKey, Assignment, Role, User
from tests.casework import Desk, desk
from tests.fuzz.own_things import OwnThings
from tests.fuzz.things import Things
from tests.served import served
from tests.town import LAW_BEGINS, build


@dataclass(frozen=True)
class Asked:
    """The address of the server, the office behind it, and the things that are there."""

    address: str
    desk: Desk
    things: Things
    own: OwnThings
    known: dict[str, str]
    """What parameters name: only what is there makes sense."""

    def ids(self, role: str) -> dict[str, str]:
        """The ids of things that the role may ask for."""
        return self.things.ids | self.own.of_role.get(role, {})


@pytest.fixture
def asked(committed: None) -> Iterator[Asked]:
    """The town with one of everything, served on a port of its own."""
    here = desk(build())
    things = Things(here)
    known = {"region": here.town.region.code, "policy": things.ids["policy"]}
    with served() as address:
        yield Asked(address, here, things, OwnThings(things), known)


def somebody(here: Desk, role: Role) -> User:
    """An account with the role, where the role belongs."""
    user, made = User.objects.get_or_create(username=f"fuzz-{role}")
    places: dict[Role, Any] = {
        Role.AGENCY_OFFICER: {"agency": here.town.agency},
        Role.COMPLIANCE_OFFICER: {"institution": here.town.hospital},
    }
    if made:
        Assignment.objects.create(user=user, role=role, starts_on=LAW_BEGINS, **places.get(role, {}))
    return user


def settlement_key(here: Desk) -> str:
    """The text of a key of a settlement system."""
    now = timezone.now()
    _key, text = issue_key(
        name="省结算系统",
        scope=ApiKey.Scope.SETTLEMENT,
        expires_at=now + timedelta(days=9),
        by=here.town.officer,
        now=now,
    )
    return text
