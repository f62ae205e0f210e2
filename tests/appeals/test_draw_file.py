"""draw.json is read strictly: what is wrong is named by field, value and reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from appeals.rules.draw_file import parse, write
from appeals.rules.exclusions import REASONS
from appeals.rules.pool import InvalidDraw
from tests.appeals.stories import file_of, town_case, town_pool

Json = dict[str, Any]


def source() -> Json:
    told: Json = json.loads(write(file_of(town_pool(), town_case())))
    return told


def refused(content: bytes) -> InvalidDraw:
    with pytest.raises(InvalidDraw) as error:
        parse(content)
    return error.value


def refused_with(change: Callable[[Json], object]) -> tuple[str, object, str]:
    changed = source()
    change(changed)
    error = refused(json.dumps(changed).encode())
    return error.field, error.value, error.reason


def test_what_is_written_is_read_again() -> None:
    file = file_of(town_pool(), town_case())
    assert parse(write(file).encode()) == file
    assert parse(b"\xef\xbb\xbf" + write(file).encode()) == file


def test_a_file_says_what_it_is_in_a_fixed_order() -> None:
    fields = ["lottery", "commitment", "seed", "pool", "case", "size", "years_apart", "result"]
    assert list(source()) == fields
    assert write(file_of(town_pool()[::-1], town_case())) == write(file_of(town_pool(), town_case()))


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refused(b'{"a": "\xff"}').reason == "is not UTF-8: invalid start byte at byte 7"


@pytest.mark.parametrize("content", [b"", b"no", b"[" * 100_000, b"9" * 5_000])
def test_a_text_that_is_not_json_is_refused(content: bytes) -> None:
    error = refused(content)
    assert error.field == "file"
    assert error.reason.startswith("is not JSON: ")


def test_a_list_is_no_draw() -> None:
    error = refused(b"[]")
    assert (error.field, error.value, error.reason) == ("file", [], "must be an object")


def test_nothing_may_be_said_twice() -> None:
    error = refused(b'{"size": 3, "size": 5}')
    assert (error.field, error.value, error.reason) == ("size", 5, "is there twice in one object")


@pytest.mark.parametrize("field", list(source()))
def test_no_field_may_be_missing(field: str) -> None:
    assert refused_with(lambda told: told.pop(field)) == (field, None, "is missing")


@pytest.mark.parametrize("field", list(source()["result"]))
def test_no_part_of_the_result_may_be_missing(field: str) -> None:
    assert refused_with(lambda told: told["result"].pop(field)) == (f"result.{field}", None, "is missing")


def test_no_field_may_be_added() -> None:
    field, value, reason = refused_with(lambda told: told["pool"][1].update(name="Dr Fang"))
    assert (field, value) == ("pool[1].name", "Dr Fang")
    assert reason == "no such field; there are: id, specialties, institutions, available, load, conflicts"


@pytest.mark.parametrize(
    ("change", "field", "value", "reason"),
    [
        (lambda told: told.update(lottery="panel-draw-2"), "lottery", "panel-draw-2", "must be one of: panel-draw-1"),
        (lambda told: told.update(lottery=[]), "lottery", [], "must be one of: panel-draw-1"),
        (lambda told: told.update(seed="00"), "seed", "00", "must be 64 lower-case hexadecimal digits"),
        (lambda told: told.update(seed="A" * 64), "seed", "A" * 64, "must be 64 lower-case hexadecimal digits"),
        (lambda told: told.update(commitment=1), "commitment", 1, "must be 64 lower-case hexadecimal digits"),
        (lambda told: told.update(size=True), "size", True, "must be a whole number"),
        (lambda told: told.update(size=3.0), "size", 3.0, "must be a whole number"),
        (lambda told: told.update(size=4), "size", 4, "must be one of: 3, 5"),
        (lambda told: told.update(years_apart="3"), "years_apart", "3", "must be a whole number"),
        (lambda told: told.update(pool={}), "pool", {}, "must be a list"),
        (lambda told: told["pool"].append(7), "pool[12]", 7, "must be an object"),
        (lambda told: told["pool"].append(told["pool"][2]), "pool[12].id", "guo", "pool[2] has the same id"),
        (lambda told: told["pool"][0].update(id=7), "pool[0].id", 7, "must be a text"),
        (
            lambda told: told["pool"][2]["specialties"].append("imaging"),
            "pool[2].specialties[2]",
            "imaging",
            "is there twice",
        ),
        (lambda told: told["case"].update(day="2026-3-10"), "case.day", "2026-3-10", "must be a day, as in 2026-03-10"),
        (lambda told: told["case"].update(day="2026-02-29"), "case.day", "2026-02-29", "is no day of the calendar"),
        (lambda told: told["case"].update(day=None), "case.day", None, "must be a day, as in 2026-03-10"),
        (
            lambda told: told["pool"][0]["institutions"][1].update(until=0),
            "pool[0].institutions[1].until",
            0,
            "must be a day, as in 2026-03-10",
        ),
        (
            lambda told: told["result"]["excluded"][0]["reasons"].append("too_old"),
            "result.excluded[0].reasons[2]",
            "too_old",
            f"must be one of: {', '.join(REASONS)}",
        ),
        (
            lambda told: told["result"]["panel"].append("\ud800"),
            "result.panel[3]",
            "\ud800",
            "must be 1 to 64 letters, digits and . _ : / - of ASCII",
        ),
    ],
)
def test_what_is_wrong_is_named(change: Callable[[Json], object], field: str, value: object, reason: str) -> None:
    assert refused_with(change) == (field, value, reason)
