"""The pool of experts and what is kept of it."""

from datetime import date

import pytest

from appeals.actions.experts import (
    add_expert,
    add_workplace,
    change_specialties,
    declare_conflict,
    end_availability,
    end_workplace,
    leave_pool,
    offer_availability,
)
from appeals.models import Expert
from registry.actions.errors import Refused
from registry.models import User
from tests.appeals.peers import expert
from tests.casework import Desk, desk
from tests.town import LAW_BEGINS, TODAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def code_of(**told: object) -> str:
    with pytest.raises(Refused) as refused:
        add_expert(**told)  # type: ignore[arg-type]
    return refused.value.code


def test_one_account_is_one_expert_and_who_left_comes_back(here: Desk) -> None:
    user = User.objects.create_user("fang")
    told = {"name": "方静", "specialties": ["surgery"], "user": user, "by": here.town.officer, "now": at(TODAY)}
    first = add_expert(**told)  # type: ignore[arg-type]
    assert add_expert(**told) == first  # type: ignore[arg-type]
    assert first.history.count() == 1
    leave_pool(expert=first, reason="退休", by=here.town.officer, now=at(TODAY, 12))
    again = add_expert(**{**told, "specialties": ["oncology", "surgery"]})  # type: ignore[arg-type]
    assert (again.pk, again.active, again.specialties) == (first.pk, True, ["surgery", "oncology"])
    reasons = list(Expert.history.order_by("history_id").values_list("history_change_reason", "history_user"))
    assert reasons[1] == ("退休", here.town.officer.pk)
    assert Expert.objects.count() == 1


def test_an_expert_has_a_name_and_specialties_that_are_known(here: Desk) -> None:
    told: dict[str, object] = {"name": "方静", "specialties": ["surgery"], "by": None, "now": at(TODAY)}
    assert code_of(**{**told, "name": " "}) == "name_missing"
    assert code_of(**{**told, "specialties": []}) == "specialties_missing"
    assert code_of(**{**told, "specialties": ["外科"]}) == "specialties_unknown"


def test_an_account_and_a_file_of_two_experts_are_not_one(here: Desk) -> None:
    one, user = User.objects.create_user("fang"), User.objects.create_user("guo")
    told: dict[str, object] = {"specialties": ["surgery"], "by": None, "now": at(TODAY)}
    add_expert(name="方静", user=one, **told)  # type: ignore[arg-type]
    add_expert(name="郭强", practitioner=here.nurse, **told)  # type: ignore[arg-type]
    assert code_of(name="郭强", user=one, practitioner=here.nurse, **told) == "two_experts"
    joined = add_expert(name="郭强", user=user, practitioner=here.nurse, **told)  # type: ignore[arg-type]
    assert (joined.user, Expert.objects.count()) == (user, 2)
    assert code_of(name="郭强", user=User.objects.create_user("x"), practitioner=here.nurse, **told) == (
        "expert_has_an_account"
    )


def test_workplaces_and_days_end_after_they_begin(here: Desk) -> None:
    one, by, now = expert(here, "方静"), here.town.officer, at(TODAY)
    place = add_workplace(expert=one, institution=here.town.clinic, starts_on=TODAY, by=by, now=now)
    assert add_workplace(expert=one, institution=here.town.clinic, starts_on=TODAY, by=by, now=now) == place
    for end in (
        lambda: end_workplace(place=place, ends_on=TODAY, by=by, now=now),
        lambda: end_availability(availability=one.availability.get(), ends_on=LAW_BEGINS, by=by, now=now),
        lambda: offer_availability(expert=one, starts_on=TODAY, ends_on=TODAY, by=by, now=now),
    ):
        with pytest.raises(Refused) as refused:
            end()
        assert refused.value.code == "ends_before_it_begins"
    assert end_workplace(place=place, ends_on=date(2025, 6, 1), by=by, now=now).ends_on == date(2025, 6, 1)
    end_availability(availability=one.availability.get(), ends_on=date(2025, 6, 1), by=by, now=now)
    assert one.availability.get().ends_on == date(2025, 6, 1)


def test_a_conflict_is_with_an_institution_or_a_person_and_is_declared_once(here: Desk) -> None:
    one, now = expert(here, "方静"), at(TODAY)
    for wrong in ({}, {"institution": here.town.clinic, "practitioner": here.nurse}):
        with pytest.raises(Refused):
            declare_conflict(expert=one, reason="亲属", by=one.user, now=now, **wrong)  # type: ignore[arg-type]
    first = declare_conflict(expert=one, practitioner=here.nurse, reason="亲属", by=one.user, now=now)
    assert declare_conflict(expert=one, practitioner=here.nurse, reason="姐妹", by=one.user, now=now) == first


def test_specialties_change_for_draws_to_come(here: Desk) -> None:
    one = expert(here, "方静")
    found = change_specialties(expert=one, specialties=["imaging", "imaging"], by=here.town.officer, now=at(TODAY))
    assert found.specialties == ["imaging"]
    assert found.history.count() == 2
