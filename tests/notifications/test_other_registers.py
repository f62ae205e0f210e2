"""What another register decided holds here: once, in order, from its letters or without them, and never by a guess."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from notifications.actions.exchange import taking_over
from notifications.actions.exchange.receiving import Taken, receive
from notifications.actions.exchange.registers import ask_again, change_keys, pause_register, resume_register, set_aside
from notifications.models import Kind, Letter
from notifications.models.pushes import Problem
from notifications.rules.envelope import body
from notifications.wire.signing import new_pair, public_text
from registry.actions.errors import Refused
from registry.ledger.checking import differences
from registry.ledger.reading import standing_of
from registry.models import Fact, ProcedureStep
from tests.notifications.exchange import Ticking, announce, country, of_changes, told
from tests.notifications.other_register import Other, Person, letters, take_over
from tests.notifications.pushing import administrator
from tests.town import TODAY, Town, at, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return country()


def test_points_of_two_registers_make_one_total(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    score(town, 4, TODAY)
    assert tianjin.sends(tianjin.scores(wang, 5, TODAY, at(TODAY, 11)), clock()) is Taken.NEW
    assert take_over(clock) == 1
    standing = standing_of(town.surgeon, TODAY)
    assert (standing.status, standing.points) == ("suspended", 9)
    fact = Fact.objects.get(origin="cn-12")
    assert (fact.decided_at, fact.recorded_at) == (at(TODAY, 11), clock())
    assert list(differences()) == []
    letter = Letter.objects.get()
    assert (letter.state, letter.practitioner, letter.facts_added) == ("applied", town.surgeon, 1)


def test_what_was_decided_elsewhere_is_told_at_home_and_to_no_other_region(
    town: Town, tianjin: Other, wang: Person, clock: Ticking
) -> None:
    tianjin.sends(tianjin.scores(wang, 9, TODAY, at(TODAY, 11)), clock())
    take_over(clock)
    announce(clock.go_on(minutes=1))
    (event,) = of_changes(town.surgeon)
    assert event.kind == Kind.SUSPENDED
    assert set(told(event)) == {"practitioner", "institution", "agency", "health_authority", "drug_authority"}


def test_the_same_letter_again_changes_nothing(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    letter = tianjin.scores(wang, 5, TODAY, at(TODAY, 11))
    assert [tianjin.sends(letter, clock()) for _ in range(3)] == [Taken.NEW, Taken.KNOWN, Taken.KNOWN]
    take_over(clock)
    assert tianjin.sends(letter, clock.go_on(hours=1)) is Taken.KNOWN
    assert take_over(clock) == 0
    assert Fact.objects.filter(origin="cn-12").count() == 1


def test_an_annulment_there_takes_the_points_off_here(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    tianjin.sends(tianjin.scores(wang, 9, TODAY, at(TODAY, 10)), clock())
    take_over(clock)
    tianjin.sends(tianjin.annuls(wang, wang.facts[0], TODAY, at(TODAY, 13)), clock.go_on(hours=2))
    take_over(clock)
    assert standing_of(town.surgeon, TODAY).status == "normal"
    assert letters() == ["applied", "applied"]


def test_a_letter_that_overtook_another_waits_for_it(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    first, second = (tianjin.scores(wang, points, TODAY, at(TODAY, 10)) for points in (2, 3))
    tianjin.sends(second, clock())
    take_over(clock)
    assert letters() == ["parked"]
    assert not Fact.objects.exists()
    tianjin.sends(first, clock.go_on(seconds=2))
    take_over(clock)
    assert letters() == ["applied", "known"], "the account behind the first held the second"
    assert standing_of(town.surgeon, TODAY).points == 5


def test_a_letter_that_never_came_is_asked_for(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    for points in (1, 2, 3):
        last = tianjin.scores(wang, points, TODAY, at(TODAY, 10))
    tianjin.sends(last, clock())
    take_over(clock)
    assert letters() == ["parked"]
    clock.go_on(seconds=11)
    take_over(clock)
    take_over(clock)
    assert letters() == ["applied", "known", "known"]
    assert list(Letter.objects.order_by("sequence").values_list("pulled", flat=True)) == [True, True, False]
    assert standing_of(town.surgeon, TODAY).points == 6


def test_a_register_that_does_not_answer_is_asked_again_and_nothing_is_lost(
    town: Town, tianjin: Other, wang: Person, clock: Ticking
) -> None:
    tianjin.down = Problem.TIMEOUT
    tianjin.sends(tianjin.scores(wang, 5, TODAY, at(TODAY, 11)), clock())
    take_over(clock)
    letter = Letter.objects.get()
    assert (letter.state, letter.failures, letter.problem) == ("waiting", 1, "timeout")
    tianjin.down = None
    clock.go_on(minutes=1)
    take_over(clock)
    assert letters() == ["applied"]


def test_a_worker_that_died_over_a_letter_loses_nothing_and_one_that_was_slow_does_nothing_twice(
    town: Town, tianjin: Other, wang: Person, clock: Ticking
) -> None:
    tianjin.sends(tianjin.scores(wang, 5, TODAY, at(TODAY, 11)), clock())
    slow = taking_over._claim(clock())
    assert slow is not None
    assert take_over(clock) == 0, "it is in the hand of another"
    clock.go_on(seconds=61)
    assert take_over(clock) == 1
    taking_over._handle(slow, clock)
    assert Fact.objects.filter(origin="cn-12").count() == 1
    assert letters() == ["applied"]


# doubt ----------------------------------------------------------------------------------------------------------------


def test_who_is_unknown_here_is_nobody_until_somebody_has_looked(town: Town, tianjin: Other, clock: Ticking) -> None:
    stranger = tianjin.knows(town.surgeon, code="D120000000001")
    tianjin.sends(tianjin.scores(stranger, 9, TODAY, at(TODAY, 11)), clock())
    take_over(clock)
    letter = Letter.objects.get()
    assert (letter.state, letter.doubt) == ("doubtful", "unknown_person")
    assert not Fact.objects.exists()
    stranger.code = town.surgeon.code  # the code was joined to his file there
    ask_again(letter=letter, by=administrator(), now=clock.go_on(days=1))
    take_over(clock)
    assert letters() == ["applied"]
    assert list(ProcedureStep.objects.filter(procedure="letter").values_list("act", flat=True)) == ["ask_again"]


def test_what_was_doubtful_is_known_once_a_later_letter_about_the_same_person_is_taken_over(
    town: Town, tianjin: Other, clock: Ticking
) -> None:
    stranger = tianjin.knows(town.surgeon, code="D120000000001")
    for points in (2, 3):
        tianjin.sends(tianjin.scores(stranger, points, TODAY, at(TODAY, 11)), clock())
        take_over(clock)
    assert letters() == ["doubtful", "doubtful"]
    stranger.code = town.surgeon.code
    tianjin.sends(tianjin.scores(stranger, 1, TODAY, at(TODAY, 12)), clock.go_on(days=1))
    take_over(clock)
    assert letters() == ["known", "known", "applied"]
    assert standing_of(town.surgeon, TODAY).points == 6


def test_who_has_no_code_but_a_provisional_one_is_unknown(town: Town, tianjin: Other, clock: Ticking) -> None:
    nobody = tianjin.knows(town.surgeon)
    nobody.code = ""
    tianjin.sends(tianjin.scores(nobody, 2, TODAY, at(TODAY, 11)), clock())
    take_over(clock)
    assert Letter.objects.get().doubt == "unknown_person"


def test_a_letter_about_somebody_that_names_no_notice_is_malformed(
    town: Town, tianjin: Other, wang: Person, clock: Ticking
) -> None:
    written = tianjin.scores(wang, 2, TODAY, at(TODAY, 11))
    assert tianjin.sends(replace(written, notice=""), clock()) is Taken.MALFORMED
    assert not Letter.objects.exists()


def test_a_code_with_another_name_is_doubtful(town: Town, tianjin: Other, clock: Ticking) -> None:
    other = tianjin.knows(town.surgeon, name="王炜")
    tianjin.sends(tianjin.scores(other, 9, TODAY, at(TODAY, 11)), clock())
    take_over(clock)
    letter = Letter.objects.get()
    assert (letter.doubt, standing_of(town.surgeon, TODAY).status) == ("other_name", "normal")
    set_aside(letter=letter, by=administrator(), reason="Another person; Tianjin was told.", now=clock())
    assert letters() == ["set_aside"]


def test_a_name_that_is_only_written_otherwise_is_the_same(town: Town, tianjin: Other, clock: Ticking) -> None:
    same = tianjin.knows(town.surgeon, name="王　伟")
    tianjin.sends(tianjin.scores(same, 2, TODAY, at(TODAY, 11)), clock())
    take_over(clock)
    assert letters() == ["applied"]


@pytest.mark.parametrize("policy", ["cn-99-2025", "cn-2025"])
def test_another_law_is_doubtful(town: Town, tianjin: Other, wang: Person, clock: Ticking, policy: str) -> None:
    """A policy that is unknown here, and one of the same name with other numbers."""
    tianjin.policies = {policy: "0" * 64}
    tianjin.sends(tianjin.scores(wang, 9, TODAY, at(TODAY, 11), policy=policy), clock())
    take_over(clock)
    letter = Letter.objects.get()
    assert (letter.state, letter.doubt, letter.doubted) == ("doubtful", "other_law", policy)


def test_a_fact_that_reads_otherwise_now_is_doubtful_and_none_of_the_account_is_taken(
    town: Town, tianjin: Other, wang: Person, clock: Ticking
) -> None:
    tianjin.sends(tianjin.scores(wang, 3, TODAY, at(TODAY, 10)), clock())
    take_over(clock)
    wang.facts[0]["points"] = 9
    tianjin.sends(tianjin.scores(wang, 2, TODAY, at(TODAY, 11)), clock())
    take_over(clock)
    assert Letter.objects.get(sequence=2).doubt == "contradiction"
    assert standing_of(town.surgeon, TODAY).points == 3


def test_nobody_elsewhere_decides_in_our_name(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    letter = tianjin.scores(wang, 9, TODAY, at(TODAY, 11))
    wang.facts[0]["origin"] = "cn"
    tianjin.sends(letter, clock())
    take_over(clock)
    assert Letter.objects.get().doubt == "contradiction"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("points", 13),
        ("document_number", "\ud800"),
        ("points", True),
        ("kind", "entry_forgotten"),
        ("effective_on", "2025-02-30"),
        ("months", 7),
    ],
)
def test_an_account_that_is_not_as_described_is_doubtful(
    town: Town, tianjin: Other, wang: Person, clock: Ticking, member: str, value: object
) -> None:
    letter = tianjin.scores(wang, 9, TODAY, at(TODAY, 11))
    wang.facts[0][member] = value
    tianjin.sends(letter, clock())
    take_over(clock)
    found = Letter.objects.get()
    assert (found.doubt, found.doubted) == ("unreadable", f"facts[0].{member}")


# who writes -----------------------------------------------------------------------------------------------------------


def test_a_letter_proves_who_wrote_it_and_when(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    written = tianjin.scores(wang, 5, TODAY, at(TODAY, 11))
    honest = tianjin.pair
    tianjin.pair = new_pair()
    assert tianjin.sends(written, clock()) is Taken.NOT_SIGNED
    tianjin.pair = honest
    late = clock() - timedelta(seconds=301)
    content = body(written)
    headers = tianjin.signed(content, written.id, late)
    take = as_signed(headers, clock)
    assert take(content) is Taken.NOT_SIGNED
    headers = tianjin.signed(content, written.id, clock())
    assert as_signed(headers, clock)(content.replace(b"points", b"Points")) is Taken.NOT_SIGNED
    assert as_signed({**headers, "webhook-signature": "v1a,é"}, clock)(content) is Taken.NOT_SIGNED
    assert not Letter.objects.exists()


def as_signed(headers: dict[str, str], clock: Ticking) -> Callable[[bytes], Taken]:
    """How these headers are taken with some bytes."""
    return lambda content: receive(code="cn-12", headers=headers, body=content, now=clock())


def test_a_register_changes_its_keys_without_a_gap(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    older, newer = tianjin.pair, new_pair()
    keys = [public_text(newer[0]), public_text(older[0])]
    change_keys(register=tianjin.register, keys=keys, by=administrator(), now=clock())
    for pair in (older, newer):
        tianjin.pair = pair
        assert tianjin.sends(tianjin.scores(wang, 1, TODAY, at(TODAY, 11)), clock()) is Taken.NEW
    change_keys(register=tianjin.register, keys=keys[:1], by=administrator(), now=clock())
    tianjin.pair = older
    assert tianjin.sends(tianjin.scores(wang, 1, TODAY, at(TODAY, 11)), clock()) is Taken.NOT_SIGNED


def test_while_a_register_is_paused_its_letters_wait(town: Town, tianjin: Other, wang: Person, clock: Ticking) -> None:
    pause_register(register=tianjin.register, by=administrator(), reason="They look into it.", now=clock())
    assert tianjin.sends(tianjin.scores(wang, 5, TODAY, at(TODAY, 11)), clock()) is Taken.NEW
    assert take_over(clock) == 0
    resume_register(register=tianjin.register, by=administrator(), now=clock())
    assert take_over(clock) == 1


def test_only_who_keeps_the_whole_register_says_whom_it_believes(town: Town, tianjin: Other, clock: Ticking) -> None:
    with pytest.raises(Refused, match="not_a_national_administrator"):
        pause_register(register=tianjin.register, by=town.officer, reason="I do not like them.", now=clock())


def test_the_door_answers_with_the_status_alone(town: Town, wang: Person, clock: Ticking) -> None:
    post = Client(enforce_csrf_checks=True).post
    for code, content, status in (("cn-12", b"{}", 401), ("cn-99", b"{}", 401), ("cn-12", b"x" * 70_000, 413)):
        answer = post(f"/registers/{code}/letters/", content, "application/cloudevents+json")
        assert (answer.status_code, answer.content) == (status, b"")
