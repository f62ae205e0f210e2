"""What became of a letter is told to whoever wrote it, and days are compared: nothing is lost without being missed."""

from hashlib import sha256

import pytest

from notifications.actions.exchange.receiving import Taken
from notifications.actions.exchange.reconciling import reconcile
from notifications.models import Event, Kind, Letter, Notice, Push, Reconciliation, Settlement
from notifications.queries.letters import letter_of
from notifications.rules.envelope import Letter as Written
from notifications.rules.envelope import body
from registry.ledger.reading import standing_of
from tests.notifications.exchange import Ticking, announce, country
from tests.notifications.other_register import Other, Person, take_over
from tests.notifications.pushing import endpoint_at
from tests.notifications.receiver import Receiver, issue
from tests.town import TODAY, Town, at, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return country()


def test_whoever_wrote_is_told_what_became_of_it(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    somewhere = Receiver(443, issue("Test authority").certificate)
    endpoint_at(somewhere, tianjin.register.region, at(TODAY, 9), url="https://other.example/registers/cn/letters/")
    written = tianjin.scores(wang, 5, TODAY, at(TODAY, 11))
    tianjin.sends(written, clock())
    take_over(clock)
    push = Push.objects.get()
    said = letter_of(push)
    letter = Letter.objects.get()
    assert said.settles == {"letter": written.id, "digest": letter.digest, "outcome": "applied"}
    assert (said.subject, said.notice) == ("", "")
    assert Event.objects.get().kind == Kind.SETTLED
    assert Notice.objects.get().region == tianjin.register.region


def test_what_became_of_our_letter_there_is_kept_with_its_signature(town: Town, tianjin: Other, clock: Ticking) -> None:
    somewhere = Receiver(443, issue("Test authority").certificate)
    endpoint_at(somewhere, tianjin.register.region, at(TODAY, 9), url="https://other.example/registers/cn/letters/")
    score(town, 9, TODAY)
    announce(clock())
    push = Push.objects.order_by("pk").last()
    assert push is not None
    digest = sha256(body(letter_of(push))).hexdigest()
    event = str(push.notice.event.uuid)
    for number, outcome in enumerate(("doubtful", "applied")):
        receipt = Written(
            id=f"0199aaaa-0000-7000-8000-00000000000{number}",
            source="cn-12",
            happening="letter.settled",
            subject="",
            sequence=0,
            time=clock(),
            notice="",
            url="",
            settles={"letter": event, "digest": digest, "outcome": outcome},
        )
        assert tianjin.sends(receipt, clock()) is Taken.NEW
        assert tianjin.sends(receipt, clock()) is Taken.KNOWN
    kept = list(Settlement.objects.order_by("pk"))
    assert [(each.push, each.outcome, each.matches) for each in kept] == [
        (push, "doubtful", True),
        (push, "applied", True),
    ]
    assert kept[0].signature.startswith("v1a,")
    assert take_over(clock) == 0, "a receipt is not receipted"


def test_letters_that_were_lost_on_the_way_are_found_by_comparing_days(
    town: Town, tianjin: Other, wang: Person, clock: Ticking
) -> None:
    came, lost = (tianjin.scores(wang, points, TODAY, at(TODAY, 10)) for points in (2, 8))
    tianjin.sends(came, clock())
    wang.facts, all_facts = wang.facts[:1], wang.facts  # as it was when the first was asked for
    take_over(clock)
    wang.facts = all_facts
    assert standing_of(town.surgeon, TODAY).points == 2
    clock.go_on(days=1)
    assert reconcile(clock=clock) == 1
    take_over(clock)
    assert standing_of(town.surgeon, TODAY).points == 10
    assert Letter.objects.get(letter_id=lost.id).pulled
    assert reconcile(clock=clock) == 0, "each day once a day"
    clock.go_on(days=1)
    assert reconcile(clock=clock) == 0
    assert [(row.told, row.received, row.fetched) for row in Reconciliation.objects.filter(day=TODAY)] == [
        (2, 2, 0),
        (2, 1, 1),
    ]


def test_a_day_that_agrees_is_asked_for_by_one_number(town: Town, tianjin: Other, clock: Ticking) -> None:
    reconcile(clock=clock)
    assert len(tianjin.asked) == 7
    assert all("/digest/" in path for path in tianjin.asked)
