"""The opening page finds the same people for whoever looks over a region and for whoever acts for an institution."""

from datetime import date, timedelta
from random import Random

import pytest

from registry.models import Assignment, Practitioner, Registration, Role, StandingSpan
from registry.queries.overview import FEW, Overview, overview_of
from registry.queries.scope import EVERYTHING, Scope
from tests.town import LAW_BEGINS, TODAY, Town, at, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    """Two hundred people, all at the hospital, each in some standing that ends on some day or never."""
    town, chance, now = build("430100"), Random(5), at(LAW_BEGINS)
    people = Practitioner.objects.bulk_create(
        Practitioner(code=f"O{number}", name=f"群众{number}", category="nurse", recorded_at=now)
        for number in range(200)
    )
    Registration.objects.bulk_create(
        Registration(practitioner=each, institution=town.hospital, starts_on=LAW_BEGINS, recorded_at=now)
        for each in people
    )
    StandingSpan.objects.bulk_create(spanned(each, chance) for each in people)
    return town


def spanned(person: Practitioner, chance: Random) -> StandingSpan:
    status = chance.choice(("normal", "normal", "suspended", "terminated"))
    blocked = status != "normal"
    return StandingSpan(
        practitioner=person,
        starts_on=TODAY - timedelta(days=chance.randrange(60)),
        ends_on=chance.choice((None, TODAY, TODAY + timedelta(days=chance.randrange(1, 60)))),
        status=status,
        until=TODAY + timedelta(days=chance.randrange(30)) if blocked and chance.random() < 0.8 else None,
        points=chance.randrange(13),
        may_reregister=status == "terminated" and chance.random() < 0.3,
    )


def told(found: Overview) -> tuple[object, ...]:
    lists = (found.near_threshold, found.returning, found.free)
    return (found.suspended, found.terminated, found.may_reregister, found.near, *lists)


def test_an_institution_is_told_what_whoever_looks_over_it_is_told(town: Town) -> None:
    of_the_hospital = Scope((Assignment(role=Role.COMPLIANCE_OFFICER, institution=town.hospital),))
    of_the_city = Scope((Assignment(role=Role.AGENCY_OFFICER, agency=town.agency),))
    answers = [told(overview_of(seen, TODAY)) for seen in (of_the_hospital, of_the_city, EVERYTHING)]
    assert answers[0] == answers[1] == answers[2]


def test_the_first_are_those_with_the_most_points_and_those_whose_day_comes_first(town: Town) -> None:
    found = overview_of(EVERYTHING, TODAY)
    here = [row for row in StandingSpan.objects.all() if row.ends_on is None or row.ends_on > TODAY]
    near = [row for row in here if row.status == "normal" and 6 <= row.points < 9]
    blocked = [row for row in here if row.status != "normal" and not row.may_reregister]
    assert (found.near, found.may_reregister) == (len(near), sum(row.may_reregister for row in here))
    assert [row.points for row in found.near_threshold] == sorted((row.points for row in near), reverse=True)[:FEW]
    ends = sorted(row.until or date.max for row in blocked)
    assert [row.until for row in found.returning] == ends[:FEW]
