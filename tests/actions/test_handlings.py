"""What was done to an institution, findings against one person, and who answers for what."""

from datetime import UTC, date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from registry.actions.errors import Refused
from registry.actions.handlings import identify_responsibility, record_handling, record_trigger
from registry.actions.proposals import Item, preview_proposal, propose
from registry.models import Handling, PersonalTrigger, Responsibility, User
from tests.town import TODAY, Town, at, blame, build, handle, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build("510100")


def record(town: Town, **changes: Any) -> Handling:
    arguments: dict[str, Any] = {
        "institution": town.hospital,
        "kind": "penalty",
        "document_number": "罚字1号",
        "made_on": TODAY,
        "conduct_from": date(2025, 2, 1),
        "conduct_until": date(2025, 2, 28),
        "agency": town.agency,
        "legal_basis": "条例第四十条",
        "by": town.officer,
        "now": at(TODAY),
    }
    return record_handling(**(arguments | changes))


def trigger(town: Town, **changes: Any) -> PersonalTrigger:
    arguments: dict[str, Any] = {
        "practitioner": town.surgeon,
        "kind": "licence_revoked",
        "document_number": "吊销7号",
        "made_on": TODAY,
        "conduct_from": date(2025, 2, 1),
        "conduct_until": date(2025, 2, 1),
        "agency": town.agency,
        "by": town.officer,
        "now": at(TODAY),
    }
    return record_trigger(**(arguments | changes))


def test_the_same_document_is_the_same_handling(town: Town) -> None:
    assert record(town) == record(town, document_number=" 罚字1号 ")
    assert Handling.objects.count() == 1
    assert record(town, institution=town.clinic) != record(town)


@pytest.mark.parametrize(
    "change", [{"kind": "damages"}, {"made_on": date(2025, 3, 9)}, {"conduct_from": date(2025, 1, 2)}]
)
def test_a_document_recorded_otherwise_is_refused(town: Town, change: dict[str, Any]) -> None:
    record(town)
    with pytest.raises(Refused) as refusal:
        record(town, **change)
    assert (refusal.value.code, refusal.value.field) == ("document_already_recorded", "document_number")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"made_on": date(2025, 3, 11)}, "made_in_the_future", "made_on"),
        ({"conduct_until": date(2025, 1, 31)}, "conduct_ends_before_it_begins", "conduct_until"),
        ({"made_on": date(2025, 2, 27)}, "document_before_the_conduct", "made_on"),
        ({"kind": "scolding"}, "kind_unknown", "kind"),
        ({"document_number": " "}, "document_number_missing", "document_number"),
        ({"amount": Decimal("-0.01")}, "amount_negative", "amount"),
    ],
)
def test_an_impossible_handling_is_refused(town: Town, change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        record(town, **change)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Handling.objects.exists()


def test_days_are_days_of_shanghai(town: Town) -> None:
    recorded = record(town, made_on=date(2025, 3, 11), now=at(date(2025, 3, 11), 0))
    assert recorded.recorded_at.astimezone(UTC).date() == date(2025, 3, 10)


def test_the_same_notification_is_one_trigger_of_one_person(town: Town) -> None:
    assert trigger(town) == trigger(town)
    assert trigger(town, practitioner=town.nurse) != trigger(town)
    assert PersonalTrigger.objects.count() == 2
    with pytest.raises(Refused, match="document_already_recorded"):
        trigger(town, made_on=date(2025, 3, 9))


@pytest.mark.parametrize(
    ("change", "code"),
    [({"kind": "rumour"}, "kind_unknown"), ({"made_on": date(2025, 3, 11)}, "made_in_the_future")],
)
def test_an_impossible_trigger_is_refused(town: Town, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        trigger(town, **change)


def identify(town: Town, **changes: Any) -> Responsibility:
    arguments: dict[str, Any] = {
        "practitioner": town.surgeon,
        "grade": "general",
        "grounds": "配合开单",
        "identified_on": TODAY,
        "by": town.officer,
        "now": at(TODAY),
    }
    return identify_responsibility(**(arguments | changes))


def test_a_person_has_one_grade_in_a_handling_until_points_rest_on_it(town: Town) -> None:
    handling = handle(town)
    first = identify(town, handling=handling)
    assert identify(town, handling=handling) == first
    raised = identify(town, handling=handling, grade="important")
    assert (raised.pk, raised.grade) == (first.pk, "important")
    assert [row.grade for row in first.history.order_by("history_id")] == ["general", "important"]
    scored = score(town, 5, TODAY).responsibility
    with pytest.raises(Refused, match="responsibility_has_points"):
        identify(town, handling=scored.handling, grade="general")


def test_the_grade_that_counts_is_the_one_identified_when_points_are_proposed(town: Town) -> None:
    handling = handle(town)
    chens, lius = (identify(town, handling=handling, grade="general") for _ in range(2))  # on their screens
    identify(town, handling=handling, grade="principal", by=town.second)
    asked: dict[str, Any] = {"items": [Item(situation="2-01")], "now": at(TODAY, 12)}
    (previewed,) = preview_proposal(responsibility=chens, **asked).entries
    assert previewed.points == 6
    liu = User.objects.create(username="liu")
    assert propose(responsibility=lius, by=liu, **asked).items.get().points == 6


def test_a_trigger_is_answered_for_by_its_own_person(town: Town) -> None:
    with pytest.raises(Refused, match="trigger_of_another_person"):
        identify(town, trigger=trigger(town, practitioner=town.nurse))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grade": "innocent"}, "grade_unknown"),
        ({"grounds": ""}, "grounds_missing"),
        ({"identified_on": date(2025, 3, 11)}, "identified_in_the_future"),
    ],
)
def test_an_impossible_responsibility_is_refused(town: Town, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        identify(town, handling=handle(town), **change)


def test_a_responsibility_is_for_one_cause(town: Town) -> None:
    with pytest.raises(ValueError, match="not for both or none"):
        identify(town)
    with pytest.raises(ValueError, match="not for both or none"):
        identify(town, handling=handle(town), trigger=trigger(town))


def test_two_people_answer_for_one_handling(town: Town) -> None:
    handling = handle(town)
    assert blame(town, handling) != blame(town, handling, who=town.nurse)


def test_a_document_number_that_does_not_fit_is_refused_in_words(town: Town) -> None:
    with pytest.raises(Refused) as refusal:
        handle(town, number="罚" * 121)
    assert (refusal.value.code, refusal.value.field) == ("document_number_too_long", "document_number")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The conduct ends on March 8, 2025, before it begins on March 9, 2025."),
        ("zh-hans", "2025年3月8日"),
    ],
)
def test_a_refusal_writes_days_as_its_language_does(town: Town, language: str, said: str) -> None:
    with translation.override(language), pytest.raises(Refused) as refused:
        record(town, conduct_from=date(2025, 3, 9), conduct_until=date(2025, 3, 8))
    assert said in str(refused.value.message)
    assert refused.value.value == date(2025, 3, 8)
