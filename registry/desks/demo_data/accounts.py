"""Who signs in to the demo, and the key of its settlement system. Passwords come from chance, anew at every load."""

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from simple_history.utils import bulk_create_with_history

from notifications.actions.mail_addresses import confirm_address, give_address, new_link
from notifications.queries.mail_addresses import addresses_of
from registry.actions.access import give_role
from registry.actions.keys import issue_key
from registry.desks.demo_data.stage import Officers
from registry.desks.demo_data.timeline import FIRST_DAY, PREPARATION, at
from registry.models import Agency, ApiKey, Assignment, Institution, Practitioner, Role, User

ADMINISTRATOR = "administrator"
DUTIES = {"identifying": "责任认定岗", "scoring": "记分岗", "signing": "会签岗", "reviewing": "复核岗"}
"""The officers of an agency in the order of Officers: the beginning of the log-in, and what stands at the desk."""
KEY_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Account:
    """A log-in: shown once, kept by whoever asked for the load."""

    role: str
    username: str
    password: str
    duty: str = ""
    """What this one does, where several have the role."""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def open_administrator(*, now: datetime) -> tuple[User, Account]:
    """The administrator, who sees and prepares everything."""
    account = _account(Role.ADMINISTRATOR, ADMINISTRATOR)
    user = User.objects.create(
        username=account.username,
        password=make_password(account.password),
        last_name="管理员",
        is_staff=True,
        date_joined=at(PREPARATION, hour=8),
    )
    _assign([Assignment(user=user, role=Role.ADMINISTRATOR, starts_on=PREPARATION)], by=user, now=now)
    return user, account


def open_officers(agencies: Iterable[Agency], *, by: User) -> dict[int, Officers]:
    """The officers of each agency, by the agency's id. None of them can sign in before `give_password`."""
    found = list(agencies)
    users = [
        _user(f"{duty}-{agency.region_id}", last_name=agency.region.name_zh, first_name=name)
        for agency in found
        for duty, name in DUTIES.items()
    ]
    User.objects.bulk_create(users)
    teams = [Officers(*users[first : first + len(DUTIES)]) for first in range(0, len(users), len(DUTIES))]
    officers = {agency.pk: team for agency, team in zip(found, teams, strict=True)}
    assignments = [
        Assignment(user=user, role=Role.AGENCY_OFFICER, agency_id=agency, starts_on=PREPARATION)
        for agency, team in officers.items()
        for user in (team.identifier, team.scorer, team.second, team.reviewer)
    ]
    _assign(assignments, by=by, now=at(PREPARATION, hour=8))
    return officers


def open_compliance_officers(institutions: Iterable[Institution], *, by: User) -> dict[int, User]:
    """The compliance officer of each institution, by the institution's id; as above."""
    found = list(institutions)
    users = [_user(f"compliance-{institution.code}", last_name="合规专员") for institution in found]
    User.objects.bulk_create(users)
    assignments = [
        Assignment(user=user, role=Role.COMPLIANCE_OFFICER, institution=institution, starts_on=FIRST_DAY)
        for user, institution in zip(users, found, strict=True)
    ]
    _assign(assignments, by=by, now=at(PREPARATION, hour=9))
    return {institution.pk: user for institution, user in zip(found, users, strict=True)}


def give_password(user: User, role: Role, *, duty: str = "") -> Account:
    """Let somebody sign in."""
    account = _account(role, user.username, duty=duty)
    user.set_password(account.password)
    user.save(update_fields=["password"])
    return account


def open_account(
    username: str, role: Role, *, name: str, duty: str, place: Any = None, by: User | None = None
) -> Account:
    """One more log-in, with one role since the register was prepared."""
    user = _user(username, last_name=name)
    user.save()
    now = at(PREPARATION, hour=10)
    give_role(user=user, role=role, place=place, starts_on=PREPARATION, by=by, now=now)
    return give_password(user, role, duty=duty)


def open_holder(person: Practitioner, *, by: User) -> User:
    """The account of whoever the file is about; it cannot sign in before `give_password`."""
    user = _user(f"file-{person.code}", last_name=person.name)
    user.is_staff = False
    user.save()
    give_role(
        user=user, role=Role.PRACTITIONER, place=person, starts_on=PREPARATION, by=by, now=at(PREPARATION, hour=10)
    )
    return user


def give_addresses(accounts: Iterable[Account], *, now: datetime) -> None:
    """Every log-in has an address for e-mail that was confirmed; they lead nowhere."""
    for account in accounts:
        user = User.objects.get(username=account.username)
        give_address(address=f"{account.username}@demo.invalid", by=user, now=now)
        waiting = addresses_of(user).waiting
        assert waiting is not None  # just given
        confirm_address(code=new_link(address=waiting), by=user, now=now)


def settlement_key(*, by: User, now: datetime) -> dict[str, str]:
    """A key for the settlement system, good for a year."""
    key, text = issue_key(name="演示结算系统", scope=ApiKey.Scope.SETTLEMENT, expires_at=now + KEY_LIFE, by=by, now=now)
    return {"role": key.scope, "key": text}


def _account(role: Role, username: str, *, duty: str = "") -> Account:
    return Account(role=role.value, username=username, password=secrets.token_urlsafe(15), duty=duty)


def _user(username: str, *, last_name: str, first_name: str = "") -> User:
    return User(
        username=username,
        password=make_password(None),
        last_name=last_name,
        first_name=first_name,
        is_staff=True,
        date_joined=at(PREPARATION, hour=8),
    )


def _assign(assignments: list[Assignment], *, by: User, now: datetime) -> None:
    bulk_create_with_history(assignments, Assignment, default_user=by, default_date=now)
