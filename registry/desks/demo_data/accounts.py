"""Who signs in to the demo, and the key of its settlement system. Passwords come from chance, anew at every load."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from simple_history.utils import bulk_create_with_history

from registry.actions.keys import issue_key
from registry.desks.demo_data.stage import Officers
from registry.desks.demo_data.timeline import PREPARATION, at
from registry.models import Agency, ApiKey, Assignment, Institution, Role, User

ADMINISTRATOR = "administrator"
KEY_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Account:
    """A log-in: shown once, kept by whoever asked for the load."""

    role: str
    username: str
    password: str

    def as_dict(self) -> dict[str, str]:
        return {"role": self.role, "username": self.username, "password": self.password}


def open_administrator(*, now: datetime) -> tuple[User, Account]:
    """The administrator, who sees and prepares everything."""
    account = _account(Role.ADMINISTRATOR, ADMINISTRATOR)
    user = User.objects.create(
        username=account.username,
        password=make_password(account.password),
        last_name="管理员",
        is_staff=True,
        is_superuser=True,
        date_joined=at(PREPARATION, hour=8),
    )
    _assign([Assignment(user=user, role=Role.ADMINISTRATOR, starts_on=PREPARATION)], by=user, now=now)
    return user, account


def open_officers(agencies: Iterable[Agency], *, by: User) -> dict[int, Officers]:
    """Two officers for each agency, by the agency's id. None of them can sign in before `give_password`."""
    agencies = list(agencies)
    users = [
        User(
            username=f"officer-{agency.region_id}-{number}",
            password=make_password(None),
            last_name=agency.region.name_zh,
            first_name=f"经办{'甲' if number == 1 else '乙'}",
            is_staff=True,
            date_joined=at(PREPARATION, hour=8),
        )
        for agency in agencies
        for number in (1, 2)
    ]
    User.objects.bulk_create(users)
    pairs = dict(zip((agency.pk for agency in agencies), zip(users[::2], users[1::2], strict=True), strict=True))
    assignments = [
        Assignment(user=user, role=Role.AGENCY_OFFICER, agency_id=agency, starts_on=PREPARATION)
        for agency, pair in pairs.items()
        for user in pair
    ]
    _assign(assignments, by=by, now=at(PREPARATION, hour=8))
    return {agency: Officers(*pair) for agency, pair in pairs.items()}


def give_password(user: User, role: Role) -> Account:
    """Let an officer sign in."""
    account = _account(role, user.username)
    user.set_password(account.password)
    user.save(update_fields=["password"])
    return account


def open_compliance_officer(institution: Institution, *, by: User) -> Account:
    """The compliance officer of one institution."""
    account = _account(Role.COMPLIANCE_OFFICER, f"compliance-{institution.code}")
    user = User.objects.create(
        username=account.username,
        password=make_password(account.password),
        last_name="合规专员",
        is_staff=True,
        date_joined=at(PREPARATION, hour=8),
    )
    assignment = Assignment(
        user=user, role=Role.COMPLIANCE_OFFICER, institution=institution, starts_on=date(2025, 1, 1)
    )
    _assign([assignment], by=by, now=at(PREPARATION, hour=9))
    return account


def settlement_key(*, by: User, now: datetime) -> dict[str, str]:
    """A key for the settlement system, good for a year."""
    key, text = issue_key(name="演示结算系统", scope=ApiKey.Scope.SETTLEMENT, expires_at=now + KEY_LIFE, by=by, now=now)
    return {"role": key.scope, "key": text}


def _account(role: Role, username: str) -> Account:
    return Account(role=role.value, username=username, password=secrets.token_urlsafe(15))


def _assign(assignments: list[Assignment], *, by: User, now: datetime) -> None:
    bulk_create_with_history(assignments, Assignment, default_user=by, default_date=now)
