"""Figures summed up by the database, beside the same figures counted one by one in a register made by chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import ceil
from random import Random
from statistics import fmean, pstdev
from typing import Any

import pytest
from django.utils import translation

from registry.ledger.days import SHANGHAI
from registry.models import (
    Agency,
    Assignment,
    Certificate,
    Fact,
    FileMerge,
    Handling,
    Institution,
    PointsEntry,
    Practitioner,
    Region,
    Registration,
    Responsibility,
    Role,
    SanctionPeriod,
    User,
)
from registry.queries.scope import Scope, scope_of
from registry.queries.spread import SPREAD_BY, Spread, in_the_country, outlines, spread
from registry.queries.statistics import (
    POINTS_BY,
    RELIEF_BY,
    SANCTIONS_BY,
    During,
    Table,
    points,
    relief,
    sanctions,
)
from tests.queries import random_register
from tests.queries.random_register import RandomRegister

pytestmark = pytest.mark.django_db

SEEDS = range(2)
FIRST, LAST, TODAY = date(2025, 2, 1), date(2026, 8, 31), date(2026, 9, 1)
DURING = During(FIRST, LAST)
EVERYWHERE = Scope((Assignment(role=Role.AUDITOR),))


def figures(table: Table) -> dict[str, dict[str, Any]]:
    return {line.key: dict(line.figures) for line in table.lines}


def officer_of(region: str) -> Scope:
    """An officer of an agency of the region."""
    within, _ = Region.objects.get_or_create(code=region, defaults={"name_zh": "某地"})
    agency, _ = Agency.objects.get_or_create(code=f"S{region}", defaults={"name": "中心", "region": within})
    user, _ = User.objects.get_or_create(username=f"statistician-{region}")
    Assignment.objects.get_or_create(user=user, role=Role.AGENCY_OFFICER, agency=agency, starts_on=date(2025, 1, 1))
    return scope_of(user, TODAY)


SCOPES: dict[str, Callable[[], Scope]] = {
    "everywhere": lambda: EVERYWHERE,
    "chengdu": lambda: officer_of("510100"),
    "hunan": lambda: officer_of("430000"),
}
PREFIXES = {"everywhere": "", "chengdu": "5101", "hunan": "43"}


@dataclass
class Scored:
    """One entry, as a plain record."""

    region: str
    institution: str
    category: str
    specialty: str
    situation: str
    grade: str
    effective_on: date
    person: int
    officer: str
    agency: str
    scored: int
    default: int
    now: int
    annulled: bool

    def key(self, by: str) -> str:
        match by:
            case "city":
                return self.region[:4] + "00"
            case "province":
                return self.region[:2] + "0000"
            case "month":
                return f"{self.effective_on:%Y-%m}"
        return str(getattr(self, by))


def scored_at_random(random: Random, register: RandomRegister) -> list[Scored]:
    """Entries of the people of the register, with what stands behind them, and corrections decided in any order."""
    officers = [User.objects.create(username=f"officer{number}") for number in range(3)]
    places = list(Institution.objects.select_related("agency"))
    people = list(Practitioner.objects.order_by("pk"))
    for person in people:
        person.category = random.choice(["nurse", "physician"])
        person.save()
    certify(random, [person.pk for person in people])
    return [_scored(random, number, random.choice(places), random.choice(people), officers) for number in range(40)]


def certify(random: Random, files: Iterable[int]) -> None:
    """Files get certificates at any time, some of them none, some a newer one, some without a scope."""
    for file in files:
        for number in range(random.choice([0, 1, 2, 2])):
            at = instant_of(date(2025, 1, 1) + timedelta(days=random.randrange(0, 600)))
            scope = random.choice(["外科", "内科", ""])
            Certificate.objects.create(practitioner_id=file, number=f"证{number}", scope=scope, recorded_at=at)


def specialty_of(files: Iterable[int], day: date) -> str:
    """By the certificates of the files, one by one."""
    known = [
        each for each in Certificate.objects.filter(practitioner__in=list(files)) if instant_of(day) >= each.recorded_at
    ]
    return max(known, key=lambda each: (each.recorded_at, each.pk)).scope if known else ""


def _scored(random: Random, number: int, place: Institution, person: Practitioner, officers: list[User]) -> Scored:
    day, count = date(2025, 1, 1) + timedelta(days=random.randrange(0, 700)), random.randrange(1, 13)
    handling = Handling.objects.create(
        institution=place, kind="penalty", document_number=f"罚{number}", made_on=day, conduct_from=day,
        conduct_until=day, agency=place.agency, recorded_at=instant_of(day), legal_basis="条例",
    )  # fmt: skip
    grade, situation, default = random.choice(["general", "principal"]), random.choice(["2-99", "3-99"]), 4
    responsibility = Responsibility.objects.create(
        handling=handling, practitioner=person, grade=grade, grounds="–", identified_on=day, recorded_at=instant_of(day)
    )
    officer = random.choice(officers)
    fact = _fact(person, 900 + number, "points_scored", day, points=count, counted_on=day, policy="cn-2025",
                 agency=place.agency, actor=officer)  # fmt: skip
    PointsEntry.objects.create(
        fact=fact, responsibility=responsibility, handling=handling, practitioner=person, situation=situation,
        default_points=default,
    )  # fmt: skip
    now, annulled, latest = count, False, instant_of(day)
    for extra in range(random.choice([0, 0, 1, 2, 3])):
        kind = random.choice(["entry_revised", "entry_revised", "entry_annulled"])
        to, decided = random.randrange(1, 13), instant_of(day) + timedelta(days=random.randrange(1, 300), seconds=extra)
        more = {"points": to} if kind == "entry_revised" else {}
        _fact(person, 2000 + number * 10 + extra, kind, day, entry=fact, decided_at=decided, **more)
        if kind == "entry_annulled":
            annulled = True
        elif decided > latest:
            now, latest = to, decided
    return Scored(
        place.region_id, place.code, person.category, specialty_of([person.pk], day), situation, grade, day, person.pk,
        officer.username, place.agency.code, count, default, 0 if annulled else now, annulled,
    )  # fmt: skip


def _fact(person: Practitioner, number: int, kind: str, day: date, **more: Any) -> Fact:
    wanted = {"decided_at": instant_of(day), **more}
    return Fact.objects.create(
        practitioner=person, chain_no=1000 + number, kind=kind, effective_on=day, recorded_at=instant_of(day),
        origin="statistics", origin_seq=person.pk * 100_000 + number, salt=b"", prev_hash=b"", hash=b"", **wanted,
    )  # fmt: skip


def instant_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def grouped(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


@pytest.mark.parametrize("where", SCOPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_points_are_those_counted_one_by_one(seed: int, where: str) -> None:
    random = Random(seed)
    everything = scored_at_random(random, random_register.build(random, people=8))
    seen = SCOPES[where]()
    ours = [row for row in everything if FIRST <= row.effective_on <= LAST and row.region.startswith(PREFIXES[where])]
    for by in POINTS_BY:
        expected = {
            key: {
                "entries": len(rows),
                "annulled_entries": sum(row.annulled for row in rows),
                "people": len({row.person for row in rows}),
                "scored": sum(row.scored for row in rows),
                "points": sum(row.now for row in rows),
            }
            for key, rows in grouped(ours, lambda row: row.key(by)).items()  # noqa: B023 - used at once
        }
        assert figures(points(seen, DURING, by=by)) == expected, by
        narrow = During(FIRST, LAST, prefix="4301")
        assert sum(line.figures["entries"] for line in points(seen, narrow, by=by).lines) == sum(
            row.region.startswith("4301") for row in ours
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_spread_of_a_situation_is_that_of_its_decisions(seed: int) -> None:
    random = Random(seed)
    everything = scored_at_random(random, random_register.build(random, people=8))
    ours = [row for row in everything if FIRST <= row.effective_on <= LAST]
    for by in SPREAD_BY:
        found = spread(EVERYWHERE, DURING, by=by, fewest=2)
        assert {each.situation for each in found} == {row.situation for row in ours}
        for each in found:
            groups = grouped((row for row in ours if row.situation == each.situation), lambda row: row.key(by))  # noqa: B023
            assert {group.key for group in each.groups} == set(groups)
            for group in each.groups:
                counts = [row.scored for row in groups[group.key]]
                assert (group.decisions, group.lowest, group.highest) == (len(counts), min(counts), max(counts))
                assert group.mean == pytest.approx(fmean(counts), abs=0.001)
                assert group.deviation == pytest.approx(pstdev(counts), abs=0.001)
                assert group.off_default == pytest.approx(fmean(counts) - 4, abs=0.001)
                assert group.all.counts == tuple(counts.count(points) for points in range(1, 13))
                quartiles = (group.all.lower_quartile, group.all.median, group.all.upper_quartile)
                assert quartiles == tuple(sorted(counts)[ceil(len(counts) * part / 4) - 1] for part in (1, 2, 3))
            means = [fmean([row.scored for row in rows]) for rows in groups.values() if len(rows) >= 2]
            assert each.difference == (pytest.approx(max(means) - min(means), abs=0.002) if len(means) > 1 else None)
        _told_in_short(found, by)
    whole = {code: [row.scored for row in ours if row.situation == code] for code in {row.situation for row in ours}}
    country = in_the_country(DURING, fewest=3)
    assert {code: each.decisions for code, each in country.items()} == {
        code: len(scored) for code, scored in whole.items() if len(scored) >= 3
    }


def _told_in_short(found: Iterable[Spread], by: str) -> None:
    """The outlines are those of the groups that were found one by one."""
    for each, short in zip(found, outlines(EVERYWHERE, DURING, by=by, fewest=2), strict=True):
        compared = [group for group in each.groups if group.decisions >= 2]
        ends = (compared[0], compared[-1]) if len(compared) > 1 else (None, None)
        assert (short.situation, short.words, short.difference) == (each.situation, each.words, each.difference)
        assert (short.highest, short.lowest) == ends
        assert (short.groups, short.all.decisions) == (len(each.groups), each.decisions)
        (alone,) = spread(EVERYWHERE, DURING, by=by, fewest=2, situation=each.situation)
        assert alone == each
        (cut,) = spread(EVERYWHERE, DURING, by=by, fewest=2, situation=each.situation, most=2)
        largest = sorted(each.groups, key=lambda group: (-group.decisions, group.key))[:2]
        assert cut == replace(each, groups=tuple(group for group in each.groups if group in largest))


def persons(register: RandomRegister) -> dict[int, int]:
    """The kept file of each file, by the merges that nobody undid."""
    above = dict(known.what for known in register.merges if known.until is None)
    kept = {}
    for file in register.files:
        top = file.id
        while top in above:
            top = above[top]
        kept[file.id] = top
    return kept


@pytest.mark.parametrize("where", SCOPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_sanctions_are_those_counted_one_by_one(seed: int, where: str) -> None:
    random = Random(seed)
    register = random_register.build(random, people=14)
    certify(random, [file.id for file in register.files])
    seen, kept = SCOPES[where](), persons(register)
    families = grouped(kept, lambda file: kept[file])
    regions = {place.code: place.region for place in register.places}
    begun = set()
    for period in SanctionPeriod.objects.all():
        if not FIRST <= period.starts_on <= LAST:
            continue
        for file in register.files:
            for stay in file.registrations:
                covers = stay.starts <= period.starts_on and (stay.ends is None or period.starts_on < stay.ends)
                here = regions[stay.what].startswith(PREFIXES[where])
                if kept[file.id] == period.practitioner_id and stay.until is None and covers and here:
                    begun.add((period.pk, period.kind, period.practitioner_id, period.starts_on, stay.what))
    keys: dict[str, Callable[[Any], str]] = {
        "region": lambda row: regions[row[4]],
        "city": lambda row: regions[row[4]][:4] + "00",
        "province": lambda row: regions[row[4]][:2] + "0000",
        "institution": lambda row: str(row[4]),
        "category": lambda row: "nurse",
        "specialty": lambda row: specialty_of(families[row[2]], row[3]),
        "month": lambda row: f"{row[3]:%Y-%m}",
    }
    assert keys.keys() == SANCTIONS_BY.keys()
    for by, key in keys.items():
        expected = {
            group: {
                "suspensions": len({row[0] for row in rows if row[1] == "suspension"}),
                "terminations": len({row[0] for row in rows if row[1] == "termination"}),
                "people": len({row[2] for row in rows}),
            }
            for group, rows in grouped(begun, key).items()
        }
        assert figures(sanctions(seen, DURING, by=by)) == expected, by


def test_a_sanction_counts_where_an_absorbed_file_is_registered() -> None:
    """Else the registers made by chance would prove less than they seem to."""
    register = random_register.build(Random(1), people=14)
    (kept, absorbed), place = [file.id for file in register.files[:2]], Institution.objects.all()[0]
    Registration.objects.all().delete()
    SanctionPeriod.objects.all().delete()
    FileMerge.objects.all().update(undone_at=random_register.ALL_KNOWN, undone_by=User.objects.all()[0])
    SanctionPeriod.objects.create(
        practitioner_id=kept, kind="suspension", starts_on=FIRST, ends_on=LAST, because=[], single=True
    )
    Registration.objects.create(
        practitioner_id=absorbed, institution=place, starts_on=FIRST, recorded_at=random_register.BEGIN
    )
    assert sanctions(EVERYWHERE, DURING, by="institution").lines == ()
    by, second = User.objects.all()[:2]
    FileMerge.objects.create(
        kept_id=kept, absorbed_id=absorbed, reason="同一人", recorded_at=random_register.BEGIN, recorded_by=by,
        confirmed_by=second,
    )  # fmt: skip
    (line,) = sanctions(EVERYWHERE, DURING, by="institution").lines
    assert (line.key, line.figures) == (place.code, {"suspensions": 1, "terminations": 0, "people": 1})


@pytest.mark.parametrize("where", SCOPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_relief_is_that_counted_one_by_one(seed: int, where: str) -> None:
    random = Random(seed)
    register = random_register.build(random, people=14)
    certify(random, [file.id for file in register.files])
    seen, kinds = SCOPES[where](), ("points_relieved", "period_shortened", "reregistered")
    regions = {place.code: place.region for place in register.places}
    ours = [
        (file.id, fact)
        for file in register.files
        for fact in file.facts
        if fact["kind"] in kinds
        and FIRST <= fact["effective_on"] <= LAST
        and (
            where == "everywhere" or any(regions[stay.what].startswith(PREFIXES[where]) for stay in file.registrations)
        )
    ]
    for by, key in {
        "month": lambda row: f"{row[1]['effective_on']:%Y-%m}",
        "category": lambda row: "nurse",
        "specialty": lambda row: specialty_of([row[0]], row[1]["effective_on"]),
        "region": lambda row: "",
    }.items():
        assert by in RELIEF_BY
        expected = {
            group: {
                "reliefs": sum(fact["kind"] == "points_relieved" for _, fact in rows),
                "points_relieved": sum(fact["points"] for _, fact in rows if fact["kind"] == "points_relieved"),
                "shortenings": sum(fact["kind"] == "period_shortened" for _, fact in rows),
                "days_shortened": sum(fact["days"] for _, fact in rows if fact["kind"] == "period_shortened"),
                "reregistrations": sum(fact["kind"] == "reregistered" for _, fact in rows),
                "people": len({file for file, _ in rows}),
            }
            for group, rows in grouped(ours, key).items()
        }
        assert figures(relief(seen, DURING, by=by)) == expected, by


def test_a_certificate_counts_from_the_day_on_which_it_was_recorded_by_the_clocks_of_shanghai() -> None:
    random = Random(2)
    scored_at_random(random, random_register.build(random, people=8))
    Certificate.objects.all().delete()
    entry = PointsEntry.objects.filter(fact__effective_on__range=(FIRST, LAST)).order_by("pk")[0]
    alone = During(entry.fact.effective_on, entry.fact.effective_on)
    midnight = datetime.combine(entry.fact.effective_on, time(0), SHANGHAI) + timedelta(days=1)
    for number, (recorded_at, known) in enumerate([(midnight, ""), (midnight - timedelta(minutes=1), "外科")]):
        Certificate.objects.create(
            practitioner=entry.practitioner, number=f"证{number}", scope="外科", recorded_at=recorded_at
        )
        assert known in figures(points(EVERYWHERE, alone, by="specialty"))
    with translation.override("en"):
        named = {line.key: line.name for line in points(EVERYWHERE, DURING, by="specialty").lines}
    assert named == {"": "unknown", "外科": "外科"}


def test_a_table_says_that_there_are_further_groups() -> None:
    random = Random(1)
    scored_at_random(random, random_register.build(random, people=8))
    whole = points(EVERYWHERE, DURING, by="month")
    cut = points(EVERYWHERE, DURING, by="month", most=2)
    assert (whole.more, cut.more) == (False, True)
    assert cut.lines == whole.lines[:2]
