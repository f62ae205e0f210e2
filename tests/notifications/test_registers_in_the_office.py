"""Administrators of the whole register say whom it believes, and look at what is doubtful."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from notifications.models import Letter, Register
from notifications.wire.signing import new_pair, public_text
from registry.models import Assignment, ProcedureStep, Region, Role, User
from registry.models.keys import new_key
from tests.notifications.exchange import country
from tests.notifications.other_register import a_doubtful_letter
from tests.notifications.pushing import administrator
from tests.notifications.told import signed_in
from tests.town import LAW_BEGINS, TODAY, Town, at

pytestmark = pytest.mark.django_db
REGISTERS, LETTERS = "/admin/notifications/register/", "/admin/notifications/letter/"


@pytest.fixture(autouse=True)
def _that_day() -> Any:
    with time_machine.travel(at(TODAY, 15), tick=False):
        yield


@pytest.fixture
def town() -> Town:
    return country()


@pytest.fixture
def guan(town: Town) -> Client:
    return signed_in(administrator("guan"))


@pytest.fixture
def letter(town: Town) -> Letter:
    return a_doubtful_letter(at(TODAY, 10))


def text(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def test_a_register_is_entered_paused_and_resumed(town: Town, guan: Client) -> None:
    key = public_text(new_pair()[0])
    said = {
        "code": "cn-12",
        "region": Region.objects.get(code="120000").pk,
        "url": "https://tianjin.example/",
        "networks": "203.0.113.0/24",
        "keys": key,
        "key_there": new_key()[1],
        "issuer": "",
    }
    assert "Nothing was received" not in text(guan.get("/admin/registers/enter/"))
    guan.post("/admin/registers/enter/", {**said, "step": "do"})
    register = Register.objects.get()
    page = text(guan.get(f"{REGISTERS}{register.pk}/change/"))
    assert key in page
    assert said["key_there"] not in page
    guan.post(f"/admin/registers/{register.pk}/pause/", {"reason": "They look into it.", "step": "do"})
    register.refresh_from_db()
    assert register.state == "paused"
    guan.post(f"/admin/registers/{register.pk}/resume/", {"step": "do"})
    register.refresh_from_db()
    assert register.state == "active"
    acts = ProcedureStep.objects.filter(procedure="register").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["enter", "pause", "resume"]


def test_a_key_that_is_none_is_said_at_its_field_and_nothing_is_entered(town: Town, guan: Client) -> None:
    said = {
        "code": "cn-12",
        "region": Region.objects.get(code="120000").pk,
        "url": "https://tianjin.example/",
        "networks": "203.0.113.0/24",
        "keys": "whpk_short",
        "key_there": new_key()[1],
    }
    page = text(guan.post("/admin/registers/enter/", {**said, "step": "do"}))
    assert "whpk_short” is no public key" in page
    assert not Register.objects.exists()


def test_a_doubtful_letter_stands_on_the_overview_and_is_asked_again_or_set_aside(guan: Client, letter: Letter) -> None:
    assert "doubtful letters of other registers" in text(guan.get("/admin/"))
    page = text(guan.get(f"{LETTERS}{letter.pk}/change/"))
    assert "Nobody here has any of the personal codes" in page
    assert str(letter.letter_id) in page
    guan.post(f"/admin/letters/{letter.pk}/ask-again/", {"step": "do"})
    letter.refresh_from_db()
    assert (letter.state, letter.doubt) == ("waiting", "")
    Letter.objects.filter(pk=letter.pk).update(state="doubtful", doubt="unknown_person", next_at=None)
    guan.post(f"/admin/letters/{letter.pk}/set-aside/", {"reason": "Nobody of ours.", "step": "do"})
    letter.refresh_from_db()
    assert letter.state == "set_aside"
    assert "doubtful letters of other registers" not in text(guan.get("/admin/"))


def test_an_auditor_looks_and_does_nothing(letter: Letter, town: Town) -> None:
    user = User.objects.create_user("shen")
    Assignment.objects.create(user=user, role=Role.AUDITOR, starts_on=LAW_BEGINS)
    shen = signed_in(user)
    page = text(shen.get(f"{LETTERS}{letter.pk}/change/"))
    assert "Ask again" not in page
    assert shen.post(f"/admin/letters/{letter.pk}/ask-again/", {"step": "do"}).status_code == 403


@pytest.mark.parametrize("path", [REGISTERS, LETTERS])
def test_who_keeps_a_part_of_the_register_sees_none_of_it(letter: Letter, town: Town, path: str) -> None:
    user = User.objects.create_user("xiang")
    Assignment.objects.create(user=user, role=Role.ADMINISTRATOR, region=town.region, starts_on=LAW_BEGINS)
    assert signed_in(user).get(path).status_code == 403


def test_the_lists_open_in_both_languages(guan: Client, letter: Letter) -> None:
    for path in (REGISTERS, LETTERS, f"{REGISTERS}{letter.register.pk}/change/"):
        for language in ("en", "zh-hans"):
            assert guan.get(path, headers={"accept-language": language}).status_code == 200
    assert "cn-12" in text(guan.get(REGISTERS))
