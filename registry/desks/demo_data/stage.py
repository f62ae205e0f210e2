"""The stage on which the demo's history is played: acts are planned in any order and done in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from registry.desks.demo_data.people import Profile
from registry.desks.demo_data.places import name_of
from registry.desks.demo_data.timeline import night_after
from registry.desks.demo_data.workdays import Workdays
from registry.models import Agency, Authority, Institution, Practitioner, User

if TYPE_CHECKING:
    from registry.desks.demo_data.course import Course

T = TypeVar("T")


class Later(Generic[T]):
    """What an act will have made once it was done."""

    def __init__(self, act: Callable[[], T]) -> None:
        self._act = act
        self._made: list[T] = []

    def do(self) -> None:
        """Do the act, once."""
        self._made.append(self._act())

    @property
    def made(self) -> T:
        """The result. Asked before its time, the story is told in the wrong order: IndexError."""
        return self._made[0]


@dataclass(frozen=True, slots=True)
class Officers:
    """The officers of an agency, each with a part of their own: nobody does two of them in one case."""

    identifier: User
    """Takes the handlings in and identifies who answers for them."""
    scorer: User
    """Proposes the points and tells the person."""
    second: User
    """Countersigns what terminates."""
    reviewer: User
    """Reviews what is objected to, and decides what waits."""


@dataclass
class Stage:
    """Places, people and officers, and the plan of what happens when. Days before today are counted back."""

    today: date
    institutions: Mapping[str, Institution]
    officers: Mapping[int, Officers]
    compliance: Mapping[int, User]
    workdays: Workdays
    authorities: Mapping[str, Authority]
    people: Mapping[str, Practitioner]
    cast: Mapping[str, str]
    mainly_at: Mapping[str, Sequence[Profile]]
    _plan: list[tuple[datetime, int, Later[object]]] = field(default_factory=list)
    _documents: dict[tuple[str, int], int] = field(default_factory=dict)
    _reserved: set[str] = field(default_factory=set)
    courses: dict[str, Course] = field(default_factory=dict)
    """The latest case of whoever plays a part, by the part."""
    holders: dict[str, User] = field(default_factory=dict)
    """The accounts of those whose own file can be opened, by the part."""
    _nights: set[datetime] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._reserved |= set(self.cast.values())

    def plan(self, instant: datetime, act: Callable[[], T]) -> Later[T]:
        """Do `act` at `instant`, after everything planned for an earlier one."""
        return self.plan_that(instant, Later(act))

    def plan_that(self, instant: datetime, later: Later[T]) -> Later[T]:
        """The same for what other acts refer to already."""
        self._plan.append((instant, len(self._plan), later))  # type: ignore[arg-type]  # a Later is only done here
        return later

    def clock_after(self, last_day: date | None) -> None:
        """Let the clock act in the night after a last day, where it is known."""
        if last_day is not None:
            self._nights.add(night_after(last_day))

    def wind(self, clock: Callable[[datetime], object]) -> None:
        """Plan the clock for its nights."""
        for night in sorted(self._nights):
            self.plan(night, partial(clock, night))

    def play(self, now: datetime) -> int:
        """Do everything that was planned until `now`, in the order of time; the number of acts."""
        due = sorted((item for item in self._plan if item[0] <= now), key=lambda item: item[:2])
        for _, _, later in due:
            later.do()
        return len(due)

    def ago(self, days: int) -> date:
        """The day so many days before today."""
        return self.today - timedelta(days)

    def role(self, role: str) -> Practitioner:
        """Whoever plays it."""
        return self.people[self.cast[role]]

    def remember(self, course: Course, person: Practitioner) -> None:
        """What later stories go on with."""
        for role, code in self.cast.items():
            if code == person.code:
                self.courses[role] = course

    def reserve(self, code: str) -> None:
        """The person plays a part from now on."""
        self._reserved.add(code)

    def is_free(self, code: str) -> bool:
        """The person plays no part in a story."""
        return code not in self._reserved

    def officers_of(self, institution: Institution) -> Officers:
        """Those of the agency that handles the institution's agreement."""
        return self.officers[institution.agency_id]

    def document_number(self, agency: Agency, day: date, subject: str) -> str:
        """The next number of that agency's year. It says that it belongs to a demonstration."""
        key = (agency.region_id, day.year)
        self._documents[key] = self._documents.get(key, 0) + 1
        return f"{name_of(agency.region_id)}医保{subject}(演示)〔{day.year}〕{self._documents[key]}号"
