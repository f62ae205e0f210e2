"""Anybody can draw again what was published, and sees the first thing that was tampered with."""

from __future__ import annotations

import io
import json
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from appeals.rules import verify as program
from appeals.rules.digests import pool_digest
from appeals.rules.draw_file import DrawFile, parse, write
from appeals.rules.pool import InvalidDraw
from appeals.rules.verify import NotVerified, Published, confirm, main
from tests.appeals.stories import file_of, pool_of, seed, town_case, town_pool

Json = dict[str, Any]
Steps = tuple[str | int, ...]

FILE = file_of(town_pool(), town_case())
TEXT = write(FILE)
PUBLISHED = Published(FILE.commitment, FILE.result.pool_digest, FILE.result.case_digest)
OTHER_HASH = "0" * 64


@pytest.fixture
def draw_json(tmp_path: Path) -> Path:
    file = tmp_path / "draw.json"
    file.write_text(TEXT, "utf-8")
    return file


def difference(change: Callable[[Json], object], published: Published = PUBLISHED) -> str:
    told = json.loads(TEXT)
    change(told)
    with pytest.raises(NotVerified) as error:
        list(confirm(parse(json.dumps(told).encode()), published))
    return str(error.value)


def leaves(value: Any, path: Steps = ()) -> Iterator[Steps]:
    if isinstance(value, dict | list):
        yield path
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[step], (*path, step))
    else:
        yield path


def another(value: Any) -> Any:
    """Something of the same shape that says something else."""
    match value:
        case dict():
            return {}
        case list():
            return [*value[1:], "further"] if value and isinstance(value[0], str) else value[1:] or [{}]
        case int():
            return value + 1
        case None:
            return "2030-01-01"
        case _:
            return value[:-1] + ("1" if value[-1] != "1" else "2")


def replaced(path: Steps) -> bytes:
    told = json.loads(TEXT)
    inside = told
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = another(inside[path[-1]])
    return json.dumps(told).encode()


def verified(content: bytes) -> DrawFile | None:
    try:
        file = parse(content)
        list(confirm(file, Published()))
    except (InvalidDraw, NotVerified):
        return None
    return file


def test_everything_that_holds_is_said_in_words() -> None:
    said = list(confirm(FILE, PUBLISHED))
    assert said == [
        "The commitment fits the seed.",
        "The digest fits the pool of 12 experts.",
        "The digest fits the case case-1 with its 3 seats.",
        "The commitment is the one published.",
        "The digest of the pool is the one published.",
        "The digest of the case is the one published.",
        "Excluded: qin (other specialty, unavailable).",
        "Excluded: song (same institution now).",
        "Excluded: tang (same institution recently).",
        "Excluded: wu (declared conflict).",
        "Excluded: xu (part in the case).",
        "The middle load of the 7 experts who can sit is 2.",
        *[line for line in said if line.startswith("Drawn as number")],
        "The panel is the one drawn: chen, han, ma.",
        "The reserves are those drawn, in this order: fang, guo, jia, liu.",
    ]
    assert said[12] == (
        "Drawn as number 1: chen, load 2, with ticket 2 of 8: "
        "034f58a9b60a2729b07f64775fffb7af733daf81cca81e623bf81ec7e284b1e1."
    )


def test_what_the_reader_does_not_know_is_left_to_be_compared() -> None:
    said = list(confirm(FILE, Published(commitment=FILE.commitment)))
    assert "The commitment is the one published." in said
    digest = FILE.result.pool_digest
    assert f"To be compared with what was published before the seed: the digest of the pool {digest}." in said


def test_a_draw_without_reserves_is_verified() -> None:
    assert "in this order: nobody at all." in list(confirm(file_of(pool_of(0, 0, 0)), Published()))[-1]


@pytest.mark.parametrize("path", list(leaves(json.loads(TEXT)))[1:], ids=lambda path: ".".join(map(str, path)))
def test_no_field_can_be_tampered_with(path: Steps) -> None:
    assert verified(replaced(path)) is None


@pytest.mark.parametrize("flip", [0x01, 0x10])
def test_no_byte_can_be_tampered_with(flip: int) -> None:
    content = TEXT.encode()
    for place, byte in enumerate(content):
        assert verified(content[:place] + bytes([byte ^ flip]) + content[place + 1 :]) is None, place


@settings(deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.integers(0, 8), st.binary(max_size=8))
def test_whatever_is_written_over_the_file_it_is_noticed_or_says_the_same(place: int, cut: int, new: bytes) -> None:
    content = TEXT.encode()
    assert verified(content[:place] + new + content[place + cut :]) in (None, FILE)


def test_another_seed_does_not_fit_the_commitment() -> None:
    said = difference(lambda told: told.update(seed=seed(2).hex()))
    assert said.startswith(f"Not as drawn: the commitment to the seed. The file says: {FILE.commitment}. It must be: ")


def test_an_expert_slipped_in_after_the_freezing_does_not_fit_the_digest() -> None:
    said = difference(lambda told: told["pool"].append({**told["pool"][6], "id": "friend"}))
    assert said.startswith(f"Not as drawn: the digest of the pool. The file says: {FILE.result.pool_digest}.")


def test_another_day_does_not_fit_the_digest_of_the_case() -> None:
    said = difference(lambda told: told["case"].update(day="2026-03-11"))
    assert said.startswith(f"Not as drawn: the digest of the case. The file says: {FILE.result.case_digest}.")


def test_a_whole_file_made_up_afterwards_is_caught_by_what_was_published() -> None:
    forged = file_of([*town_pool()[:-1]], town_case())
    with pytest.raises(NotVerified) as error:
        list(confirm(forged, PUBLISHED))
    was, now = FILE.result.pool_digest, forged.result.pool_digest
    assert str(error.value) == f"Not as published: the digest of the pool. Published was: {was}. The file says: {now}."


@pytest.mark.parametrize(
    ("field", "what"),
    [("commitment", "commitment"), ("pool_digest", "digest of the pool"), ("case_digest", "digest of the case")],
)
def test_each_published_value_is_compared(field: str, what: str) -> None:
    with pytest.raises(NotVerified, match=f"Not as published: the {what}"):
        list(confirm(FILE, PUBLISHED._replace(**{field: OTHER_HASH})))


def test_an_exclusion_that_does_not_hold_is_named() -> None:
    said = difference(lambda told: told["result"]["excluded"][1].update(reasons=["unavailable"]))
    assert said == (
        "Not as drawn: the next exclusion. The file says: song (unavailable). It must be: song (same institution now)."
    )


def test_an_exclusion_that_is_kept_silent_is_named() -> None:
    said = difference(lambda told: told["result"]["excluded"].pop())
    assert said.endswith("The file says: nobody further. It must be: xu (part in the case).")


def test_a_changed_transcript_is_named() -> None:
    said = difference(lambda told: told["result"].update(middle_load=3))
    assert said == "Not as drawn: the middle load. The file says: 3. It must be: 2."
    said = difference(lambda told: told["result"]["drawn"][1].update(tickets=64))
    assert said.startswith(
        "Not as drawn: number 2 in the order of drawing. The file says: han, load 4, with ticket 1 of 64: "
    )
    said = difference(lambda told: told["result"]["drawn"].pop())
    assert said.startswith(
        "Not as drawn: number 7 in the order of drawing. The file says: nobody further. It must be: liu"
    )


def test_another_panel_is_named() -> None:
    said = difference(lambda told: told["result"].update(panel=["chen", "fang", "ma"]))
    assert said == "Not as drawn: the panel. The file says: chen, fang, ma. It must be: chen, han, ma."


def test_other_reserves_are_named() -> None:
    said = difference(lambda told: told["result"].update(reserves=[]))
    assert said == (
        "Not as drawn: the list of reserves. The file says: nobody at all. It must be: fang, guo, jia, liu."
    )


def test_a_panel_that_nobody_could_have_drawn_is_named() -> None:
    two = tuple(town_pool()[:2])
    made_up = replace(FILE, pool=two, result=replace(FILE.result, pool_digest=pool_digest(two)))
    with pytest.raises(NotVerified, match=r"Nobody could have drawn this: The panel has 3 seats and 2 of the experts"):
        list(confirm(made_up, Published()))


def test_the_program_says_that_all_is_well(draw_json: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(draw_json)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "The commitment fits the seed."
    assert said[-1] == "Verified: everything in the file is as the lottery gives it."


def test_the_program_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert main(["-"]) == 0


def test_the_program_stops_at_the_first_difference(draw_json: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_json.write_text(TEXT.replace('"size": 3', '"size": 5'), "utf-8")
    assert main([str(draw_json)]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "The digest fits the pool of 12 experts."
    assert said.err.startswith("Not as drawn: the digest of the case.")


def test_the_program_names_a_field_that_is_wrong(draw_json: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_json.write_text(TEXT.replace('"size": 3', '"size": "三"'), "utf-8")
    assert main([str(draw_json)]) == 1
    assert capsys.readouterr().err == 'size = "\\u4e09": must be a whole number\n'


def test_a_long_value_is_shortened(draw_json: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_json.write_text("x" * 500, "utf-8")
    assert main([str(draw_json)]) == 1
    assert capsys.readouterr().err == f'file = "{"x" * 119}…: is not JSON: Expecting value: line 1 column 1 (char 0)\n'


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "Give either a file (- for standard input) or --simulate CASES.\n"),
        (["a.json", "--simulate", "3"], "Give either a file (- for standard input) or --simulate CASES.\n"),
        (["a.json", "--seed", "1"], "--seed belongs to --simulate; the seed of a draw stands in its file.\n"),
        (["a.json"], "a.json cannot be read: No such file or directory\n"),
        (["--simulate", "0"], "--simulate 0: give at least 1 case.\n"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert capsys.readouterr().err == error


def test_the_module_is_a_program(draw_json: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["verify", str(draw_json)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(program.__file__, run_name="__main__")
    assert end.value.code == 0


def test_the_program_needs_nothing_but_the_standard_library(draw_json: Path) -> None:
    command = [sys.executable, "-I", "-S", "-c", BARE, str(draw_json)]
    root = Path(program.__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


BARE = "import sys; sys.path.insert(0, '.'); from appeals.rules.verify import main; sys.exit(main(sys.argv[1:]))"


def test_the_command_verifies_against_what_was_published(draw_json: Path) -> None:
    out = io.StringIO()
    options = dict(zip(Published._fields, PUBLISHED, strict=True))
    call_command("verify_draw", str(draw_json), stdout=out, **options)
    assert "The digest of the pool is the one published.\n" in out.getvalue()
    assert out.getvalue().endswith("Verified: everything in the file is as the lottery gives it.\n")


def test_the_command_fails_with_the_first_difference(draw_json: Path) -> None:
    with pytest.raises(CommandError, match="Not as published: the commitment") as error:
        call_command("verify_draw", str(draw_json), commitment=OTHER_HASH, stdout=io.StringIO())
    assert error.value.returncode == 1
