"""A walk through the whole casework: a town, its people, and a chance that decides who tries what next.

The same seed is the same walk, the lots of the panels included: see `by_seed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import patch

from django.db.models import Model, QuerySet

from appeals.actions.clockwork import run_clocks as run_clocks_of_appeals
from appeals.actions.experts import add_expert, add_workplace, offer_availability
from appeals.models import Expert
from registry.actions.clockwork import FAILED, run_clocks
from registry.actions.errors import Refused
from registry.ledger.days import SHANGHAI, shanghai_day
from registry.models import Agency, Assignment, Institution, Practitioner, Role, User
from registry.rules.clocks import WorkingCalendar
from tests.actions.measuring import hire
from tests.appeals.own_screens import holder
from tests.appeals.peers import elsewhere
from tests.casework import Desk, desk, officer
from tests.rules.calendars import announced
from tests.town import LAW_BEGINS, at, build

Row = TypeVar("Row", bound=Model)
Thing = TypeVar("Thing")

BEGINNINGS = (date(2025, 3, 10), date(2025, 9, 22), date(2025, 12, 8), date(2026, 10, 19))
"""A quiet spring, the days before the long holiday, the end of a year, and a year after which no calendar is known."""

REGIONS = ("510100", "430100")
"""Where a suspension starts on the same day, and where with the next month."""

MORE_OFFICERS = ("wu", "zheng", "feng")
FREE_EXPERTS = 6


class Idle(Exception):
    """There is nothing that this could be done to."""


@dataclass
class World:
    """Everything that a walk knows: who there is, what time it is, what was done, and what the calendar is."""

    here: Desk
    chance: Random
    now: datetime
    officers: list[User]
    people: list[Practitioner]
    experts: list[Expert]
    holders: dict[int, User]
    """The accounts of the people, by their files."""

    days: WorkingCalendar = field(default_factory=announced)
    trail: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return shanghai_day(self.now)

    def pick(self, among: QuerySet[Row] | Sequence[Row]) -> Row:
        """One of these, in an order that is the same in every run. Raises Idle where there is none."""
        rows = list(among.order_by("pk")) if isinstance(among, QuerySet) else list(among)
        if not rows:
            raise Idle
        return self.chance.choice(rows)

    def likely(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.chance.random() < share

    def one_of(self, *things: Thing) -> Thing:
        """One of the things."""
        return self.chance.choice(things)

    def somebody(self, *but: User | int | None) -> User:
        """An officer, mostly none of those named: sometimes they try all the same."""
        taken = {each.pk if isinstance(each, User) else each for each in but}
        free = [each for each in self.officers if each.pk not in taken]
        return self.chance.choice(free if free and self.likely(0.8) else self.officers)

    def attempt(self, act: Callable[[World], object], *, name: str = "") -> str:
        """Try the act some minutes later: it is `done`, or `refused`, or there was nothing to do it to: `idle`."""
        self.now += timedelta(minutes=self.chance.randrange(1, 30))
        name = name or act.__name__
        try:
            act(self)
        except Idle:
            return "idle"
        except Refused as refusal:
            self.trail.append(f"{self.now:%m-%d %H:%M} {name}: refused, {refusal.code}")
            return "refused"
        self.trail.append(f"{self.now:%m-%d %H:%M} {name}")
        return "done"

    def let_pass(self, days: int, *, clocks: bool = True) -> None:
        """Let days pass. Every night the clocks run, or only after the last, as if they had been off."""
        for left in range(days, 0, -1):
            self.now = at(self.today + timedelta(days=1), 0) + timedelta(minutes=self.chance.choice((5, 15, 480)))
            if clocks or left == 1:
                self.run_clocks()

    def run_clocks(self) -> None:
        """Whatever time asks for; nothing may fail."""
        came = Counter(run_clocks(now=self.now)) + Counter(run_clocks_of_appeals(now=self.now))
        self.trail.append(f"{self.now:%m-%d %H:%M} clocks: {dict(came)}")
        assert came[FAILED] == 0, came

    def until_midnight(self) -> None:
        """The last minutes of the day."""
        self.now = max(self.now, datetime.combine(self.today, datetime.max.time(), SHANGHAI) - timedelta(minutes=20))


def new_world(seed: int) -> World:
    """A town on one of the beginnings, with officers and experts of whom some are both, or have to do with the case."""
    chance = Random(seed)
    here = desk(build(REGIONS[seed % len(REGIONS)]))
    town = here.town
    more = [officer(town, name) for name in MORE_OFFICERS]
    officers = [town.officer, here.identifier, here.scorer, here.second, here.reviewer, here.another, *more]
    officers.append(_officer_above(here))
    doctor, *_others = hire(town, 6)
    begins = BEGINNINGS[seed // len(REGIONS) % len(BEGINNINGS)]
    people = [here.surgeon, here.nurse, doctor]
    holders = {each.pk: holder(each, f"holder-{each.code}") for each in people}
    return World(here, chance, at(begins, 9), officers, people, _experts(here, more, doctor), holders)


def _officer_above(here: Desk) -> User:
    province = here.town.region.parent
    assert province is not None  # the town is a city of a province
    agency, _ = Agency.objects.get_or_create(code=f"A{province.code}", defaults={"name": "省医保", "region": province})
    user = User.objects.create_user(f"above-{province.code}")
    Assignment.objects.create(user=user, role=Role.AGENCY_OFFICER, agency=agency, starts_on=LAW_BEGINS)
    return user


def _experts(here: Desk, officers: list[User], doctor: Practitioner) -> list[Expert]:
    """Six who have nothing to do with anything, two officers, a doctor of the hospital, and one with a file."""
    place, town = elsewhere(here), here.town
    found = [_expert(here, f"free-{number}", place) for number in range(FREE_EXPERTS)]
    found += [_expert(here, user.username, place, user=user) for user in officers[:2]]
    found.append(_expert(here, "colleague", town.hospital))
    found.append(_expert(here, "doctor", place, practitioner=doctor))
    return found


def _expert(here: Desk, name: str, place: Institution, *, user: User | None = None, **more: Any) -> Expert:
    user = user or User.objects.create_user(f"expert-{name}-{here.town.region.code}")
    Assignment.objects.create(user=user, role=Role.EXPERT, starts_on=LAW_BEGINS)
    by, now = here.town.officer, at(LAW_BEGINS)
    found = add_expert(name=name, specialties=["surgery"], user=user, by=by, now=now, **more)
    add_workplace(expert=found, institution=place, starts_on=date(2015, 1, 1), by=by, now=now)
    offer_availability(expert=found, starts_on=LAW_BEGINS, by=user, now=now)
    return found


@contextmanager
def by_seed(seed: int) -> Iterator[None]:
    """Identifiers, seeds and salts come from the seed of the walk, so that its lots fall alike in every run."""
    chance = Random(f"lots {seed}")
    clock, dice = SimpleNamespace(time_ns=lambda: 0), SimpleNamespace(urandom=chance.randbytes)
    with (
        patch("registry.models.identifiers.time", clock),
        patch("registry.models.identifiers.os", dice),
        patch("appeals.actions.panels.os", dice),
    ):
        yield
