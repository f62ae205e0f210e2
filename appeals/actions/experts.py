"""The pool of experts: who is in it, where they work, on which days they can sit, and what they may not judge."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.models import Expert, ExpertAvailability, ExpertConflict, ExpertPlace, Specialty
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import locked
from registry.actions.requirements import require_choice, required
from registry.actions.turns import take_turns
from registry.models import Institution, Practitioner, User
from registry.queries.explain import day
from registry.rules.periods import next_day

LONGEST_NAME = 100
Days = TypeVar("Days", ExpertPlace, ExpertAvailability)


def add_expert(
    *,
    name: str,
    specialties: Iterable[str],
    user: User | None = None,
    practitioner: Practitioner | None = None,
    by: User | None,
    now: datetime,
) -> Expert:
    """Take an expert into the pool; they sit once they have an account to sign in with and have offered days.

    One account is one expert, and so is one file in the register: who left the pool comes back as the same expert.
    """
    name = required(name, field="name", most=LONGEST_NAME)
    chosen = _required_specialties(specialties)
    with transaction.atomic():
        take_turns(*(f"expert:{kind}:{row.pk}" for kind, row in (("user", user), ("file", practitioner)) if row))
        expert = _present(user, practitioner) or Expert(recorded_at=now)
        told = {
            "name": name,
            "specialties": chosen,
            "user": user or expert.user,
            "practitioner": practitioner or expert.practitioner,
            "active": True,
        }
        if expert._state.adding or any(getattr(expert, field) != value for field, value in told.items()):
            for field, value in told.items():
                setattr(expert, field, value)
            keep(expert, by=by, now=now)
        return expert


def change_specialties(*, expert: Expert, specialties: Iterable[str], by: User | None, now: datetime) -> Expert:
    """Say for which subjects the expert can be drawn from now on."""
    chosen = _required_specialties(specialties)
    with transaction.atomic():
        expert = locked(expert)
        if expert.specialties != chosen:
            expert.specialties = chosen
            keep(expert, by=by, now=now)
        return expert


def leave_pool(*, expert: Expert, reason: str, by: User | None, now: datetime) -> Expert:
    """The expert is drawn no more, neither as a reserve. Seats that they have already they keep, or step back from."""
    reason = required(reason)
    with transaction.atomic():
        expert = locked(expert)
        if expert.active:
            expert.active = False
            keep(expert, by=by, now=now, why=reason)
        return expert


def add_workplace(
    *,
    expert: Expert,
    institution: Institution,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    now: datetime,
) -> ExpertPlace:
    """Record where the expert works or worked; `ends_on` is the first day not counted. The same twice is the same."""
    _require_order(starts_on, ends_on)
    with transaction.atomic():
        expert = locked(expert)
        same = expert.places.filter(institution=institution, starts_on=starts_on)
        if (present := same.first()) and present.ends_on == ends_on:
            return present
        if present:
            return _ended(present, ends_on, by, now)
        place = ExpertPlace(expert=expert, institution=institution, starts_on=starts_on, ends_on=ends_on)
        keep(place, by=by, now=now)
        return place


def end_workplace(*, place: ExpertPlace, ends_on: date, by: User | None, now: datetime) -> ExpertPlace:
    """The expert does not work there any more from `ends_on` on; later panels still look back at it."""
    with transaction.atomic():
        return _ended(locked(place), ends_on, by, now)


def offer_availability(
    *, expert: Expert, starts_on: date, ends_on: date | None = None, by: User | None, now: datetime
) -> ExpertAvailability:
    """Offer the days [starts_on, ends_on) on which the expert can be drawn; open without `ends_on`."""
    _require_order(starts_on, ends_on)
    with transaction.atomic():
        expert = locked(expert)
        if present := expert.availability.filter(starts_on=starts_on, ends_on=ends_on).first():
            return present
        offered = ExpertAvailability(expert=expert, starts_on=starts_on, ends_on=ends_on)
        keep(offered, by=by, now=now)
        return offered


def end_availability(
    *, availability: ExpertAvailability, ends_on: date, by: User | None, now: datetime
) -> ExpertAvailability:
    """The expert cannot be drawn any more from `ends_on` on."""
    with transaction.atomic():
        return _ended(locked(availability), ends_on, by, now)


def declare_conflict(
    *,
    expert: Expert,
    institution: Institution | None = None,
    practitioner: Practitioner | None = None,
    reason: str,
    by: User | None,
    now: datetime,
) -> ExpertConflict:
    """The expert may not judge cases of an institution or of a person. It is never withdrawn.

    A seat that the expert has already is given back by stepping back, with its own reason.
    """
    reason = required(reason)
    if (institution is None) == (practitioner is None):
        raise Refused(
            "conflict_with_one",
            _("Name the institution or the person of the conflict: one of them."),
            field="institution",
        )
    with transaction.atomic():
        expert = locked(expert)
        same = expert.conflicts.filter(institution=institution, practitioner=practitioner)
        if present := same.first():
            return present
        conflict = ExpertConflict(
            expert=expert, institution=institution, practitioner=practitioner, reason=reason, declared_at=now
        )
        keep(conflict, by=by, now=now)
        return conflict


def _present(user: User | None, practitioner: Practitioner | None) -> Expert | None:
    by_user = Expert.objects.filter(user=user).first() if user else None
    by_file = Expert.objects.filter(practitioner=practitioner).first() if practitioner else None
    if by_user and by_file and by_user.pk != by_file.pk:
        raise Refused(
            "two_experts",
            _("The account belongs to %(one)s and the file to %(other)s: name one of them.")
            % {"one": by_user.name, "other": by_file.name},
            field="user",
            value=str(user),
        )
    found = by_user or by_file
    if found and user and found.user_id not in (None, user.pk):
        raise Refused(
            "expert_has_an_account",
            _("%(name)s signs in with another account.") % {"name": found.name},
            field="user",
            value=str(user),
        )
    return found


def _required_specialties(specialties: Iterable[str]) -> list[str]:
    chosen = list(dict.fromkeys(specialties))
    if not chosen:
        raise Refused("specialties_missing", _("Choose at least one specialty."), field="specialties")
    for each in chosen:
        require_choice("specialties", each, Specialty.values)
    return sorted(chosen, key=Specialty.values.index)


def _ended(row: Days, ends_on: date | None, by: User | None, now: datetime) -> Days:
    _require_order(row.starts_on, ends_on)
    if row.ends_on != ends_on:
        row.ends_on = ends_on
        keep(row, by=by, now=now)
    return row


def _require_order(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on <= starts_on:
        raise Refused(
            "ends_before_it_begins",
            _("The first day not counted, %(end)s, must come after the first day %(start)s: %(earliest)s or later.")
            % {"end": day(ends_on), "start": day(starts_on), "earliest": day(next_day(starts_on))},
            field="ends_on",
            value=ends_on,
        )
