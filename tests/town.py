"""A small town for stories: one region with an agency, two hospitals, a pharmacy, officers, and people with names.

Everything is made by the register's own acts. `TODAY` is the day on which stories begin unless they say otherwise.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet

from registry.actions.handlings import identify_responsibility, record_handling
from registry.actions.institutions import conclude_agreement, open_institution
from registry.actions.people import register_practitioner
from registry.actions.registrations import register_at
from registry.ledger.days import SHANGHAI
from registry.models import (
    Agency,
    Handling,
    Institution,
    PointsEntry,
    Practitioner,
    Region,
    Responsibility,
    Task,
    User,
)
from tests.entries import record_points
from tests.remembering import remembered

LAW_BEGINS = date(2025, 1, 1)
TODAY = date(2025, 3, 10)


def at(day: date, hour: int = 10) -> datetime:
    """An instant on the day, by the clocks of Shanghai."""
    return datetime.combine(day, time(hour), SHANGHAI)


@dataclass(frozen=True)
class Town:
    """Who and what there is at the beginning."""

    region: Region
    agency: Agency
    hospital: Institution
    clinic: Institution
    pharmacy: Institution
    officer: User
    second: User
    surgeon: Practitioner
    nurse: Practitioner


def build(region_code: str = "430100") -> Town:
    """Build the town in a region: by default Changsha, where a suspension starts with the next month."""
    around = (f"{region_code[:2]}0000", region_code)
    if Region.objects.filter(code__in=around).exists():
        return _built(region_code)
    return remembered(f"town {region_code}", lambda: _built(region_code))


def _built(region_code: str) -> Town:
    province, _ = Region.objects.get_or_create(code=f"{region_code[:2]}0000", defaults={"name_zh": "某省"})
    region, _ = Region.objects.get_or_create(code=region_code, defaults={"name_zh": "某市", "parent": province})
    agency, _ = Agency.objects.get_or_create(code=f"A{region_code}", defaults={"name": "市医保中心", "region": region})
    officer, second = (_officer(f"{name}-{region_code}") for name in ("chen", "zhou"))
    now = at(LAW_BEGINS)
    hospital, clinic, pharmacy = (
        open_institution(
            code=f"{letter}{region_code}0000{number}", name=name, region=region, agency=agency, by=officer, now=now
        )
        for letter, number, name in (("H", 1, "第一医院"), ("H", 2, "社区卫生中心"), ("P", 3, "便民药店"))
    )
    for place in (hospital, clinic, pharmacy):
        conclude_agreement(institution=place, number=f"协{place.code}", starts_on=LAW_BEGINS, by=officer, now=now)
    surgeon, nurse = (
        register_practitioner(
            code=f"{letter}{region_code}00000{number}", name=name, category=category, by=officer, now=now
        )
        for letter, number, name, category in (("D", 1, "王伟", "physician"), ("N", 2, "李娜", "nurse"))
    )
    for person in (surgeon, nurse):
        register_at(practitioner=person, institution=hospital, starts_on=LAW_BEGINS, by=officer, now=now)
    return Town(region, agency, hospital, clinic, pharmacy, officer, second, surgeon, nurse)


def handle(
    town: Town,
    *,
    number: str = "罚字1号",
    kind: str = "penalty",
    made_on: date = TODAY,
    conduct_on: date | None = None,
    institution: Institution | None = None,
) -> Handling:
    """A handling of the hospital for conduct of one day (by default the day before it was made)."""
    conduct_on = conduct_on or max(LAW_BEGINS, date.fromordinal(made_on.toordinal() - 1))
    return record_handling(
        institution=institution or town.hospital,
        kind=kind,
        document_number=number,
        made_on=made_on,
        conduct_from=conduct_on,
        conduct_until=conduct_on,
        agency=town.agency,
        legal_basis="条例第四十条",
        by=town.officer,
        now=at(made_on),
    )


def blame(
    town: Town, handling: Handling, *, who: Practitioner | None = None, grade: str = "principal"
) -> Responsibility:
    """Someone (by default the surgeon) answers for the handling."""
    return identify_responsibility(
        handling=handling,
        practitioner=who or town.surgeon,
        grade=grade,
        grounds="主刀并签字",
        identified_on=handling.made_on,
        by=town.officer,
        now=at(handling.made_on, 11),
    )


BANDS = {1: "1-99", 2: "2-99", 3: "3-99", 4: "4-99"}


def score(
    town: Town,
    points: int,
    on: date,
    *,
    who: Practitioner | None = None,
    months: int | None = None,
    made_on: date | None = None,
    number: str | None = None,
) -> PointsEntry:
    """Record so many points on someone on a day, with all that has to come before."""
    handling = handle(town, number=number or f"罚字{on:%Y%m%d}-{points}", made_on=made_on or on)
    responsibility = blame(town, handling, who=who)
    return record_points(
        responsibility=responsibility,
        situation=BANDS[(points - 1) // 3 + 1],
        points=points,
        months=months,
        departure_reason="按情节认定",
        by=town.officer,
        second=town.second,
        now=at(on, 12),
    )


def further_tasks() -> QuerySet[Task]:
    """What is owed once somebody is identified: every task but that one."""
    return Task.objects.exclude(kind=Task.Kind.IDENTIFY)


def _officer(name: str) -> User:
    user, _ = User.objects.get_or_create(username=name)
    return user
