"""The file that settlement systems copy: what it answers, and that it takes nothing stale, reordered or altered."""

import ast
import json
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from registry.kit import verify_status_list as kit
from registry.kit.verify_status_list import STATUSES, Lists, Refused, apply_delta, read_list
from tests.offline import writing
from tests.offline.writing import (
    CODES,
    DAY,
    NOW,
    STRANGER,
    a_delta,
    a_list,
    b64,
    changed,
    deflated,
    keys,
    packed,
    signed,
)

FILE = Path(kit.__file__)
SEVEN = ["normal", "suspended", "terminated", "normal", "not_reregistered", "normal"]
EIGHT = ["suspended", "normal", "terminated", "normal", "not_reregistered", "normal", "terminated"]
LIST, DELTA = "statuslist+jwt", "statuslist-delta+jwt"


def lists(memory: Path | None = None) -> Lists:
    return Lists(keys(), memory)


def answers(held: Lists, count: int, day: str = DAY) -> list[str]:
    return [held.check(place, day, NOW) for place in range(count)]


# answers --------------------------------------------------------------------------------------------------------------


def test_every_place_is_answered_and_none_beyond_the_end() -> None:
    held = lists()
    held.take(a_list(SEVEN), now=NOW)
    assert answers(held, 9) == [*SEVEN, "unknown", "unknown", "unknown"]
    assert held.check(1, date(2026, 11, 28), NOW) == "suspended"


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 1003])
def test_a_list_may_have_any_number_of_places(count: int) -> None:
    chance = random.Random(count)
    statuses = chance.choices(STATUSES, k=count)
    held = read_list(a_list(statuses), keys(), NOW)
    assert [held.check(place, DAY, NOW) for place in range(count + 1)] == [*statuses, "unknown"]


def test_a_place_below_nought_is_none() -> None:
    held = lists()
    held.take(a_list(SEVEN), now=NOW)
    with pytest.raises(Refused, match="-1 is no place"):
        held.check(-1, DAY, NOW)


def test_a_delta_leads_to_the_next_list_byte_for_byte() -> None:
    held = lists()
    held.take(a_list(SEVEN), [a_delta(SEVEN, EIGHT)], now=NOW)
    assert answers(held, 8) == [*EIGHT, "unknown"]
    assert held.newest is not None
    assert held.newest.content == packed(EIGHT) == read_list(a_list(EIGHT, 8), keys(), NOW).content


def test_one_delta_after_the_other_is_the_same_as_all_at_once() -> None:
    chance = random.Random(1)
    states = [SEVEN]
    for _ in range(20):
        longer = states[-1] + ["normal"] * chance.randrange(4)
        states.append([chance.choice(STATUSES) if chance.random() < 0.2 else each for each in longer])
    steps = [a_delta(*pair, start=at) for at, pair in enumerate(pairwise(states), 7)]
    one, all_at_once = lists(), lists()
    one.take(a_list(SEVEN), now=NOW)
    for step in steps:
        one.follow([step], NOW)
    all_at_once.take(a_list(SEVEN), steps, NOW)
    assert answers(one, 99) == answers(all_at_once, 99) == (states[-1] + ["unknown"] * 99)[:99]


# the day --------------------------------------------------------------------------------------------------------------


def test_a_list_is_about_its_day_and_no_other() -> None:
    held = lists()
    held.take(a_list(SEVEN), now=NOW)
    for other in ("2026-11-27", "2026-11-29", date(2026, 11, 29), "", None):
        with pytest.raises(Refused, match="no list about"):
            held.check(0, other, NOW)
    assert held.newest is not None
    with pytest.raises(Refused, match="about 2026-11-28, not about 2026-11-29"):
        held.newest.check(0, "2026-11-29", NOW)


def test_before_midnight_both_days_are_answered() -> None:
    held = lists()
    held.take(a_list(SEVEN), now=NOW)
    held.follow([a_delta(SEVEN, EIGHT, day="2026-11-29")], NOW)
    held.follow([a_delta(EIGHT, EIGHT, 8, day="2026-11-29")], NOW)
    assert (answers(held, 6), answers(held, 7, "2026-11-29")) == (SEVEN, EIGHT)
    held.follow([a_delta(EIGHT, EIGHT, 9, day="2026-11-30")], NOW)
    assert set(held.by_day) == {"2026-11-29", "2026-11-30"}


# stale ----------------------------------------------------------------------------------------------------------------


def test_an_expired_list_is_neither_taken_nor_asked() -> None:
    held = lists()
    end = NOW + 86400
    held.take(a_list(SEVEN), now=end - 1)
    assert held.check(0, DAY, end - 1) == "normal"
    with pytest.raises(Refused, match="expired"):
        held.check(0, DAY, end)
    with pytest.raises(Refused, match="expired"):
        lists().take(a_list(SEVEN), now=end)
    with pytest.raises(Refused, match="expired"):
        held.follow([a_delta(SEVEN, EIGHT)], end)


def test_from_an_expired_list_deltas_lead_to_one_that_holds() -> None:
    later = NOW + 90000
    held = lists()
    held.take(a_list(SEVEN), [a_delta(SEVEN, EIGHT, iat=later - 60, exp=later + 60)], later)
    assert held.check(0, DAY, later) == "suspended"


def test_a_list_of_the_future_is_refused_but_for_what_clocks_differ() -> None:
    read_list(a_list(SEVEN, iat=NOW + 300), keys(), NOW)
    with pytest.raises(Refused, match="in the future"):
        read_list(a_list(SEVEN, iat=NOW + 301), keys(), NOW)


# reordered ------------------------------------------------------------------------------------------------------------


def test_no_older_list_is_taken_not_even_after_a_restart(tmp_path: Path) -> None:
    memory = tmp_path / "seen.json"
    lists(memory).take(a_list(EIGHT, 8), now=NOW)
    for held in (lists(memory), lists(memory)):
        with pytest.raises(Refused, match="list 7 is older than list 8"):
            held.take(a_list(SEVEN), now=NOW)
        assert held.newest is None
    lists(memory).take(a_list(SEVEN), [a_delta(SEVEN, EIGHT)], NOW)  # what leads to the newest list may begin earlier


def test_two_lists_with_one_number_are_noticed(tmp_path: Path) -> None:
    memory = tmp_path / "seen.json"
    for held in (lists(memory), lists(memory)):
        held.take(a_list(SEVEN), now=NOW)
        for other in (a_list(EIGHT), a_list(SEVEN, day="2026-11-29"), a_list(SEVEN, known_at="later")):
            with pytest.raises(Refused, match="two lists with the number 7"):
                held.take(other, now=NOW)
        assert answers(held, 6) == SEVEN


def test_a_memory_that_cannot_be_read_is_no_memory_of_nothing(tmp_path: Path) -> None:
    memory = tmp_path / "seen.json"
    for broken in ("", "{}", "7", '{"sequence": "7"}', '{"sequence": -1}'):
        memory.write_text(broken, "utf-8")
        with pytest.raises(Refused, match="which list was seen last"):
            lists(memory)


@pytest.mark.parametrize(
    ("delta", "why"),
    [
        (a_delta(SEVEN, EIGHT, 6), "from list 6 to 7, and list 7 is held"),
        (a_delta(SEVEN, EIGHT, 8), "from list 8 to 9"),
        (a_delta(SEVEN, EIGHT, to=9), "from list 7 to 9"),
        (a_delta(EIGHT, EIGHT), "the root before is not that of the list held"),
        (a_delta(SEVEN, EIGHT, root_after=writing.root(SEVEN)), "the root is another one"),
        (a_delta(SEVEN, EIGHT, sub="/elsewhere"), "another register"),
        (a_delta(SEVEN, EIGHT, size=5), "shorter"),
        (a_delta(SEVEN, EIGHT, size=6), "a place that the list does not have"),
        (a_delta(SEVEN, EIGHT, size=9), "the root is another one"),
        (a_delta(SEVEN, EIGHT, **changed((7, 1))), "a place that the list does not have"),
        (a_delta(SEVEN, EIGHT, **changed((1, 0), (1, 2))), "twice, or not in order"),
        (a_delta(SEVEN, EIGHT, **changed((2, 0), (1, 0))), "twice, or not in order"),
        (a_delta(SEVEN, EIGHT, **changed((1, 2))), "does not change"),
        (a_delta(SEVEN, EIGHT, **changed((1, 0))), "the root is another one"),
        (a_delta(SEVEN, EIGHT, count=2), "as many bytes as its size says"),
        (a_delta(SEVEN, EIGHT, count=4), "as many bytes as its size says"),
        (a_delta(SEVEN, EIGHT, count=10**9), "more places than there are"),
        (a_delta(SEVEN, EIGHT, count=...), "damaged"),
        (a_delta(SEVEN, EIGHT, size=True), "damaged"),
        (a_delta(SEVEN, EIGHT, changes=7), "damaged|base64url"),
        (a_list(EIGHT, 8), "it is no statuslist-delta"),
    ],
)  # fmt: skip
def test_a_delta_that_does_not_fit_leaves_what_is_held(delta: str, why: str) -> None:
    held = lists()
    before = held.take(a_list(SEVEN), now=NOW)
    with pytest.raises(Refused, match=why):
        held.follow([delta], NOW)
    assert held.newest is before
    assert answers(held, 6) == SEVEN


def test_of_several_deltas_all_fit_or_none_is_taken() -> None:
    held = lists()
    held.take(a_list(SEVEN), now=NOW)
    with pytest.raises(Refused):
        held.follow([a_delta(SEVEN, EIGHT), a_delta(SEVEN, EIGHT)], NOW)
    assert answers(held, 6) == SEVEN
    with pytest.raises(Refused, match="no list is held"):
        lists().follow([a_delta(SEVEN, EIGHT)], NOW)


# altered --------------------------------------------------------------------------------------------------------------


def test_no_character_of_a_list_or_a_delta_can_be_another() -> None:
    held = read_list(a_list(SEVEN), keys(), NOW)
    read: list[tuple[str, Callable[[str], Any]]] = [
        (a_list(SEVEN), lambda token: read_list(token, keys(), NOW)),
        (a_delta(SEVEN, EIGHT), lambda token: apply_delta(held, token, keys(), NOW)),
    ]
    for token, take in read:
        take(token)
        for at, was in enumerate(token):
            for other in {"A", "b", "-", ".", "é"} - {was}:
                with pytest.raises(Refused):
                    take(token[:at] + other + token[at + 1 :])
        for part in (token[:-1], token[1:], token + "A", token + ".", token * 2, "", "..", "a.b.c"):
            with pytest.raises(Refused):
                take(part)


def test_a_stranger_signs_in_vain() -> None:
    claims = json.loads(kit._decoded(a_list(SEVEN).split(".")[1]))
    read_list(signed(claims, LIST), keys(), NOW)
    for token, why in (
        (signed(claims, LIST, by=STRANGER), "the signature does not belong"),
        (signed(claims, LIST, kid="cn-43-1"), "publishes no key"),
        (signed(claims, LIST, kid=None), "publishes no key"),
        (signed(claims, LIST, alg="none"), "it is no statuslist"),
        (signed(claims, LIST, crit=["exp"]), "it is no statuslist"),
        (signed(claims, DELTA), "it is no statuslist"),
        (signed(claims, "standing-certificate+jws"), "it is no statuslist"),
    ):
        with pytest.raises(Refused, match=why):
            read_list(token, keys(), NOW)


def test_a_key_signs_only_while_it_is_in_use() -> None:
    read_list(a_list(SEVEN), keys(nbf=NOW, exp=NOW + 1), NOW)
    for days in ({"nbf": NOW + 1}, {"exp": NOW}):
        with pytest.raises(Refused, match="was not in use"):
            read_list(a_list(SEVEN), keys(**days), NOW)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"root": writing.root(EIGHT)}, "the root is another one"),
        ({"size": 9}, "as many bytes as its size says"),
        ({"size": 4}, "as many bytes as its size says"),
        ({"size": 2**28 + 1}, "more than 268435456 places"),
        ({"size": 6.0}, "damaged"),
        ({"size": -1}, "damaged"),
        ({"size": ...}, "damaged"),
        ({"sequence": "7"}, "damaged"),
        ({"sequence": True}, "damaged"),
        ({"day": ...}, "damaged"),
        ({"exp": ...}, "until when it holds"),
        ({"exp": "tomorrow"}, "until when it holds"),
        ({"iat": True}, "until when it holds"),
        ({"status_list": {"bits": 1, "lst": deflated(packed(SEVEN))}}, "two bits"),
        ({"status_list": {"bits": 2, "lst": b64(packed(SEVEN))}}, "cannot be unpacked"),
        ({"status_list": {"bits": 2, "lst": deflated(packed(SEVEN))[:-2]}}, "base64url|as many bytes"),
        ({"status_list": {"bits": 2, "lst": b64(zlib.compress(packed(SEVEN)) + b"more")}}, "as many bytes"),
        ({"status_list": {"bits": 2}}, "damaged"),
        ({"status_list": []}, "damaged"),
    ],
)  # fmt: skip
def test_what_is_signed_and_is_no_list_is_refused(more: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        read_list(a_list(SEVEN, **more), keys(), NOW)


def test_nothing_is_said_of_places_beyond_the_end() -> None:
    with pytest.raises(Refused, match="beyond its end"):
        read_list(a_list(EIGHT, size=6), keys(), NOW)


def test_a_bomb_is_not_unpacked() -> None:
    bomb: dict[str, Any] = {"status_list": {"bits": 2, "lst": deflated(bytes(200_000_000))}}
    code = "import resource, sys; from tests.offline.test_verifier import explode; explode(sys.stdin.read())"
    limited = "import resource; resource.setrlimit(resource.RLIMIT_DATA, (160_000_000,) * 2);" + code
    done = subprocess.run(
        [sys.executable, "-c", limited], input=a_list(SEVEN, **bomb), text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "refused"), done.stderr


def explode(token: str) -> None:
    """In a process that has no room for what would come out."""
    try:
        read_list(token, keys(), NOW)
    except Refused:
        print("refused", end="")


# one file -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(FILE.parent.glob("verify_*.py")), ids=lambda file: file.stem)
def test_it_is_one_file_for_an_old_python_and_one_package(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"), feature_version=(3, 9))
    named = {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    named |= {name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names}
    assert {each.partition(".")[0] for each in named} - sys.stdlib_module_names == {"cryptography"}
    assert "import UTC" not in file.read_text("utf-8"), "datetime.UTC came with 3.11"


def test_from_a_shell_it_answers_refuses_and_remembers(tmp_path: Path) -> None:
    (tmp_path / "kit.py").write_bytes(FILE.read_bytes())
    written = {"keys.json": json.dumps(keys()), "7.jwt": a_list(SEVEN), "8.jwt": a_delta(SEVEN, EIGHT)}
    for name, text in written.items():
        (tmp_path / name).write_text(text + "\n", "utf-8")
    common = ["--keys", "keys.json", "--list", "7.jwt", "--memory", "seen.json", "--now", str(NOW)]

    def asked(*more: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "kit.py", *common, *more]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, (done.stdout + done.stderr).strip()

    place = ("--place", "1", "--day")
    assert asked(*place, DAY) == (0, "suspended")
    assert asked("--delta", "8.jwt", *place, DAY) == (0, "normal")
    assert asked(*place, DAY) == (1, "REFUSED: list 7 is older than list 8, which was seen already.")
    assert asked("--delta", "8.jwt", *place, "2026-11-29") == (1, "REFUSED: no list about 2026-11-29 is held.")
    code, told = asked("--delta", "8.jwt")
    assert (code, json.loads(told)["sequence"]) == (0, 8)
    assert asked("--delta", "9.jwt")[0] == asked("--place", "1")[0] == 2


def test_codes_are_those_of_the_form() -> None:
    assert [CODES[status] for status in STATUSES] == [0, 1, 2, 3]
