"""Small tables asked together answer as each of them would alone, in one query, and only when they are looked at."""

from datetime import timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Certificate, PersonalCode, PractitionerName
from registry.queries.file import file_of
from registry.queries.together import Together
from tests.town import TODAY, Town, at, build

pytestmark = pytest.mark.django_db

KINDS = (PersonalCode, PractitionerName, Certificate)


@pytest.fixture
def town() -> Town:
    town = build()
    PersonalCode.objects.create(
        practitioner=town.surgeon, code="D510100000009", provisional=True, recorded_at=at(TODAY)
    )
    before = at(TODAY) - timedelta(days=3, microseconds=7)
    PractitionerName.objects.create(
        practitioner=town.surgeon, name='王\\"伟', recorded_at=before, superseded_at=at(TODAY)
    )
    for number in ("110310000000002", "110310000000001"):
        Certificate.objects.create(practitioner=town.surgeon, number=number, level="主治医师", recorded_at=at(TODAY))
    return town


def test_the_rows_are_those_that_each_table_gives_alone(town: Town) -> None:
    alone = [list(kind.objects.filter(practitioner=town.surgeon)) for kind in KINDS]
    assert all(len(rows) > 1 for rows in alone)
    with CaptureQueriesContext(connection) as captured:
        together = Together(*(kind.objects.filter(practitioner=town.surgeon) for kind in KINDS)).parts()
        assert len(captured) == 0, "nothing is asked before it is shown"
        found = [list(part) for part in together]
        assert [len(part) for part in together] == [len(rows) for rows in alone]
    assert len(captured) == 1
    assert found == alone
    for mine, theirs in zip(chain.from_iterable(found), chain.from_iterable(alone), strict=True):
        columns = [field.attname for field in mine._meta.concrete_fields]
        assert [getattr(mine, column) for column in columns] == [getattr(theirs, column) for column in columns]


def test_a_file_as_it_was_known_has_what_was_known_then(town: Town) -> None:
    past = file_of(town.surgeon, TODAY, at(TODAY) - timedelta(days=1))
    assert [each.name for each in past.names][-1] == '王\\"伟'
    assert not any(each.provisional for each in past.codes)
    assert len(past.certificates) == 0
