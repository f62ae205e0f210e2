"""Roles given and ended by whoever keeps access, never to or for oneself; accounts close when nothing is left."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.keys import revoke_key
from registry.ledger.days import shanghai_day
from registry.models import ApiKey, Assignment, Role, User
from registry.models.access import APART, PLACES, role_at
from registry.queries.explain import day

HELD_AT = ("agency", "institution", "authority", "region", "practitioner")


def give_role(
    *,
    user: User,
    role: Role,
    place: Any = None,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    now: datetime,
) -> Assignment:
    """`user` holds the role at `place` from `starts_on` until `ends_on` (the first day not counted; None is endless).

    `place` is the agency, institution, authority or file that the role is held at, for an administrator a region or
    None for the whole country. `by` is None only for the command that makes the first administrator. The same role at
    the same place over the same days is given once. Raises Refused as `require_assignable` says.
    """
    row = Assignment(user=user, role=role, starts_on=starts_on, ends_on=ends_on)
    if place is not None:
        setattr(row, PLACES.get(role, "region"), place)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        require_assignable(row, by=by)
        same = {name: getattr(row, name) for name in HELD_AT}
        there = Assignment.objects.filter(user=user, role=role, starts_on=starts_on, ends_on=ends_on, **same).first()
        if there is not None:
            return there
        keep(row, by=by, now=now)
        return row


def require_assignable(row: Assignment, *, by: User | None) -> None:
    """Refuse an assignment that is for oneself or for a closed account, that ends before it begins, that mixes one of
    the three administrations with another role of the office, that is none of the authority, or a second account of one
    file.
    """
    if by is not None and by.pk == row.user_id:
        raise Refused("own_role", _("Nobody gives a role to themselves. Ask another security administrator."))
    if not row.user.is_active:
        closed = _("The account “%(name)s” is closed. Open it again before it gets a role.")
        raise _refused("account_closed", closed, "user", row.user.get_username())
    if row.ends_on and row.ends_on < row.starts_on:
        words = gettext("The assignment ends on %(end)s, before it begins on %(start)s.") % {
            "end": day(row.ends_on),
            "start": day(row.starts_on),
        }
        raise Refused("ends_before_it_begins", words, field="ends_on", value=row.ends_on)
    _require_apart(row)
    _require_fitting(row)
    if row.practitioner_id and _at_the_same_time(row, Assignment.objects.filter(practitioner=row.practitioner_id)):
        taken = _("The file %(name)s has an account already. Issue a code for recovery instead.")
        raise _refused("file_has_account", taken, "practitioner", str(row.practitioner))


def _require_apart(row: Assignment) -> None:
    held = Assignment.objects.filter(user=row.user_id).exclude(role__in=[row.role, Role.PRACTITIONER])
    mixed = [other for other in _at_the_same_time(row, held) if {row.role, other.role} & APART]
    if row.role != Role.PRACTITIONER and mixed:
        words = _(
            "“%(held)s” and “%(role)s” are kept apart: who looks after the system, who after access and who after the "
            "records of both are different people, and none of them acts in a case. Use another account, or end the "
            "other role first."
        ) % {"held": mixed[0].get_role_display(), "role": row.get_role_display()}
        raise Refused("roles_apart", words, field="role", value=row.role)


def _require_fitting(row: Assignment) -> None:
    if row.authority is None or row.role == role_at(row.authority):
        return
    words = _("“%(authority)s” has no “%(role)s”. Choose “%(fitting)s”.") % {
        "authority": row.authority.name,
        "role": row.get_role_display(),
        "fitting": role_at(row.authority).label,
    }
    raise Refused("role_of_another_authority", words, field="role", value=row.role)


def end_role(*, assignment: Assignment, ends_on: date, by: User | None, now: datetime) -> Assignment:
    """The role is held until `ends_on`, the first day not counted; from then on its sessions and programs end.

    Raises Refused as `require_endable` does.
    """
    with transaction.atomic():
        row = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment.pk)
        require_endable(row, ends_on, by=by, now=now)
        if row.ends_on != ends_on:
            row.ends_on = ends_on
            keep(row, by=by, now=now)
        return row


def require_endable(row: Assignment, ends_on: date, *, by: User | None, now: datetime) -> None:
    """Refuse to end one's own role, and a day before today or before it begins: what was done in a role was done in
    it.
    """
    if by is not None and by.pk == row.user_id:
        raise Refused("own_role", _("Nobody ends their own role. Ask another security administrator."))
    first = max(shanghai_day(now), row.starts_on)
    if ends_on < first:
        words = _("A role cannot end on %(end)s: choose %(first)s or a later day.") % {
            "end": day(ends_on),
            "first": day(first),
        }
        raise Refused("ends_in_the_past", words, field="ends_on", value=ends_on)


def end_employment(*, user: User, by: User | None, now: datetime) -> list[Assignment]:
    """Everything that the user holds in the office ends today, the programs that act for them at once, and the account
    closes unless it is also that of a practitioner's file. Returns the assignments that ended.

    Doing it again changes nothing. Raises Refused for oneself.
    """
    today = shanghai_day(now)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        held = Assignment.objects.filter(_not_over(today), user=user)
        rows = [
            end_role(assignment=row, ends_on=max(today, row.starts_on), by=by, now=now)
            for row in held.exclude(role=Role.PRACTITIONER)
        ]
        _revoke_keys(user, by=by, now=now)
        _close(User.objects.filter(pk=user.pk).filter(~Exists(_left(today))))
        return rows


def close_accounts(*, now: datetime) -> int:
    """Close every account whose last role has ended, with its keys; returns how many. Done again it finds none."""
    today = shanghai_day(now)
    had_one = Assignment.objects.filter(user=OuterRef("pk"))
    over = User.objects.filter(Exists(had_one), ~Exists(_left(today)), is_active=True)
    closed = 0
    for user in over.iterator():
        with transaction.atomic():
            _revoke_keys(user, by=None, now=now)
            closed += _close(over.filter(pk=user.pk))
    return closed


def _left(today: date) -> QuerySet[Assignment]:
    return Assignment.objects.filter(_not_over(today), user=OuterRef("pk"))


def _not_over(today: date) -> Q:
    return Q(ends_on=None) | Q(ends_on__gt=today) & Q(ends_on__gt=F("starts_on"))


def _close(users: QuerySet[User]) -> int:
    return users.update(is_active=False)


def _revoke_keys(user: User, *, by: User | None, now: datetime) -> None:
    for key in ApiKey.objects.filter(user=user, revoked_at=None):
        revoke_key(key=key, by=by, now=now)


def _at_the_same_time(row: Assignment, others: QuerySet[Assignment]) -> list[Assignment]:
    rows: Iterable[Assignment] = others.filter(Q(ends_on=None) | Q(ends_on__gt=row.starts_on)).exclude(pk=row.pk)
    return [other for other in rows if row.ends_on is None or other.starts_on < row.ends_on]


def _refused(code: str, words: Any, field: str, name: str) -> Refused:
    return Refused(code, words % {"name": name}, field=field, value=name)
