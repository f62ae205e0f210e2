"""Agencies, authorities and some sixty institutions with their agreements. The institutions are invented."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources

from simple_history.utils import bulk_create_with_history

from registry.actions.institutions import conclude_agreement, open_institution
from registry.desks.demo_data.geography import CHINA, divisions
from registry.desks.demo_data.numbers import institution_code
from registry.desks.demo_data.timeline import FIRST_DAY, PREPARATION, at
from registry.models import Agency, Authority, Category, Institution, PhaseIn, Region, User
from registry.rules.periods import add_months

BUSY_HOSPITAL = institution_code(pharmacy=False, region="430111", serial=1)
"""The hospital with the largest staff and the most cases; the demo's compliance officer works there."""
RESCINDED = institution_code(pharmacy=True, region="410307", serial=2)
"""A pharmacy whose agreement was rescinded: nobody is paid there any more."""
DAYS_SINCE_RESCISSION = 43

ELSEWHERE = frozenset({CHINA, "710000", "810000", "820000"})
"""Where the scheme is not in force; the whole country has bodies of its own."""
_LATER_CATEGORIES = {Category.PHARMACIST: 2, Category.TECHNICIAN: 3, Category.BILLING_REVIEWER: 4}
_AUTHORITIES = {
    Authority.Kind.HEALTHCARE_SECURITY: ("YB", "医疗保障局"),
    Authority.Kind.HEALTH: ("WJ", "卫生健康委员会"),
    Authority.Kind.DRUG: ("YJ", "药品监督管理局"),
}
_NATIONAL = {
    Authority.Kind.HEALTHCARE_SECURITY: "国家医疗保障局",
    Authority.Kind.HEALTH: "国家卫生健康委员会",
    Authority.Kind.DRUG: "国家药品监督管理局",
}


@dataclass(frozen=True, slots=True)
class Place:
    """An institution of the demo: where it is, whose agency handles it, and its share of the staff."""

    code: str
    name: str
    region: str
    agency: str
    public: bool
    grade: str
    weight: int

    @property
    def is_pharmacy(self) -> bool:
        return self.code.startswith("P")


@cache
def places() -> tuple[Place, ...]:
    """All institutions, those of a county numbered from 1."""
    text = resources.files(__package__).joinpath("institutions.csv").read_text(encoding="utf-8")
    counted: dict[str, int] = {}
    found = []
    for row in csv.DictReader(text.splitlines()):
        counted[row["region"]] = counted.get(row["region"], 0) + 1
        found.append(_place(row, counted[row["region"]]))
    return tuple(found)


def homes() -> list[str]:
    """The codes of the provinces in which there are institutions."""
    return sorted({f"{place.region[:2]}0000" for place in places()})


def load_places(*, by: User, today: date) -> dict[str, Institution]:
    """Agencies, authorities, phase-in days, institutions and agreements; the institutions by code."""
    now = at(PREPARATION, hour=9)
    agencies = load_bodies({*provinces(), *(place.agency for place in places())}, by=by)
    institutions = {place.code: _open(place, agencies[place.agency], by=by, now=now) for place in places()}
    for institution in institutions.values():
        _agree(institution, by=by, today=today)
    return institutions


def load_bodies(seats: Iterable[str], *, by: User) -> dict[str, Agency]:
    """An agency and three authorities of the country and of each of these regions, and the phase-in days; the agencies
    by region.
    """
    now, regions = at(PREPARATION, hour=9), [CHINA, *sorted(seats)]
    _bulk([_agency(region) for region in regions], by=by, now=now)
    _bulk([_authority(region, kind) for region in regions for kind in Authority.Kind], by=by, now=now)
    _bulk(_phase_ins(), by=by, now=now)
    return {agency.region_id: agency for agency in Agency.objects.all()}


def provinces() -> list[str]:
    """The codes of the provinces in which the scheme is in force."""
    return [code for code in divisions() if code.endswith("0000") and code not in ELSEWHERE]


def name_of(region: str) -> str:
    """The region's name as bodies carry it in theirs: 湖南省, 长沙市."""
    return divisions()[region].name_zh


def _place(row: dict[str, str], serial: int) -> Place:
    return Place(
        code=institution_code(pharmacy=row["kind"] == "P", region=row["region"], serial=serial),
        name=row["name"],
        region=row["region"],
        agency=row["agency"],
        public=row["public"] == "yes",
        grade=row["grade"],
        weight=int(row["weight"]),
    )


def _bulk(rows: Iterable[Agency | Authority | PhaseIn], *, by: User, now: datetime) -> None:
    found = list(rows)
    bulk_create_with_history(found, type(found[0]), default_user=by, default_date=now)


def _agency(region: str) -> Agency:
    name = "国家医疗保障经办机构" if region == CHINA else f"{name_of(region)}医疗保障事务中心"
    return Agency(code=f"JB{region}", name=name, region_id=region)


def _authority(region: str, kind: Authority.Kind) -> Authority:
    letters, title = _AUTHORITIES[kind]
    name = _NATIONAL[kind] if region == CHINA else f"{name_of(region)}{title}"
    return Authority(code=f"{letters}{region}", name=name, kind=kind, region_id=region)


def _phase_ins() -> list[PhaseIn]:
    """Physicians and nurses from the first day; the others some months later, and Sichuan a quarter after the rest."""
    return [
        PhaseIn(region_id=region, category=category, starts_on=_in_scope_from(region, category))
        for region in provinces()
        for category in Category
    ]


def _in_scope_from(region: str, category: Category) -> date:
    months = _LATER_CATEGORIES.get(category, 0)
    return add_months(FIRST_DAY, months + 3 if months and region == "510000" else months)


def _open(place: Place, agency: Agency, *, by: User, now: datetime) -> Institution:
    return open_institution(
        code=place.code,
        name=place.name,
        region=Region(place.region),
        agency=agency,
        public=place.public,
        grade=place.grade,
        by=by,
        now=now,
    )


def _agree(institution: Institution, *, by: User, today: date) -> None:
    """An agreement for each year from the first until the present one, entered some days before it begins."""
    last_day = today - timedelta(DAYS_SINCE_RESCISSION) if institution.code == RESCINDED else today
    for year in range(FIRST_DAY.year, last_day.year + 1):
        conclude_agreement(
            institution=institution,
            number=f"{institution.code}-{year}",
            starts_on=date(year, 1, 1),
            ends_on=date(year + 1, 1, 1),
            by=by,
            now=at(date(year - 1, 12, 18), hour=10),
        )
