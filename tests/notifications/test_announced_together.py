"""Files that are announced in one transaction: told what each would be alone, and none held up by a bad one."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from unittest.mock import patch

import pytest
from django.db import transaction

from notifications.actions import fanning_out
from notifications.actions.subscriptions import subscribe
from notifications.models import Event, Notice, Push
from notifications.queries.addressees import recipient_of
from notifications.queries.announcing import Announcement, announcement
from notifications.queries.pending import Source
from notifications.queries.people import People
from registry.actions.one_by_one import SomeFailed
from registry.models import Authority, Practitioner, Region
from tests.actions.deeds import annul, join, merge
from tests.actions.measuring import hire
from tests.notifications.exchange import announce, country, elsewhere, of_changes
from tests.notifications.pushing import endpoint_at
from tests.notifications.receiver import Receiver
from tests.town import LAW_BEGINS, TODAY, Town, at, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 6, 20)


@pytest.fixture
def town() -> Town:
    return country()


@contextmanager
def nothing_can_be_said_of(person: Practitioner) -> Iterator[None]:
    """What is to be announced of them cannot be made out."""

    def made_out(source: Source, people: People) -> Announcement:
        if getattr(source.row, "practitioner_id", None) == person.pk:
            raise ValueError
        return announcement(source, people)

    with patch.object(fanning_out, "announcement", made_out):
        yield


def a_busy_day(town: Town, receiver: Receiver) -> None:
    """Points, sanctions, a correction of what is not announced yet, a merge, a subscriber, and systems that receive."""
    endpoint_at(receiver, town.agency, at(LAW_BEGINS))
    endpoint_at(receiver, Region.objects.get(pk="110000"), at(LAW_BEGINS))
    join(town, elsewhere(), LAW_BEGINS)
    first, second, third = hire(town, 3)
    entry = score(town, 9, TODAY)
    score(town, 9, TODAY, who=town.nurse, number="罚字N号")
    score(town, 4, TODAY, who=first, number="罚字F号")
    score(town, 3, TODAY, who=second, number="罚字S号")
    authority = Authority.objects.get(region="110000")
    subscribe(body=authority, practitioner=third, reason="巡查", ends_on=LATER, by=town.officer, now=at(TODAY))
    score(town, 12, TODAY, who=third, number="罚字T号")
    score(town, 1, date(2025, 3, 20))
    annul(town, entry, LATER)
    score(town, 2, LATER, number="罚字L号")
    merge(town, first, second, LATER)


def written() -> list[tuple[object, ...]]:
    """What was announced and to whom, what it corrects, and what is owed, in the order in which it was written."""
    notices = Notice.objects.order_by("event__practitioner", "event__sequence", "pk").select_related("event")
    pushes = Push.objects.order_by("endpoint", "practitioner", "sequence")
    return [
        *((one.event.practitioner_id, one.event.sequence, one.event.kind, *recipient_of(one)) for one in notices),
        *((one.because, *one.recalls.order_by("pk").values_list("earlier__event__sequence")) for one in notices),
        *pushes.values_list("endpoint", "practitioner", "sequence", "notice__event__sequence"),
    ]


def announced(together: int) -> tuple[int, int, list[tuple[object, ...]]]:
    """How many events were made, how many files failed and what was written, with so many files in one transaction."""
    failed = 0
    with transaction.atomic(), patch.object(fanning_out, "TOGETHER", together):
        try:
            made = announce(at(LATER, 20))
        except SomeFailed as some:
            made, failed = some.moved, some.failed
        found = written()
        transaction.set_rollback(True)
    return made, failed, found


@pytest.mark.parametrize("bad", [False, True], ids=["", "one of them fails"])
def test_files_that_are_announced_together_are_told_what_each_would_be_alone(
    town: Town, receiver: Receiver, bad: bool
) -> None:
    a_busy_day(town, receiver)
    with nothing_can_be_said_of(town.nurse) if bad else nullcontext():
        alone, together = announced(1), announced(100)
    assert together == alone
    made, failed, found = together
    assert (made, failed) == ((9, 1) if bad else (10, 0))
    assert ("subscribed",) in found
    assert any(row[0] == "own_file" and len(row) > 1 for row in found)  # one that corrects what came just before it


def test_few_questions_are_asked_however_many_files_there_are(
    town: Town, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    people = hire(town, 12)
    for person in people:
        score(town, 9, TODAY, who=person, number=f"罚字{person.code}")
    with django_assert_max_num_queries(32):  # type: ignore[operator]  # a fixture of pytest-django
        assert announce() == len(people)
    assert all(len(of_changes(person)) == 1 for person in people)
    assert Event.objects.count() == len(people)
