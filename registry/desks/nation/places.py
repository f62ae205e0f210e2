"""Bodies and institutions of a nation, each with an agreement for every year until the present one."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from registry.desks.demo_data.geography import load_regions
from registry.desks.demo_data.places import load_bodies
from registry.desks.demo_data.timeline import FIRST_DAY, PREPARATION, at
from registry.desks.nation.plan import Nation, seats
from registry.desks.nation.pouring import keep_history, pour, set_sequences
from registry.models import Agency, Institution, ServiceAgreement, User
from registry.models.identifiers import uuid7

TABLES = (Institution, ServiceAgreement)


def load_places(nation: Nation, *, by: User, today: date) -> dict[str, Agency]:
    """Regions, bodies, institutions (their ids are their numbers) and agreements; the agencies by region."""
    load_regions(by=by, now=at(PREPARATION, hour=8))
    agencies = load_bodies(seats(), by=by)
    pour(
        Institution,
        ("id", "code", "name", "kind", "public", "grade", "recorded_at", "agency_id", "region_id"),
        _institutions(nation, agencies),
    )
    pour(
        ServiceAgreement,
        ("record", "institution_id", "number", "starts_on", "ends_on", "recorded_at", "reason"),
        _agreements(nation, today),
    )
    for model in TABLES:
        keep_history(model, by=by.pk)
    set_sequences([Institution])
    return agencies


def _institutions(nation: Nation, agencies: dict[str, Agency]) -> Iterator[tuple[Any, ...]]:
    entered = at(PREPARATION, hour=9)
    for place in nation.places:
        kind = Institution.Kind.PHARMACY if place.size.pharmacy else Institution.Kind.MEDICAL
        yield (
            place.number, place.code, place.name, kind.value, place.size.public, place.size.grade, entered,
            agencies[place.agency].pk, place.region,
        )  # fmt: skip


def _agreements(nation: Nation, today: date) -> Iterator[tuple[Any, ...]]:
    for year in range(FIRST_DAY.year, today.year + 1):
        entered = at(date(year - 1, 12, 18), hour=10)
        for place in nation.places:
            number = f"{place.code}-{year}"
            yield uuid7(), place.number, number, date(year, 1, 1), date(year + 1, 1, 1), entered, ""
