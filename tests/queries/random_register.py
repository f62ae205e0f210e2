"""A register made by chance: people, merges, registrations, agreements, measures, names, facts, learnt in any order.

Everything is kept twice: as rows, and as plain records for a reference that knows nothing of tables.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from registry.ledger import projection
from registry.ledger.days import SHANGHAI
from registry.ledger.families import families
from registry.ledger.reading import facts_by_practitioner
from registry.models import (
    Agency,
    Fact,
    FileMerge,
    Institution,
    InstitutionMeasure,
    MeasurePeriod,
    PersonalCode,
    Practitioner,
    PractitionerName,
    Region,
    Registration,
    ServiceAgreement,
    User,
)

BEGIN = datetime(2025, 1, 1, 8, tzinfo=SHANGHAI)
ALL_KNOWN = BEGIN + timedelta(days=400)
FIRST_DAY = date(2024, 12, 20)
NAMES = ("王伟", "王玮", "阿依古丽·买买提", "Li Na")
SPELLINGS = {"王伟": "王 伟", "阿依古丽·买买提": "阿依古丽•买买提", "Li Na": "Ｌｉ Na"}
REGIONS = ("110105", "430102", "510104")
MEASURES = ("settlement_paused", "agreement_suspended")
POLICIES = ("cn-2025", "cn-43-2025", "cn-21-2025")


@dataclass(frozen=True)
class Known:
    """What the register held from `since` until `until`, over the days [starts, ends) where it has days."""

    what: Any
    since: datetime
    until: datetime | None = None
    starts: date = date.min
    ends: date | None = None


@dataclass
class File:
    """One file, as plain records."""

    id: int
    codes: list[Known] = field(default_factory=list)
    names: list[Known] = field(default_factory=list)
    registrations: list[Known] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Place:
    """One institution, as plain records."""

    code: str
    region: str
    since: datetime
    agreements: list[Known] = field(default_factory=list)
    measures: list[Known] = field(default_factory=list)


@dataclass
class RandomRegister:
    """The whole register twice: here as records, and in the database as rows."""

    files: list[File]
    places: list[Place]
    merges: list[Known]


def build(random: Random, *, people: int = 30) -> RandomRegister:
    """Make one register; the same `random` makes the same one."""
    places = [_place(random, number) for number in range(4)]
    files = [_file(random, number, places) for number in range(people)]
    merges = _merges(random, files)
    ids = [file.id for file in files]
    found, facts = families(ids), facts_by_practitioner(ids)
    for kept, members in found.members.items():
        projection.rewrite(kept=kept, members=members, of_person=facts.get(kept, []))
    return RandomRegister(files, places, merges)


def instant(random: Random) -> datetime:
    """One of few instants, so that things happen at the same one."""
    return BEGIN + timedelta(days=random.randrange(0, 40) * 10)


def day(random: Random) -> date:
    """A day of two and a half years."""
    return FIRST_DAY + timedelta(days=random.randrange(0, 900))


def _place(random: Random, number: int) -> Place:
    """The first has an agreement and measures that last, so that in every register they meet with everything else."""
    lasts = number == 0
    code, since = f"H{number:011d}", BEGIN if lasts else instant(random)
    within = REGIONS[2] if lasts else random.choice(REGIONS)
    region, _ = Region.objects.get_or_create(code=within, defaults={"name_zh": "某区"})
    agency, _ = Agency.objects.get_or_create(code=f"A{region.code}", defaults={"name": "中心", "region": region})
    row = Institution.objects.create(
        code=code, name=f"医院{number}", kind="medical", region=region, agency=agency, recorded_at=since
    )
    place = Place(code, region.code, since)
    for agreement in range(random.choice([0, 1, 2, 2])):
        _agreement(row, place, agreement, _versions(random, code))
    for measure in range(random.choice([0, 0, 1, 2])):
        _measure(row, place, measure, _versions(random, random.choice(MEASURES)))
    if lasts:
        _agreement(row, place, 9, [Known(code, since, starts=FIRST_DAY)])
        for kind, days in zip(MEASURES, (550, 700), strict=True):
            _measure(row, place, days, [Known(kind, since, starts=FIRST_DAY + timedelta(days=days))])
    return place


def _agreement(row: Institution, place: Place, number: int, versions: list[Known]) -> None:
    place.agreements += versions
    for known in versions:
        columns = _columns(known, place.code, number)
        ServiceAgreement.objects.create(institution=row, number=f"协{number}", **columns)


def _measure(row: Institution, place: Place, number: int, versions: list[Known]) -> None:
    place.measures += versions
    kind, counted = versions[0].what, {"year": 2025, "sanctions": 1, "staff": 2, "policy": POLICIES[0]}
    measure = InstitutionMeasure.objects.create(
        institution=row, agency=row.agency, kind=kind, state="ended", proposed_at=BEGIN, **counted
    )
    for known in versions:
        columns = _columns(known, place.code, "measure", number)
        MeasurePeriod.objects.create(measure=measure, institution=row, kind=kind, **columns)


def _file(random: Random, number: int, places: list[Place]) -> File:
    since, code = instant(random), f"D{number:012d}"
    row = Practitioner.objects.create(code=code, name="某", category="nurse", recorded_at=since)
    file = File(row.pk)
    for each, known_since in [(code, since)] + [(f"T{code}", instant(random))] * random.choice([0, 0, 1]):
        file.codes.append(Known(each, known_since))
        PersonalCode.objects.create(practitioner=row, code=each, recorded_at=known_since)
    _name(random, row, file)
    for place in random.sample(places, random.randrange(0, 4)):
        _register(random, row, file, place)
    for seq in range(random.choice([0, 1, 2, 4, 6])):
        _fact(random, row, file, seq)
    return file


def _name(random: Random, row: Practitioner, file: File) -> None:
    changes = sorted({instant(random) for _ in range(random.randrange(1, 4))})
    for since, until in zip(changes, [*changes[1:], None], strict=True):
        file.names.append(Known(random.choice(NAMES), since, until))
        PractitionerName.objects.create(
            practitioner=row, name=file.names[-1].what, recorded_at=since, superseded_at=until
        )


def _register(random: Random, row: Practitioner, file: File, place: Place) -> None:
    institution = Institution.objects.get(code=place.code)
    for known in _versions(random, place.code):
        file.registrations.append(known)
        Registration.objects.create(practitioner=row, institution=institution, **_columns(known, row.pk, place.code))


def _versions(random: Random, what: Any) -> list[Known]:
    """One record, corrected up to twice: of each version another period was known."""
    changes = sorted({instant(random) for _ in range(random.randrange(1, 4))})
    versions = []
    for since, until in zip(changes, [*changes[1:], None], strict=True):
        starts = FIRST_DAY + timedelta(days=random.randrange(0, 300))
        ends = random.choice([None, None, None, starts, starts + timedelta(days=random.randrange(1, 500))])
        versions.append(Known(what, since, until, starts, ends))
    return versions


def _columns(known: Known, *names: Any) -> dict[str, Any]:
    """Versions of one record share its identifier."""
    return {
        "record": uuid5(NAMESPACE_OID, repr(names)),
        "starts_on": known.starts,
        "ends_on": known.ends,
        "recorded_at": known.since,
        "superseded_at": known.until,
    }


def _fact(random: Random, row: Practitioner, file: File, number: int) -> None:
    entries = [fact for fact in file.facts if fact["kind"] == "points_scored"]
    kinds = ["points_scored"] * 4 + ["points_relieved", "period_shortened", "reregistered"]
    kind = random.choice(kinds + ["entry_annulled", "entry_revised"] * bool(entries))
    effective_on, points, months = day(random), random.choice([3, 6, 9, 12]), random.choice([None, None, 1, 6])
    fact: dict[str, Any] = {"kind": kind, "effective_on": effective_on, "recorded_at": instant(random)}
    match kind:
        case "points_scored":
            counted_on = effective_on - timedelta(days=random.choice([0, 40]))
            fact |= {"points": points, "counted_on": counted_on, "policy": random.choice(POLICIES), "months": months}
        case "points_relieved":
            fact |= {"points": points}
        case "period_shortened":
            fact |= {"days": random.choice([10, 400])}
        case "entry_annulled":
            fact |= {"entry": random.choice(entries)["id"]}
        case "entry_revised":
            fact |= {"entry": random.choice(entries)["id"], "points": points, "months": months}
    origin, origin_seq = random.choice(["cn", "cn-43"]), row.pk * 100 + number
    order = {"decided_at": instant(random), "origin": origin, "origin_seq": origin_seq}
    named = {key: value for key, value in fact.items() if key != "entry"}
    if "entry" in fact:
        named["entry"] = Fact.objects.get(origin_id=fact["entry"])
    kept = Fact.objects.create(
        practitioner=row, chain_no=number + 1, salt=os.urandom(1), prev_hash=b"", hash=b"", **order, **named
    )
    file.facts.append({**fact, **order, "id": str(kept.origin_id)})


def _merges(random: Random, files: list[File]) -> list[Known]:
    by, second = (User.objects.create(username=name) for name in ("chen", "zhou"))
    merges: list[Known] = []
    for at in sorted({instant(random) for _ in range(12)}):
        present = {known.what[0]: known for known in merges if known.until is None}
        if present and random.random() < 0.4:
            undone = present[random.choice(sorted(present))]
            merges[merges.index(undone)] = Known(undone.what, undone.since, at)
            continue
        tops = [file.id for file in files if file.id not in present]
        absorbed, kept = random.sample(tops, 2)
        merges.append(Known((absorbed, kept), at))
    for merge in merges:
        FileMerge.objects.create(
            absorbed_id=merge.what[0],
            kept_id=merge.what[1],
            reason="同一人",
            recorded_at=merge.since,
            recorded_by=by,
            confirmed_by=second,
            undone_at=merge.until,
            undone_by=by if merge.until else None,
        )
    return merges
