"""The people of the demo: who they are, worked out from the seed alone, so that the same seed gives the same people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from random import Random

from registry.desks.demo_data import names
from registry.desks.demo_data.cast import CAST
from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.numbers import SERIALS_OF_A_DAY, personal_code, resident_id
from registry.desks.demo_data.places import BUSY_HOSPITAL, Place
from registry.desks.demo_data.timeline import FIRST_DAY
from registry.models import Category, DocumentKind, Sex

HOSPITAL_MIX = {
    Category.PHYSICIAN: 38,
    Category.NURSE: 46,
    Category.PHARMACIST: 6,
    Category.TECHNICIAN: 8,
    Category.BILLING_REVIEWER: 2,
}
LETTERS = {
    Category.PHYSICIAN: "D",
    Category.NURSE: "N",
    Category.PHARMACIST: "HY",
    Category.TECHNICIAN: "HJ",
    Category.BILLING_REVIEWER: "N",
    Category.PHARMACY_PRINCIPAL: "HY",
}
TITLES = {
    Category.PHYSICIAN: ("住院医师", "主治医师", "副主任医师", "主任医师"),
    Category.NURSE: ("护士", "护师", "主管护师", "副主任护师"),
    Category.PHARMACIST: ("药士", "药师", "主管药师", "副主任药师"),
    Category.TECHNICIAN: ("技士", "技师", "主管技师", "副主任技师"),
    Category.BILLING_REVIEWER: ("初级会计师", "会计师"),
    Category.PHARMACY_PRINCIPAL: ("执业药师",),
}
DEPARTMENTS = {
    Category.PHYSICIAN: (
        "心血管内科",
        "呼吸内科",
        "骨科",
        "普通外科",
        "妇产科",
        "儿科",
        "康复医学科",
        "急诊科",
        "肿瘤科",
    ),
    Category.NURSE: ("心血管内科", "呼吸内科", "骨科", "普通外科", "重症医学科", "手术室", "血液净化中心", "急诊科"),
    Category.PHARMACIST: ("药学部",),
    Category.TECHNICIAN: ("医学检验科", "医学影像科", "超声医学科", "病理科"),
    Category.BILLING_REVIEWER: ("医疗保障办公室",),
    Category.PHARMACY_PRINCIPAL: ("",),
}
GENERAL_PRACTICE = "全科医学科"
LARGE_DEPARTMENT = "骨科"
"""A third of the physicians and nurses of the busy hospital work there."""
PATIENT_CARE = frozenset({Category.PHYSICIAN, Category.NURSE})
SCOPES = {
    Category.PHYSICIAN: ("临床", ("内科专业", "外科专业", "妇产科专业", "儿科专业", "中医专业", "急救医学专业")),
    Category.NURSE: ("护理", ("护理",)),
    Category.PHARMACIST: ("药学", ("药品调剂",)),
    Category.TECHNICIAN: ("医技", ("医学检验", "医学影像")),
    Category.PHARMACY_PRINCIPAL: ("药学", ("药品经营",)),
}


@dataclass(frozen=True, slots=True)
class Post:
    """One institution where the person is registered over [starts_on, ends_on)."""

    institution: str
    department: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the register is told about a person when their roster comes in."""

    code: str
    name: str
    sex: str
    born: date
    category: str
    document: tuple[str, str]
    certificate: str
    title: str
    practice: tuple[str, str]
    posts: tuple[Post, ...]


def profiles(*, count: int, seed: int, places: Sequence[Place]) -> list[Profile]:
    """`count` people: the cast in its order, the others spread over the places by weight.

    In every pharmacy the first is the principal. Raises ValueError where the cast alone is more than `count`.
    """
    if count < len(CAST):
        raise ValueError(f"{count} people cannot play {len(CAST)} parts")
    random = dice("people", seed)
    serials = Serials()
    by_code = {place.code: place for place in places}
    posts = [(by_code[code], category) for code, category in CAST.values()]
    posts += _posts_by_weight(dice("posts", seed), count - len(CAST), places)
    return [
        _profile(random, serials, place, category, number, places) for number, (place, category) in enumerate(posts)
    ]


def headcounts(count: int, places: Sequence[Place]) -> list[int]:
    """`count` people shared out by weight: whole numbers that add up to it."""
    total = sum(place.weight for place in places)
    marks = [round(count * weight / total) for weight in accumulate((place.weight for place in places), initial=0)]
    return [after - before for before, after in pairwise(marks)]


class Serials:
    """Running numbers that are never given twice: of codes by letters and region, of resident IDs by day and sex."""

    def __init__(self) -> None:
        self._given: dict[tuple[object, ...], int] = {}

    def code(self, letters: str, region: str) -> str:
        """The next personal code; steps of 7 from 100 017, so that codes do not look counted."""
        return personal_code(letters=letters, region=region, serial=100_010 + 7 * self._next(letters, region))

    def resident_id(self, region: str, born: date, *, male: bool) -> str:
        """The next resident ID of that day."""
        serial = self._next(region[:2], born, male)
        return resident_id(region=region, born=born, serial=serial % SERIALS_OF_A_DAY, male=male)

    def _next(self, *key: object) -> int:
        self._given[key] = self._given.get(key, 0) + 1
        return self._given[key]


def _posts_by_weight(random: Random, count: int, places: Sequence[Place]) -> Iterator[tuple[Place, Category]]:
    with_principal = {code for code, category in CAST.values() if category == Category.PHARMACY_PRINCIPAL}
    for place, staff in zip(places, headcounts(count, places), strict=True):
        for number in range(staff):
            yield place, _category(random, place, first=number == 0 and place.code not in with_principal)


def _category(random: Random, place: Place, *, first: bool) -> Category:
    if place.is_pharmacy:
        return Category.PHARMACY_PRINCIPAL if first else Category.PHARMACIST
    return random.choices(list(HOSPITAL_MIX), weights=list(HOSPITAL_MIX.values()))[0]


def _profile(
    random: Random, serials: Serials, place: Place, category: Category, number: int, places: Sequence[Place]
) -> Profile:
    male = random.random() < (0.04 if category == Category.NURSE else 0.52)
    born = date(1962, 1, 1) + timedelta(random.randrange(39 * 365))
    name, document, male = _identity(random, serials, place, number, born=born, male=male)
    field, scopes = SCOPES.get(category, ("", ("",)))
    return Profile(
        code=serials.code(LETTERS[category], place.region),
        name=name,
        sex=Sex.MALE if male else Sex.FEMALE,
        born=born,
        category=category,
        document=document,
        certificate=f"{place.region}{born:%Y}{number:08d}" if field else "",
        title=random.choice(TITLES[category]),
        practice=(field, random.choice(scopes)),
        posts=tuple(_posts(random, place, category, places)),
    )


def _identity(
    random: Random, serials: Serials, place: Place, number: int, *, born: date, male: bool
) -> tuple[str, tuple[str, str], bool]:
    """Name, document, and whether it is a man: of 400 people one has no resident ID, and two have a dot in the name."""
    match number % 400:
        case 137:
            return from_elsewhere(number // 400)
        case 61 | 277:
            name = names.dotted_name(random, male=male)
        case _:
            name = names.chinese_name(random, male=male, birth_year=born.year)
    return name, (DocumentKind.RESIDENT_ID, serials.resident_id(place.region, born, male=male)), male


def from_elsewhere(which: int) -> tuple[str, tuple[str, str], bool]:
    """Name, document and whether it is a man: of somebody without a resident ID, another for each number."""
    kinds = (
        (names.FOREIGN, DocumentKind.PASSPORT, "X"),
        (names.HONG_KONG_AND_MACAU, DocumentKind.HK_MACAU_PERMIT, "H"),
        (names.TAIWAN, DocumentKind.TAIWAN_PERMIT, ""),
        (names.FOREIGN[::-1], DocumentKind.FOREIGN_RESIDENT, "EXA"),
    )
    people, kind, letters = kinds[which % len(kinds)]
    name, male = people[which // len(kinds) % len(people)]
    return name, (kind, f"{letters}{which + 1:08d}"), male


def _department(random: Random, place: Place, category: Category) -> str:
    department = random.choice(DEPARTMENTS[category])
    if place.code == BUSY_HOSPITAL and category in PATIENT_CARE and random.random() < 0.3:
        return LARGE_DEPARTMENT
    if place.is_pharmacy:
        return ""
    return GENERAL_PRACTICE if "社区" in place.name and category in PATIENT_CARE else department


def _posts(random: Random, place: Place, category: Category, places: Sequence[Place]) -> Iterator[Post]:
    """The main post from the first day, and for some physicians a second or third one elsewhere in the province."""
    department = _department(random, place, category)
    yield Post(place.code, department, FIRST_DAY)
    more = [other for other in places if other.region[:2] == place.region[:2] and other.code != place.code]
    more = [other for other in more if not other.is_pharmacy]
    if category == Category.PHYSICIAN and not place.is_pharmacy and random.random() < 0.2:
        for other in random.sample(more, min(len(more), random.choice((1, 1, 1, 2)))):
            yield Post(other.code, department, FIRST_DAY + timedelta(random.randrange(1, 330)))
