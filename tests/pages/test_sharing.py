"""An employer sees how somebody stands, for as long as that person lets them, and the person sees each look."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.test.utils import override_settings
from django.utils import translation

from registry.actions.errors import Refused
from registry.actions.sharing import MOST_OPEN, share, stop_sharing
from registry.models import SharedLook, SharingCode
from registry.pages.showing.sharing import ShareForm
from registry.queries.own_data import own_data
from registry.queries.sharing import own_codes, with_looks
from tests.actions.deeds import annul
from tests.pages.standing import account, browser
from tests.town import TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build("510100")


def shared(town: Town, *, points: bool = False, **changed: Any) -> tuple[SharingCode, str]:
    asked = {"recipient": "第二医院", "scope": "points" if points else "standing", "days": 7, "most_looks": 3}
    by = changed.pop("by", None) or account(town.surgeon, "wangwei")
    return share(practitioner=town.surgeon, **{**asked, **changed}, by=by, now=at(TODAY, 9))


def look(code: str, personal_code: str | None = None, *, later: timedelta = timedelta()) -> tuple[int, str]:
    with time_machine.travel(at(TODAY, 12) + later, tick=False):
        client = Client(headers={"accept-language": "en"})
        if personal_code is None:
            answer = client.post(f"/shared/{code}/")
        else:
            answer = client.post("/shared/", {"code": code, "personal_code": personal_code})
    return answer.status_code, answer.content.decode()


def test_the_employer_sees_the_standing_of_the_moment(town: Town) -> None:
    _row, code = shared(town)
    status, found = look(code, town.surgeon.code)
    assert status == 200
    for words in ("王伟", town.surgeon.code, "Normal: services are payable", "第二医院", "March 17, 2025, 09:00"):
        assert words in found, words
    entry = score(town, 9, TODAY + timedelta(days=1))
    found = look(code, later=timedelta(days=2))[1]
    assert "Suspended from March 11, 2025" in found
    annul(town, entry, TODAY + timedelta(days=3))
    assert "Normal: services are payable" in look(code, later=timedelta(days=4))[1]


def test_points_are_shown_only_where_they_are_shared(town: Town) -> None:
    score(town, 4, TODAY)
    assert "Points in 2025" not in look(shared(town)[1])[1]
    assert re.search(r"Points in 2025</dt><dd>4<", look(shared(town, points=True)[1])[1])


def test_following_the_link_is_no_look_and_pressing_the_button_is_one(town: Town) -> None:
    row, code = shared(town)
    with time_machine.travel(at(TODAY, 12), tick=False):
        answer = Client().get(f"/shared/{code}/")
    assert answer.status_code == 200
    assert "王伟" not in answer.content.decode()
    assert not row.looks.exists()
    look(code)
    assert row.looks.count() == 1


def wrong(town: Town) -> dict[str, tuple[int, str]]:
    """Everything that can be wrong with a code."""
    _row, code = shared(town)
    _used, used_code = shared(town, most_looks=1)
    look(used_code)
    stop = shared(town)
    stop_sharing(code=stop[0], by=account(town.surgeon, "wangwei"), now=at(TODAY, 10))
    person = town.surgeon.code
    return {
        "unknown": look("AAAAA-AAAAA-AAAAA-AAAAA", person),
        "nonsense": look("ß?", person),
        "expired": look(code, person, later=timedelta(days=8)),
        "taken back": look(stop[1], person),
        "used up": look(used_code, person),
        "of somebody else": look(code, town.nurse.code),
        "of nobody": look(code, "X999"),
    }


def test_whatever_is_wrong_is_answered_alike(town: Town) -> None:
    answers = wrong(town)
    assert {status for status, _found in answers.values()} == {404}
    plain = {re.sub(r'value="[^"]*"', "", found) for _status, found in answers.values()}
    assert len(plain) == 1
    assert "These do not open a standing" in plain.pop()
    assert SharedLook.objects.count() == 1


def test_a_code_ends_with_its_last_second(town: Town) -> None:
    _row, code = shared(town, days=1, most_looks=20)
    end = at(TODAY, 9) + timedelta(days=1) - at(TODAY, 12)
    assert look(code, later=end - timedelta(seconds=1))[0] == 200
    assert look(code, later=end)[0] == 404


def test_the_person_sees_who_looked_and_takes_the_code_back(town: Town) -> None:
    client = browser(account(town.surgeon, "wangwei"))
    row, code = shared(town)
    look(code)
    with time_machine.travel(at(TODAY, 13), tick=False):
        client.get("/my/sharing/", headers={"accept-language": "en"})
        found = client.get("/my/sharing/", headers={"accept-language": "en"}).content.decode()
        assert "Looked on March 10, 2025, 12:00: normal" in found
        assert "第二医院" in found
        assert code not in found
        assert client.post(f"/my/sharing/{row.uuid}/stop/").status_code == 302
    assert look(code)[0] == 404
    (own,) = with_looks(own_codes([town.surgeon.pk]), now=at(TODAY, 14))
    assert (own.state_words, len(own.looks)) == ("taken back", 1)


def test_the_code_is_shown_once_and_kept_as_a_digest_only(town: Town) -> None:
    client = browser(account(town.surgeon, "wangwei"))
    asked = {"recipient": "第二医院", "scope": "standing", "days": "7", "most_looks": "1"}
    with time_machine.travel(at(TODAY, 11), tick=False):
        found = client.post("/my/sharing/", asked).content.decode()
    (code,) = set(re.findall(r"\b(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}\b", found))
    row = SharingCode.objects.get()
    assert code not in str(vars(row))
    assert bytes(row.digest) != code.encode()
    assert look(code, town.surgeon.code)[0] == 200


@override_settings(REGISTRY_SIGN_INS_PER_ADDRESS=3)
def test_guessing_is_throttled_and_looking_is_not(town: Town) -> None:
    _row, code = shared(town, most_looks=20)
    for _ in range(5):
        assert look(code)[0] == 200
    for _ in range(3):
        assert look("AAAAA", town.surgeon.code)[0] == 404
    assert look(code)[0] == 429
    assert look(code, later=timedelta(minutes=16))[0] == 200


def test_nobody_shares_or_takes_back_for_somebody_else(town: Town) -> None:
    row, _code = shared(town)
    nurse = account(town.nurse, "lina")
    for attempt in (
        lambda: shared(town, by=nurse),
        lambda: shared(town, by=town.officer),
        lambda: stop_sharing(code=row, by=nurse, now=at(TODAY)),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "not_own_file"
    assert browser(nurse).post(f"/my/sharing/{row.uuid}/stop/").status_code == 404


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"days": 0}, "days_out_of_range"),
        ({"days": 91}, "days_out_of_range"),
        ({"most_looks": 0}, "most_looks_out_of_range"),
        ({"most_looks": 21}, "most_looks_out_of_range"),
        ({"recipient": " "}, "recipient_missing"),
        ({"recipient": "某" * 101}, "recipient_too_long"),
        ({"scope": "everything"}, "scope_unknown"),
    ],
)
def test_what_cannot_be_shared_is_refused(town: Town, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        shared(town, **changed)
    assert refused.value.code == code


def test_twenty_codes_may_wait_and_one_taken_back_makes_room(town: Town) -> None:
    rows = [shared(town)[0] for _ in range(MOST_OPEN)]
    with pytest.raises(Refused) as refused:
        shared(town)
    assert refused.value.code == "too_many_codes"
    stop_sharing(code=rows[0], by=account(town.surgeon, "wangwei"), now=at(TODAY, 10))
    shared(town)


def test_the_own_data_hold_codes_and_looks_without_the_code(town: Town) -> None:
    _row, code = shared(town)
    look(code)
    found = own_data(town.surgeon, at(TODAY, 14))
    assert [each["recipient"] for each in found["sharing_codes"]] == ["第二医院"]
    assert [each["status"] for each in found["looks_with_sharing_codes"]] == ["normal"]
    assert code not in str(found)
    assert own_data(town.nurse, at(TODAY, 14))["looks_with_sharing_codes"] == []


@pytest.mark.parametrize(("language", "days", "looks"), [("zh-hans", "7天", "3次"), ("en", "7 days", "3 looks")])
def test_how_long_and_how_often_are_in_the_language_of_the_reader(language: str, days: str, looks: str) -> None:
    with translation.override(language):
        form = ShareForm()
        assert days in str(form["days"])
        assert looks in str(form["most_looks"])
