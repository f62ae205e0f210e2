"""Before what cannot simply be taken back, an old sign-in is not enough, and nothing entered is lost."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from registry.models import FileMerge
from tests.admin.conftest import PASSWORD, SignIn
from tests.admin.deeds import confirm, entered_in, preview, text_of, url
from tests.town import TODAY, Town, at

ASKED = "Your last proof is more than ten minutes old"


@pytest.fixture
def clock(town: Town) -> Any:
    with time_machine.travel(at(TODAY, 15), tick=False) as clock:
        yield clock


@pytest.fixture
def chen(sign_in: SignIn, town: Town, clock: time_machine.Traveller) -> Client:
    """Signed in at three o'clock."""
    client = sign_in(town.officer)
    client.get(url("index"))
    return client


def merging(town: Town) -> tuple[str, dict[str, Any], dict[str, str]]:
    data = {"absorbed": town.nurse.pk, "reason": "同一人两个代码"}
    return (
        url("merge_files", town.surgeon.pk),
        data,
        {"second_username": town.second.username, "second_password": PASSWORD},
    )


def test_within_ten_minutes_nothing_is_asked(chen: Client, town: Town, clock: time_machine.Traveller) -> None:
    act, data, second = merging(town)
    clock.shift(9 * 60)
    shown = preview(chen, act, data)
    assert ASKED not in text_of(shown)
    confirm(chen, act, data, shown, **second)
    assert FileMerge.objects.exists()


def test_after_ten_minutes_the_own_password_is_asked_on_the_same_page(
    chen: Client, town: Town, clock: time_machine.Traveller
) -> None:
    act, data, second = merging(town)
    clock.shift(11 * 60)
    shown = preview(chen, act, data)
    assert ASKED in text_of(shown)
    assert confirm(chen, act, data, shown, **second).status_code == 200
    wrong = confirm(chen, act, data, shown, **second, own_password="falsch")
    assert wrong.status_code == 422
    assert "This is not the password of the account." in text_of(wrong)
    assert not FileMerge.objects.exists()
    assert entered_in(wrong)["reason"] == ["同一人两个代码"]
    assert PASSWORD not in wrong.content.decode()
    confirm(chen, act, data, wrong, **second, own_password=PASSWORD)
    assert FileMerge.objects.exists()


def test_a_proof_that_grew_old_on_the_page_is_asked_again(
    chen: Client, town: Town, clock: time_machine.Traveller
) -> None:
    act, data, second = merging(town)
    shown = preview(chen, act, data)
    clock.shift(11 * 60)
    asked = confirm(chen, act, data, shown, **second)
    assert ASKED in text_of(asked)
    assert not FileMerge.objects.exists()


def test_one_proof_is_good_for_the_acts_of_ten_minutes(chen: Client, town: Town, clock: time_machine.Traveller) -> None:
    act, data, second = merging(town)
    clock.shift(11 * 60)
    confirm(chen, act, data, preview(chen, act, data), **second, own_password=PASSWORD)
    undo = url("undo_merge", FileMerge.objects.get().pk)
    assert ASKED not in text_of(preview(chen, undo, {"reason": "doch nicht"}))


def test_the_own_password_is_guessed_five_times(chen: Client, town: Town, clock: time_machine.Traveller) -> None:
    act, data, second = merging(town)
    clock.shift(11 * 60)
    shown = preview(chen, act, data)
    for _ in range(5):
        confirm(chen, act, data, shown, **second, own_password="geraten")
    refused = confirm(chen, act, data, shown, **second, own_password=PASSWORD)
    assert "Too many attempts" in text_of(refused)
    assert not FileMerge.objects.exists()


def test_the_password_of_a_second_officer_is_guessed_five_times(chen: Client, town: Town) -> None:
    act, data, second = merging(town)
    shown = preview(chen, act, data)
    for _ in range(5):
        confirm(chen, act, data, shown, **{**second, "second_password": "geraten"})
    assert "Too many attempts" in text_of(confirm(chen, act, data, shown, **second))
    assert not FileMerge.objects.exists()


def test_what_decides_nothing_asks_nothing(chen: Client, town: Town, clock: time_machine.Traveller) -> None:
    clock.shift(11 * 60)
    renamed = chen.post(url("rename", town.nurse.pk), {"name": "李娜娜", "starts_on": TODAY, "step": "form"})
    assert ASKED not in text_of(renamed)
