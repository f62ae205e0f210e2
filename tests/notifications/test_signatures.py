"""Signatures, looked at by three readers: the kit, a reading of the standard's text, and the standard's own library.

The library (`standardwebhooks` 1.1) knows the symmetric kind `v1` alone. So letters carry one of that kind as well
here, over the bytes that the register signs: where the library takes it, these are the bytes that the standard means.
"""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from notifications.rules.envelope import signed_content
from tests.notifications.kit import KEY, LI, NEXT_KEY, NOW, SECOND, WANG, Hospital, signed, written
from tests.notifications.signed import verified
from tests.notifications.tampering import tampered

SECRET = b"a secret of the library's own kind"
LIBRARY = Webhook(SECRET)
TRIES = 10_000
LETTERS = (written(), written(12, LI, what="standing.suspended"), written(subject="", letter_id="a-test"))


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    """The library looks at the clock of the machine."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    return Hospital(tmp_path / "inbox.sqlite3")


def with_both_kinds(body: bytes, *, at: int = SECOND) -> dict[str, str]:
    """The headers of a letter as the register signs it, and a symmetric signature over the same bytes."""
    headers = signed(body, at=at)
    return {**headers, "webhook-signature": f"{headers['webhook-signature']} v1,{symmetric(headers, body)}"}


def symmetric(headers: Mapping[str, str], body: bytes) -> str:
    content = signed_content(headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    return base64.b64encode(hmac.digest(SECRET, content, hashlib.sha256)).decode()


def by_the_library(headers: Mapping[str, str], body: bytes) -> bool:
    try:
        LIBRARY.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # it stumbles over what is no text, no base64, no pair
        return False
    return True


def by_the_text(headers: Mapping[str, str], body: bytes) -> bool:
    return all(name in headers for name in signed(LETTERS[0])) and verified(headers, body, KEY.public)


@pytest.mark.parametrize("body", LETTERS)
def test_what_the_register_signs_is_what_the_standard_signs(hospital: Hospital, body: bytes) -> None:
    headers = with_both_kinds(body)
    assert LIBRARY.sign(headers["webhook-id"], NOW, body.decode()) == f"v1,{symmetric(headers, body)}"
    assert LIBRARY.verify(body, headers)["id"] == headers["webhook-id"]
    assert by_the_text(headers, body)
    assert hospital.gets(body, headers) == 204


@pytest.mark.parametrize("seconds", [-86400, -301, -300, -1, 0, 299, 300, 301, 10**8])
def test_kit_and_library_find_the_same_letters_too_old_or_too_new(hospital: Hospital, seconds: int) -> None:
    headers = with_both_kinds(LETTERS[0], at=SECOND + seconds)
    assert by_the_library(headers, LETTERS[0]) == (hospital.gets(LETTERS[0], headers) == 204) == (abs(seconds) <= 300)


def test_either_reader_finds_its_signature_among_others(hospital: Hospital) -> None:
    body = LETTERS[0]
    asymmetric = signed(body, NEXT_KEY, KEY)["webhook-signature"].split(" ")
    for order in (
        [*asymmetric, f"v1,{symmetric(signed(body), body)}"],
        [f"v1,{symmetric(signed(body), body)}", *asymmetric],
    ):
        headers = {**signed(body), "webhook-signature": " ".join(order)}
        assert by_the_library(headers, body)
        assert by_the_text(headers, body)
        assert hospital.gets(body, headers) == 204


def test_of_ten_thousand_letters_with_one_thing_changed_no_reader_takes_any(hospital: Hospital) -> None:
    body = LETTERS[0]
    headers, other = with_both_kinds(body), with_both_kinds(LETTERS[1], at=SECOND + 1)
    tried: Counter[str] = Counter()
    taken = []
    for each in islice(tampered(headers, body, other, seed=7), TRIES):
        tried[each.how] += 1
        status = hospital.gets(each.body, dict(each.headers))
        refused = {401} if each.body != body else {400, 401}  # its signature is asked before what it says
        if status not in refused or by_the_text(each.headers, each.body) or by_the_library(each.headers, each.body):
            taken.append(each)
    assert taken == []
    assert hospital.done() == []
    assert tried.total() == TRIES
    assert tried["a bit of the body"] == 8 * len(body)
    assert tried["a bit of webhook-id"] == 8 * len(headers["webhook-id"])
    assert tried["a bit of a signature"] == 8 * 32  # as long as the shorter kind is
    assert tried["bytes of the body"] > 4_000
    assert hospital.gets(body, headers) == 204
    assert hospital.done(WANG) == [1]


def test_no_bit_of_a_signature_of_the_register_can_be_changed(hospital: Hospital) -> None:
    body = LETTERS[0]
    tries = list(islice(tampered(signed(body), body, signed(LETTERS[1]), seed=7), 8 * len(body), TRIES))
    of_signatures = [each for each in tries if each.how == "a bit of a signature"]
    assert len(of_signatures) == 512
    assert {hospital.gets(body, dict(each.headers)) for each in of_signatures} == {401}
    assert not any(by_the_text(each.headers, body) for each in of_signatures)


def test_a_later_second_needs_a_later_signature(hospital: Hospital) -> None:
    old = with_both_kinds(LETTERS[0], at=SECOND - 3600)
    renewed = {**old, "webhook-timestamp": str(SECOND)}
    assert not by_the_library(renewed, LETTERS[0])
    assert not by_the_text(renewed, LETTERS[0])
    assert hospital.gets(LETTERS[0], renewed) == 401
    assert hospital.gets(LETTERS[0], old, now=NOW - timedelta(hours=1)) == 204
