"""The file that receivers copy: what it takes, what it refuses, and that nothing acts twice or out of turn."""

import ast
import base64
import json
import random
import socket
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from notifications.kit import receiver as kit
from notifications.kit.receiver import MOST_BYTES, Letter, public_key
from tests.notifications.kit import KEY, LI, NEXT_KEY, NOW, SECOND, STRANGER, WANG, Hospital, signed, written

FILE = Path(kit.__file__)


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    return Hospital(tmp_path / "inbox.sqlite3")


# whose letter it is ---------------------------------------------------------------------------------------------------


def test_a_letter_of_the_register_is_taken_and_says_who_and_where(hospital: Hospital) -> None:
    seen: list[Letter] = []
    assert hospital.gets(written(), effect=lambda letter, _db: seen.append(letter)) == 204
    [letter] = seen
    assert (letter.subject, letter.sequence, letter.type) == (WANG, 1, "demerit-register.points.recorded.v1")
    assert letter.url == f"https://register.example/api/v1/practitioners/{WANG}/"
    assert (letter.notice, letter.corrects, letter.event["specversion"]) == ("notice-1", (), "1.0")


def test_headers_may_come_in_any_case(hospital: Hospital) -> None:
    body = written()
    assert hospital.gets(body, {name.title(): value for name, value in signed(body).items()}) == 204


def test_bytes_that_say_the_same_but_are_others_are_refused(hospital: Hospital) -> None:
    body = written()
    parsed = json.loads(body)
    for other in (json.dumps(parsed).encode(), json.dumps(parsed, indent=1).encode(), body + b"\n", b" " + body):
        assert hospital.gets(other, signed(body)) == 401
    spaced = json.dumps(parsed, indent=1).encode()  # a newer register may write otherwise: what counts is what came
    assert hospital.gets(spaced, signed(spaced)) == 204


def test_a_stranger_signs_in_vain(hospital: Hospital) -> None:
    body = written()
    assert hospital.gets(body, signed(body, STRANGER)) == 401
    assert hospital.done() == []


def test_while_a_key_is_replaced_either_will_do_on_either_side(hospital: Hospital) -> None:
    both = (KEY.text, NEXT_KEY.text)
    steps = [((KEY,), both), ((NEXT_KEY, KEY), (KEY.text,)), ((NEXT_KEY, KEY), both), ((NEXT_KEY,), both[1:])]
    for number, (signers, known) in enumerate(steps, 1):
        body = written(number)
        assert hospital.gets(body, signed(body, *signers), keys=known) == 204
    body = written(5)
    assert hospital.gets(body, signed(body, KEY), keys=both[1:]) == 401
    assert hospital.gets(body, keys=()) == 401
    assert hospital.done() == [1, 2, 3, 4]


def test_signatures_of_other_kinds_are_passed_over(hospital: Hospital) -> None:
    body = written()
    good = signed(body)["webhook-signature"]
    for others in (f"v1,{'A' * 44} {good}", f"{good} v2,x", f"v1a,nonsense {good}", f"v1a {good}"):
        assert hospital.gets(body, {**signed(body), "webhook-signature": others}) == 204
    for alone in (good.replace("v1a", "v1"), good.replace("v1a", "V1A"), "v1a,", "v1a", good[4:], f"v1a,,{good[4:]}"):
        assert hospital.gets(body, {**signed(body), "webhook-signature": alone}) == 401


def test_a_signature_has_one_spelling(hospital: Hospital) -> None:
    body = written()
    good = signed(body)["webhook-signature"]
    last = good[-3]
    other = next(chr(each) for each in range(65, 91) if chr(each) != last)  # the same bytes, to a lenient reader
    spellings = (good[:-3] + other + "==", good[:-2], good[:8] + "\n" + good[8:], good[:8] + "*" + good[8:])
    for each in spellings:
        assert hospital.gets(body, {**signed(body), "webhook-signature": each}) in {400, 401}
    assert base64.b64decode(good[4:], validate=True)


@pytest.mark.parametrize("seconds", [-301, 301, -86400, 10**9])
def test_a_letter_of_another_time_is_refused(hospital: Hospital, seconds: int) -> None:
    body = written()
    assert hospital.gets(body, signed(body, at=SECOND + seconds)) == 401


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_way_are_a_clock_and_no_attack(hospital: Hospital, seconds: int) -> None:
    body = written()
    assert hospital.gets(body, signed(body, at=SECOND + seconds)) == 204


def test_an_old_letter_is_not_made_new_by_writing_another_second_over_it(hospital: Hospital) -> None:
    body = written()
    old = signed(body, at=SECOND - 3600)
    assert hospital.gets(body, {**old, "webhook-timestamp": str(SECOND)}) == 401


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, "", " ", "a.b", "١٢٣", "1e9", "-1", "\x00", "x" * 5000])
def test_headers_that_are_none_are_refused(hospital: Hospital, name: str, value: str | None) -> None:
    body = written()
    headers = {**signed(body), **({name: value} if value is not None else {})}
    if value is None:
        del headers[name]
    assert hospital.gets(body, headers) in {400, 401}
    assert hospital.done() == []


def test_a_header_that_comes_twice_is_none(hospital: Hospital) -> None:
    body = written()
    assert hospital.gets(body, {**signed(body), "Webhook-Id": "another"}) == 400


def test_a_full_stop_cannot_be_moved_between_the_parts_that_are_signed(hospital: Hospital) -> None:
    body = f"{SECOND}.{written().decode()}".encode()
    headers = signed(body, letter_id="x", at=SECOND)
    moved = {**headers, "webhook-id": f"x.{SECOND}"}
    assert hospital.gets(written(), moved) == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"nonsense",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"specversion":"1.0"}',
        written().replace(b'"1.0"', b'"0.3"'),
        written().replace(b'"sequence":"1"', b'"sequence":1'),
        written().replace(b'"sequence":"1"', b'"sequence":"0"'),
        written().replace(b'"sequence":"1"', b'"sequence":"-1"'),
        written().replace(b'"corrects":[]', b'"corrects":[1]'),
        written().replace(b'"subject":"0198-wang"', b'"subject":7'),
        written().replace(b'"data":{', b'"data":[{').replace(b'"},"datac', b'"}],"datac'),
        written(letter_id="another"),
    ],
)
def test_what_is_signed_and_is_no_letter_is_malformed(hospital: Hospital, body: bytes) -> None:
    assert hospital.gets(body, signed(body, letter_id=f"{WANG}-1")) == 400
    assert hospital.done() == []


def test_what_is_too_large_is_not_looked_at(hospital: Hospital) -> None:
    body = b"a" * (MOST_BYTES + 1)
    assert hospital.gets(body, signed(body, letter_id="x")) == 413
    assert hospital.gets(body[:-1], signed(body[:-1], letter_id="x")) == 400


@pytest.mark.parametrize(
    "text",
    ["", KEY.text[5:], KEY.text[:-4], KEY.text.replace("whpk_", "whsk_"), f"{KEY.text} "],
    ids=["nothing", "no prefix", "too short", "secret", "space"],
)
def test_what_is_no_key_is_told_at_once(hospital: Hospital, text: str) -> None:
    with pytest.raises(ValueError, match="whpk_"):
        public_key(text)
    with pytest.raises(ValueError, match="whpk_"):
        hospital.gets(written(), keys=[KEY.text, text])


# each once, and in order ----------------------------------------------------------------------------------------------


def test_a_letter_that_comes_again_has_no_second_effect(hospital: Hospital) -> None:
    body = written()
    later = signed(body, at=SECOND + 200)
    assert [hospital.gets(body), hospital.gets(body), hospital.gets(body, later)] == [204, 204, 204]
    assert Hospital(hospital.path).gets(body) == 204  # and after a restart
    assert hospital.done() == [1]


def test_a_test_is_about_nobody_and_has_its_effect_once(hospital: Hospital) -> None:
    for number in (1, 2, 1):
        body = written(subject="", letter_id=f"test-{number}", what="endpoint.test")
        assert hospital.gets(body) == 204
    assert hospital.done() == [1, 1]


def test_the_effect_and_the_memory_of_it_are_one(hospital: Hospital) -> None:
    hospital.trouble.append(RuntimeError("disk full"))
    with pytest.raises(RuntimeError, match="disk full"):
        hospital.gets(written())
    assert hospital.done() == []
    assert hospital.gets(written()) == 204
    assert hospital.done() == [1]


def test_what_comes_early_waits_for_what_is_missing(hospital: Hospital) -> None:
    for number in (1, 4, 3):
        assert hospital.gets(written(number)) == 204
    assert hospital.done() == [1]
    assert hospital.inbox.gaps() == [(WANG, 2, 2)]
    assert Hospital(hospital.path).gets(written(2)) == 204
    assert hospital.done() == [1, 2, 3, 4]
    assert hospital.inbox.gaps() == []


def test_one_person_waits_for_no_other(hospital: Hospital) -> None:
    for number, who in ((2, WANG), (1, LI), (2, LI)):
        assert hospital.gets(written(number, who)) == 204
    assert (hospital.done(LI), hospital.done(WANG)) == ([1, 2], [])
    assert hospital.inbox.gaps() == [(WANG, 1, 1)]


def test_whoever_has_read_the_file_goes_on_from_there(hospital: Hospital) -> None:
    for number in (1, 3, 5, 6):
        hospital.gets(written(number))
    hospital.inbox.caught_up(WANG, 4, hospital.act)
    assert hospital.done() == [1, 5, 6]
    assert hospital.gets(written(2)) == 204
    hospital.inbox.caught_up(WANG, 1, hospital.act)
    assert hospital.gets(written(7)) == 204
    assert hospital.done() == [1, 5, 6, 7]


def test_an_old_letter_under_a_new_id_is_acknowledged_and_ignored(hospital: Hospital) -> None:
    for number in (1, 2):
        hospital.gets(written(number))
    assert hospital.gets(written(1, letter_id="another")) == 204
    assert hospital.done() == [1, 2]


def test_two_letters_with_one_number_have_one_effect(hospital: Hospital) -> None:
    for named in ("one", "other"):
        assert hospital.gets(written(2, letter_id=named)) == 204
    hospital.gets(written(1))
    assert (hospital.done(), hospital.inbox.gaps()) == ([1, 2], [])


def test_trouble_with_a_letter_that_waited_loses_neither(hospital: Hospital) -> None:
    hospital.gets(written(2))
    hospital.trouble += [RuntimeError("the second")]

    def second_fails(letter: Letter, db: sqlite3.Connection) -> None:
        if letter.sequence == 2:
            hospital.act(letter, db)

    with pytest.raises(RuntimeError, match="the second"):
        hospital.gets(written(1), effect=second_fails)
    assert hospital.done() == []
    assert hospital.gets(written(1)) == 204
    assert hospital.done() == [1, 2]


def test_many_at_once_make_no_difference(hospital: Hospital) -> None:
    letters = [(number, who) for who in (WANG, LI) for number in range(1, 13)] * 3
    random.Random(7).shuffle(letters)
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda each: hospital.gets(written(*each)), letters))
    assert statuses == {204}
    assert hospital.done(WANG) == hospital.done(LI) == list(range(1, 13))


# one file -------------------------------------------------------------------------------------------------------------


def test_it_is_one_file_for_an_old_python_and_one_package() -> None:
    tree = ast.parse(FILE.read_text("utf-8"), feature_version=(3, 9))
    named = {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    named |= {name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names}
    assert {each.partition(".")[0] for each in named} - sys.stdlib_module_names == {"cryptography"}


def test_it_can_be_tried_at_once(tmp_path: Path) -> None:
    own = tmp_path / "receiver.py"
    own.write_bytes(FILE.read_bytes())
    command = [sys.executable, str(own), "--key", KEY.text, "--port", "0", "--inbox", str(tmp_path / "inbox")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().split()[-1])
            body, second = written(), int(time.time())
            good = signed(body, at=second)
            assert [posted(port, body, good), posted(port, body, good)] == [204, 204]
            assert posted(port, body, signed(body, STRANGER, at=second)) == 401
            assert posted(port, body, signed(body, at=second - 400)) == 401
            assert posted(port, b"{}", signed(b"{}", at=second, letter_id="x")) == 400
            assert asked(port, f"POST / HTTP/1.1\r\ncontent-length: {MOST_BYTES + 1}\r\n\r\n") == 413
            assert asked(port, "POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n") == 400
            assert asked(port, "POST / HTTP/1.1\r\n\r\n") == 400
        finally:
            server.terminate()
    db = sqlite3.connect(tmp_path / "inbox")
    assert db.execute("select id, subject from to_read").fetchall() == [(f"{WANG}-1", WANG)]
    db.close()


def posted(port: int, body: bytes, headers: dict[str, str]) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("POST", "/inbox", body, headers)
        return connection.getresponse().status


def asked(port: int, head: str) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(head.encode())
        return int(connection.makefile("rb").readline().split()[1])


def test_the_clock_is_handed_in(hospital: Hospital) -> None:
    body = written()
    assert hospital.gets(body, now=NOW + timedelta(hours=1)) == 401
    assert hospital.gets(body, now=NOW) == 204


# several at once ------------------------------------------------------------------------------------------------------


def together(*bodies: bytes) -> bytes:
    """A batch as the register writes it."""
    return b"[" + b",".join(bodies) + b"]"


def gets_batch(hospital: Hospital, *bodies: bytes) -> int:
    content = together(*bodies)
    return hospital.gets(content, signed(content, letter_id="batch-1"))


def test_a_batch_is_taken_letter_by_letter(hospital: Hospital) -> None:
    assert gets_batch(hospital, written(2), written(1), written(1, LI)) == 204
    assert (hospital.done(WANG), hospital.done(LI)) == ([1, 2], [1])
    assert hospital.gets(written(2)) == 204
    assert gets_batch(hospital, written(2), written(3)) == 204
    assert hospital.done(WANG) == [1, 2, 3]


def test_of_a_batch_in_which_one_effect_fails_nothing_is_taken(hospital: Hospital) -> None:
    hospital.trouble = [RuntimeError("disk full")]
    with pytest.raises(RuntimeError):
        gets_batch(hospital, written(1), written(1, LI))
    assert hospital.done() == []
    assert gets_batch(hospital, written(1), written(1, LI)) == 204
    assert hospital.done() == [1, 1]


def test_a_batch_with_something_else_in_it_is_refused_whole(hospital: Hospital) -> None:
    for wrong in (b"[]", b"7", b'{"id":"x"}', b"null", written(2)[:-1]):
        assert gets_batch(hospital, written(1), wrong) == 400
    assert hospital.done() == []


def test_a_batch_that_another_key_signed_is_refused(hospital: Hospital) -> None:
    content = together(written(1))
    assert hospital.gets(content, signed(content, STRANGER, letter_id="batch-1")) == 401
    assert hospital.done() == []
