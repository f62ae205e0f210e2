"""Many look into one file at once, while a whole roster is taken away: every look is kept, in one chain each."""

from collections.abc import Iterator

import pytest
from django.db import connection

from registry.actions.access_log import Kind, record_many
from registry.ledger.readings import reading_faults
from registry.models import AccessRecord
from tests.actions.looking import REASON, look
from tests.actions.test_at_once import together
from tests.town import TODAY, Town, at, build


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    yield build("510100")
    connection.close()


def test_no_look_is_lost_when_many_look_at_once(town: Town) -> None:
    people = [town.nurse.pk, town.surgeon.pk]

    def whole() -> int:
        return record_many(
            practitioners=people, by=town.officer, key=None, kind=Kind.EXPORTED, reason=REASON, now=at(TODAY)
        )

    one_by_one = [lambda who=who: look(who, town.officer) for who in (town.surgeon, town.nurse) * 8]
    together(*one_by_one, whole, whole, whole)
    assert AccessRecord.objects.count() == 16 + 6
    assert list(reading_faults()) == []
