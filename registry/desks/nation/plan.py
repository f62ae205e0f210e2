"""Who is where in a register the size of a nation, worked out from a number and a seed without any database.

People are numbered from 1, and those of one institution follow each other, as their roster brought them in. What is
known of somebody follows from the number alone, so many processes can work on it and any of them can be asked.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random

from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.geography import divisions
from registry.desks.demo_data.names import SURNAMES
from registry.desks.demo_data.numbers import institution_code, personal_code
from registry.desks.demo_data.people import HOSPITAL_MIX, LETTERS
from registry.desks.demo_data.places import ELSEWHERE
from registry.models import Category

LARGEST_STAFF = 5000
_HEADINGS = ("", "市辖区", "县")
HOME = "430111"
"""The county of the largest hospital, where the log-ins of the demo are."""


@dataclass(frozen=True, slots=True)
class Size:
    """One kind of institution: its share of all people, how many work at one, what it is called and its grade."""

    share: float
    staff: tuple[int, int]
    title: str
    grade: str
    public: bool = False
    pharmacy: bool = False


SIZES = (
    Size(0.34, (700, 2600), "人民医院", "三级甲等", public=True),
    Size(0.30, (120, 600), "中心医院", "二级甲等", public=True),
    Size(0.20, (12, 60), "社区卫生服务中心", "一级", public=True),
    Size(0.06, (2, 8), "诊所", ""),
    Size(0.10, (2, 9), "大药房", "", pharmacy=True),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An institution. `first` is the number of the first of its `staff`; the offsets count those before them, in the
    county and in the province.
    """

    number: int
    code: str
    name: str
    region: str
    agency: str
    size: Size
    first: int
    staff: int
    offset_in_county: int
    offset_in_province: int


class Nation:
    """All places, and what follows from the number of a person."""

    def __init__(self, people: int, seed: int) -> None:
        self.people, self.seed = people, seed
        self.places = list(_places(people, dice("nation", seed)))
        self._firsts = [place.first for place in self.places]

    def place_of(self, number: int) -> Place:
        """Where the person with this number is registered first."""
        return self.places[bisect_right(self._firsts, number) - 1]

    def code_of(self, number: int) -> str:
        """The personal code of the person with this number."""
        place = self.place_of(number)
        serial = place.offset_in_county + number - place.first
        return personal_code(
            letters=LETTERS[category_of(place, number)], region=place.region, serial=100_017 + 7 * serial
        )

    @cached_property
    def largest(self) -> Place:
        """The hospital with the largest staff."""
        return max(self.places, key=lambda place: place.staff)


_MIX = tuple(category for category, share in HOSPITAL_MIX.items() for _ in range(share))


def category_of(place: Place, number: int) -> Category:
    """The first of a pharmacy is its principal; in hospitals a hundred people have the usual mix, in no order."""
    if place.size.pharmacy:
        return Category.PHARMACY_PRINCIPAL if number == place.first else Category.PHARMACIST
    return _MIX[number * 37 % len(_MIX)]


def seats() -> list[str]:
    """The regions that have an agency: the provinces, and the prefectures in them."""
    return [code for code in divisions() if code.endswith("00") and code not in ELSEWHERE and not _is_heading(code)]


def agency_of(county: str) -> str:
    """The region whose agency handles the institutions of a county: its prefecture, or the province where none is."""
    city = f"{county[:4]}00"
    return f"{county[:2]}0000" if _is_heading(city) else city


def _is_heading(code: str) -> bool:
    """Whether the standard has only a heading there, such as 市辖区 (districts of a municipality)."""
    name = divisions()[code].name_zh if code in divisions() else ""
    return name in _HEADINGS or "直辖" in name


def _places(people: int, random: Random) -> Iterator[Place]:
    """All institutions: the home hospital first, the others in an order made by chance."""
    inside = [code for code in divisions() if not code.endswith("00") and f"{code[:2]}0000" not in ELSEWHERE]
    counties = [code for code in inside if not _is_heading(code)]
    planned = [(size, staff) for size in SIZES for staff in _staffs(size, round(people * size.share), random)]
    random.shuffle(planned)
    largest = SIZES[0], min(LARGEST_STAFF, max(people // 40, 20))
    first, in_county, in_province, serials = 1, Counter[str](), Counter[str](), Counter[tuple[str, bool]]()
    for number, (size, wanted) in enumerate([largest, *planned], start=1):
        staff = min(wanted, people - first + 1)
        if staff <= 0:
            return
        county = HOME if number == 1 else random.choice(counties)
        serials[county, size.pharmacy] += 1
        yield Place(
            number=number,
            code=institution_code(pharmacy=size.pharmacy, region=county, serial=serials[county, size.pharmacy]),
            name=_name(county, size, serials[county, size.pharmacy], random),
            region=county,
            agency=agency_of(county),
            size=size,
            first=first,
            staff=staff,
            offset_in_county=in_county[county],
            offset_in_province=in_province[county[:2]],
        )
        first += staff
        in_county[county] += staff
        in_province[county[:2]] += staff


def _staffs(size: Size, people: int, random: Random) -> Iterator[int]:
    """Staffs that add up to so many people."""
    while people > 0:
        staff = min(people, random.randint(*size.staff))
        yield staff
        people -= staff


_OWNERS = tuple(SURNAMES)


def _name(county: str, size: Size, serial: int, random: Random) -> str:
    where = divisions()[county].name_zh
    if size.public:
        return f"{where}第{serial}{size.title}"
    return f"{where}{random.choice(_OWNERS)}氏{random.choice(('惠民', '康泰', '仁和', '百姓', '同济'))}{size.title}"
