"""A real server with something in it, to be asked what its description allows and what it forbids."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.models import ApiKey, Assignment, Role, User
from tests.casework import Desk, desk, identified, received
from tests.served import served
from tests.town import LAW_BEGINS, build


@dataclass(frozen=True)
class Asked:
    """The address of the server, the office behind it, and the ids of things that are there."""

    address: str
    desk: Desk
    ids: dict[str, str]
    known: dict[str, str]
    """What parameters name: only what is there makes sense."""


@pytest.fixture
def asked(committed: None) -> Iterator[Asked]:
    """The town with a case, a window that is open and another person who answers, served on a port of its own."""
    here = desk(build())
    proposal = received(here, 5)
    responsibility = identified(here, here.nurse, number="罚字2号")
    ids = {
        "practitioner": str(here.surgeon.uuid),
        "proposal": str(proposal.uuid),
        "case": str(proposal.case.uuid),
        "handling": str(responsibility.cause.uuid),
        "agreement": str(here.town.hospital.agreements.get().record),
        "registration": str(here.surgeon.registrations.get().record),
        "responsibility": str(responsibility.pk),
        "code": here.town.hospital.code,
    }
    with served() as address:
        yield Asked(address, here, ids, {"region": here.town.region.code, "policy": proposal.policy})


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
