"""What happened in a nation: which handlings named whom, and what everybody of them was given. No database is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.timeline import FIRST_DAY, at
from registry.desks.nation.plan import Nation, Place
from registry.ledger.law import policies, policy_on
from registry.models import Grade
from registry.rules.periods import add_months

DECIDED_AFTER = timedelta(32)
"""From the handling to the decision, with the window in between."""

IN_SCOPE = FIRST_DAY + timedelta(225)
"""By then conduct of every category counts in every region."""


@dataclass(frozen=True, slots=True)
class Course:
    """A kind of case: its share of all people, what for, the part they had, and how long ago it was at most."""

    share: float
    situations: tuple[str, ...]
    grades: tuple[Grade, ...]
    months_ago: int
    open: bool = False
    """Nothing is decided yet."""


COURSES = (
    Course(0.0060, ("1-01", "1-99", "2-01", "2-02"), (Grade.GENERAL, Grade.GENERAL, Grade.IMPORTANT), 20),
    Course(0.0025, ("4-01",), (Grade.GENERAL, Grade.IMPORTANT), 20),
    Course(0.0060, ("4-01",), (Grade.GENERAL, Grade.IMPORTANT), 3),
    Course(0.0040, ("4-01", "4-99"), (Grade.PRINCIPAL,), 20),
    Course(0.0006, ("1-01", "2-01"), (Grade.GENERAL, Grade.IMPORTANT), 1, open=True),
)
"""Points and no more; suspended and back again; suspended today; terminated; and what is still on its way."""

_REPEATED = 0.15
"""How many with few points are found once more."""
_ANNULLED = 0.02


@dataclass(frozen=True, slots=True)
class Part:
    """One person in a case."""

    number: int
    grade: Grade
    points: int
    annulled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """A handling of one place and everybody who answers for it."""

    place: Place
    made_on: date
    situation: str
    policy: str
    parts: tuple[Part, ...]
    open: bool

    @property
    def decided_at(self) -> datetime:
        """When the points were recorded; meaningless while nothing is decided."""
        return at(self.made_on + DECIDED_AFTER, hour=10, minute=self.place.number % 60)


def deeds(nation: Nation, *, today: date) -> list[Deed]:
    """All of them, the earliest first; nobody is in two but those with few points."""
    random, busy = dice("deeds", nation.seed), set[int]()
    found = [deed for course in COURSES for deed in _of(course, nation, random, busy, today)]
    return sorted(found, key=lambda deed: (deed.made_on, deed.place.number))


def _of(course: Course, nation: Nation, random: Random, busy: set[int], today: date) -> Iterator[Deed]:
    wanted, tries = max(1, round(nation.people * course.share)), 0
    while wanted > 0 and tries < nation.people:
        first = random.randint(1, nation.people)
        place = nation.place_of(first)
        many = min(random.choice((1, 1, 2, 3, 5)), wanted)
        people = [each for each in range(first, min(first + many, place.first + place.staff)) if each not in busy]
        tries += 1
        if not people:
            continue
        busy.update(people)
        wanted -= len(people)
        deed = _deed(course, place, people, random, today)
        yield deed
        again = deed.made_on + timedelta(random.randint(70, 200))
        if course is COURSES[0] and again + DECIDED_AFTER < today and random.random() < _REPEATED:
            yield _made(course, place, people, again, random, today)


def _deed(course: Course, place: Place, people: list[int], random: Random, today: date) -> Deed:
    last = today - timedelta(2) if course.open else today - DECIDED_AFTER - timedelta(1)
    first = max(add_months(last, -course.months_ago), IN_SCOPE)
    made_on = min(first + timedelta(random.randint(0, max((last - first).days, 0))), last)
    return _made(course, place, people, made_on, random, today)


def _made(course: Course, place: Place, people: list[int], made_on: date, random: Random, today: date) -> Deed:
    situation = random.choice(course.situations)
    law = policy_on(place.agency, made_on - timedelta(12))
    band = policies()[law.id].situations[situation].band
    parts = []
    for number in people:
        grade = random.choice(course.grades)
        annulled = made_on + DECIDED_AFTER + timedelta(random.randint(20, 60))
        wrong = course is COURSES[0] and random.random() < _ANNULLED and annulled < today
        parts.append(Part(number, grade, law.default_points(band, grade), annulled if wrong else None))
    return Deed(place, made_on, situation, law.id, tuple(parts), course.open)
