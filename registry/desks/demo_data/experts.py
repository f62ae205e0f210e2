"""The pool of experts: some sixty physicians, nurses, pharmacists and reviewers of fees, with where they worked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from simple_history.utils import bulk_create_with_history

from appeals.models import Expert, ExpertAvailability, ExpertConflict, ExpertPlace, Specialty
from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.names import chinese_name
from registry.desks.demo_data.places import BUSY_HOSPITAL, Place
from registry.desks.demo_data.timeline import PREPARATION, at
from registry.models import Assignment, Institution, Role, Task, User

POOL: Mapping[Specialty, int] = {
    Specialty.ORTHOPAEDICS: 14,
    Specialty.INTERNAL_MEDICINE: 10,
    Specialty.SURGERY: 9,
    Specialty.REHABILITATION: 6,
    Specialty.CHINESE_MEDICINE: 6,
    Specialty.NURSING: 6,
    Specialty.IMAGING: 5,
    Specialty.PHARMACY: 4,
    Specialty.DENTISTRY: 2,
}
"""How many there are for each subject; for dentistry too few for a panel."""
_SECOND_SUBJECT = {
    Specialty.ORTHOPAEDICS: Specialty.SURGERY,
    Specialty.SURGERY: Specialty.ORTHOPAEDICS,
    Specialty.INTERNAL_MEDICINE: Specialty.EMERGENCY,
    Specialty.REHABILITATION: Specialty.CHINESE_MEDICINE,
}
_SINCE = date(2025, 1, 6)
_DUTIES = {Task.Kind.VOTE: "to vote on a panel", Task.Kind.DELIBERATE: "to sign an opinion on repair"}


@dataclass(frozen=True, slots=True)
class _Made:
    """An expert with everything the pool knows."""

    expert: Expert
    places: Sequence[ExpertPlace]
    days: Sequence[ExpertAvailability]
    conflicts: Sequence[ExpertConflict]


def open_pool(*, seed: int, places: Sequence[Place], institutions: Mapping[str, Institution], by: User) -> list[Expert]:
    """Take everybody into the pool on the first days of the scheme. None of them can sign in before `give_password`."""
    now, random = at(_SINCE, hour=9), dice("experts", seed)
    subjects = [subject for subject, count in POOL.items() for _ in range(count)]
    names = list(_names(random, len(subjects)))
    users = User.objects.bulk_create(_user(number, name) for number, name in enumerate(names, start=1))
    assignments = [Assignment(user=user, role=Role.EXPERT, starts_on=_SINCE) for user in users]
    bulk_create_with_history(assignments, Assignment, default_user=by, default_date=now)
    hospitals = [institutions[place.code] for place in places if not place.is_pharmacy and "社区" not in place.name]
    made = [
        _expert(random, number, subject, name, user, hospitals, institutions[BUSY_HOSPITAL], now)
        for number, (subject, name, user) in enumerate(zip(subjects, names, users, strict=True))
    ]
    experts = [each.expert for each in made]
    bulk_create_with_history(experts, Expert, default_user=by, default_date=now)
    for model, rows in (
        (ExpertPlace, [row for each in made for row in each.places]),
        (ExpertAvailability, [row for each in made for row in each.days]),
        (ExpertConflict, [row for each in made for row in each.conflicts]),
    ):
        bulk_create_with_history(rows, model, default_user=by, default_date=now)
    return experts


def asked_today() -> dict[User, str]:
    """An expert whose vote a panel waits for, and another whose opinion an application waits for.

    Who votes was drawn by lot and may have been called for an opinion too; several were called, so another is shown.
    """
    found: dict[User, str] = {}
    for kind, duty in _DUTIES.items():
        asked = Task.objects.filter(kind=kind, state=Task.State.OPEN).select_related("user")
        expert = asked.exclude(user__in=found).latest("pk").user
        assert expert is not None  # who is drawn or called can sign in
        found[expert] = f"has {duty}"
    return found


def _names(random: Random, count: int) -> Iterator[str]:
    """Names of two generations; one in three a woman's."""
    for _ in range(count):
        yield chinese_name(random, male=random.random() < 0.66, birth_year=random.choice((1966, 1971, 1976, 1981)))


def _user(number: int, name: str) -> User:
    return User(
        username=f"expert-{number:02}",
        password=make_password(None),
        last_name=name,
        is_staff=True,
        date_joined=at(PREPARATION, hour=8),
    )


def _expert(
    random: Random,
    number: int,
    subject: Specialty,
    name: str,
    user: User,
    hospitals: Sequence[Institution],
    busy: Institution,
    now: datetime,
) -> _Made:
    """Every fifth came from another hospital meanwhile, one in twelve works at the busy one, one in fifteen pauses."""
    specialties = [subject, *([_SECOND_SUBJECT[subject]] if subject in _SECOND_SUBJECT and number % 4 == 0 else [])]
    expert = Expert(name=name, user=user, specialties=sorted(specialties, key=Specialty.values.index), recorded_at=now)
    here = busy if number % 12 == 5 else random.choice(hospitals)
    since = date(random.randrange(2004, 2019), random.randrange(1, 13), 1)
    places = [ExpertPlace(expert=expert, institution=here, starts_on=since)]
    if number % 5 == 2:
        moved = date(2024, random.randrange(1, 13), 1)
        places[0].ends_on = moved
        places.append(ExpertPlace(expert=expert, institution=random.choice(hospitals), starts_on=moved))
    ends_on = _SINCE + timedelta(150) if number % 15 == 7 else None
    days = [ExpertAvailability(expert=expert, starts_on=_SINCE, ends_on=ends_on)]
    reason = "配偶在该机构任职"
    conflict = ExpertConflict(expert=expert, institution=random.choice(hospitals), reason=reason, declared_at=now)
    return _Made(expert, places, days, [conflict] if number % 10 == 3 else [])
