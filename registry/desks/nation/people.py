"""The people of a nation as lines for COPY: who they are, their sealed document, and where else they are registered."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from registry.desks.demo_data import names
from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.numbers import SERIALS_OF_A_DAY, personal_code, resident_id
from registry.desks.demo_data.people import DEPARTMENTS, LETTERS, SCOPES, TITLES, from_elsewhere
from registry.desks.demo_data.timeline import FIRST_DAY, PREPARATION, at
from registry.desks.nation.plan import Nation, Place, category_of
from registry.models import Category, DocumentKind, Sex, sealing
from registry.models.pinyin import Sound, sound_of

BLOCK = 20_000
COLUMNS = {
    "id": "bigint", "uuid": "uuid", "code": "text", "name": "text", "pinyin": "text", "initials": "text",
    "sex": "text", "birth_date": "date", "category": "text", "place": "bigint", "department": "text", "title": "text",
    "field": "text", "scope": "text", "certificate": "text", "kind": "text", "sealed_number": "bytea",
    "number_index": "bytea", "also": "bigint", "also_from": "date",
}  # fmt: skip
"""Of the table that the lines go to, with their types."""

_OLDEST, _YEARS = date(1962, 1, 1), 39
_DAYS = _YEARS * 365
_STRIDE = 7919  # has no divisor in common with _DAYS, so it comes to every day before it comes to one again
_SECOND_POSTS = 0.2
_MILLISECONDS = int(at(PREPARATION, hour=14).timestamp() * 1000)
_MALE, _FEMALE, _RESIDENT_ID = Sex.MALE.value, Sex.FEMALE.value, DocumentKind.RESIDENT_ID.value
Named = tuple[str, Sound]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Calling:
    """What follows from the category of somebody."""

    category: str
    letters: str
    men: float
    departments: tuple[str, ...]
    titles: tuple[str, ...]
    field: str
    scopes: tuple[str, ...]

    @classmethod
    def of(cls, category: Category) -> "Calling":
        """As in the demo."""
        field, scopes = SCOPES.get(category, ("", ("",)))
        men = 0.04 if category == Category.NURSE else 0.52
        return cls(category.value, LETTERS[category], men, DEPARTMENTS[category], TITLES[category], field, scopes)


_CALLINGS = {category: Calling.of(category) for category in Category}


@dataclass(frozen=True)
class Makers:
    """What all blocks are made from; made once, before any other process begins."""

    nation: Nation
    names: dict[tuple[bool, bool], list[Named]]
    """By sex (True: a man) and generation (True: born since 1990): as often as people bear them."""

    hospitals: dict[str, list[Place]]
    """By province: where physicians go who work at more than one."""

    @classmethod
    def of(cls, nation: Nation) -> "Makers":
        """Names enough that none stands out, and the hospitals of each province."""
        random = dice("names of a nation", nation.seed)
        many = min(50_000, max(200, nation.people // 20))
        hospitals = defaultdict(list)
        for place in nation.places:
            if place.size.public:
                hospitals[place.region[:2]].append(place)
        pools = {(male, young): _pool(random, many, male, young) for male in (True, False) for young in (True, False)}
        return cls(nation, pools, dict(hospitals))

    def blocks(self) -> Iterator[tuple[int, int]]:
        """The first and the last number of each block."""
        for first in range(1, self.nation.people + 1, BLOCK):
            yield first, min(first + BLOCK - 1, self.nation.people)

    def lines(self, block: tuple[int, int]) -> bytes:
        """The people of one block, as COPY reads them."""
        first, last = block
        random = dice(f"people from {first}", self.nation.seed)
        lines, place = [], self.nation.place_of(first)
        for number in range(first, last + 1):
            if number >= place.first + place.staff:
                place = self.nation.places[place.number]
            lines.append(self._line(random, place, number))
        return "".join(lines).encode()

    def _line(self, random: Random, place: Place, number: int) -> str:
        calling = _CALLINGS[category_of(place, number)]
        born, serial = born_of(place, number)
        male = random.random() < calling.men
        if number % 400 == 137:
            name, (kind, document), male = from_elsewhere(number // 400)
            sound = sound_of(name)
        else:
            name, sound = self._named(random, male=male, young=born.year >= names.YOUNG_SINCE)
            kind = _RESIDENT_ID
            document = resident_id(region=place.region, born=born, serial=serial, male=male)
        owner = uuid_of(random, number)
        also, also_from = self._second_post(random, place, calling)
        serial_of_code = 100_017 + 7 * (place.offset_in_county + number - place.first)
        code = personal_code(letters=calling.letters, region=place.region, serial=serial_of_code)
        certificate = f"{place.region}{born.year}{number:08d}" if calling.field else ""
        sealed = sealing.seal(document, bound_to=owner).hex()
        department = "" if place.size.pharmacy else _any(random, calling.departments)
        return (
            f"{number}\t{owner}\t{code}\t{name}\t{sound.pinyin}\t{sound.initials}\t{_MALE if male else _FEMALE}\t{born}"
            f"\t{calling.category}\t{place.number}\t{department}\t{_any(random, calling.titles)}\t{calling.field}"
            f"\t{_any(random, calling.scopes)}\t{certificate}\t{kind}"
            f"\t\\\\x{sealed}\t\\\\x{sealing.blind_index(document).hex()}\t{also}\t{also_from}\n"
        )

    def _named(self, random: Random, *, male: bool, young: bool) -> Named:
        if random.random() < 0.005:
            name = names.dotted_name(random, male=male)
            return name, sound_of(name)
        return _any(random, self.names[male, young])

    def _second_post(self, random: Random, place: Place, calling: "Calling") -> tuple[str, str]:
        """The number of another hospital of the province and the day from which, or NULL twice."""
        if calling.letters != "D" or random.random() > _SECOND_POSTS:
            return "\\N", "\\N"
        other = _any(random, self.hospitals.get(place.region[:2], [place]))
        if other is place:
            return "\\N", "\\N"
        return str(other.number), (FIRST_DAY + timedelta(1 + int(random.random() * 330))).isoformat()


def born_of(place: Place, number: int) -> tuple[date, int]:
    """The birth date, and the order number among those of the province who were born on that day.

    Raises ValueError where a province has more people than resident IDs for them.
    """
    in_province = place.offset_in_province + number - place.first
    serial = in_province // _DAYS
    if serial >= SERIALS_OF_A_DAY:
        raise ValueError(
            f"a province has resident IDs for {SERIALS_OF_A_DAY * _DAYS} people, and this is {in_province}"
        )
    return _OLDEST + timedelta(in_province * _STRIDE % _DAYS), serial


def uuid_of(random: Random, number: int) -> str:
    """A UUID of version 7, of the day on which the rosters came in; those of the same seed are the same."""
    time, chance = f"{_MILLISECONDS + number // 1000:012x}", f"{random.getrandbits(60):015x}"
    variant = "89ab"[number & 3]
    return f"{time[:8]}-{time[8:]}-7{number % 1000:03x}-{variant}{chance[:3]}-{chance[3:]}"


def _any(random: Random, among: Sequence[T]) -> T:
    return among[int(random.random() * len(among))]


def _pool(random: Random, many: int, male: bool, young: bool) -> list[Named]:
    year = names.YOUNG_SINCE if young else names.YOUNG_SINCE - 1
    made = (names.chinese_name(random, male=male, birth_year=year) for _ in itertools.repeat(None, many))
    return [(name, sound_of(name)) for name in made]
