"""The replay contract: a line in, a line out, and every invalid line named by line, field and value."""

from __future__ import annotations

import io
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from registry.rules import replay as program
from registry.rules.replay import main, replay, replay_line
from tests.rules.stories import POLICIES

Json = dict[str, Any]

KEYS = ["id", "status", "until", "points", "points_raw", "may_reregister", "changes_on", "periods", "errors"]


def fact(seq: int = 1, kind: str = "points_scored", on: str = "2025-03-10", **fields: Any) -> Json:
    common = {"id": f"f{seq}", "seq": seq, "kind": kind, "effective_on": on, "recorded_at": f"{on}T09:00:00+08:00"}
    own = {"points": 9, "counted_on": on, "policy": "cn-2025"} if kind == "points_scored" else {}
    return {**common, **own, **fields}


def history(*facts: Any, **fields: Any) -> Json:
    return {"id": "h1", "facts": list(facts), "on": "2025-04-01", **fields}


def answer(source: Any, *, explain: bool = False) -> Json:
    return replay_line(json.dumps(source).encode(), 1, POLICIES, explain=explain).output


def error(source: Any) -> str:
    output = answer(source)
    assert set(output) == {"id", "error"}
    return str(output["error"])


def without(source: Json, name: str) -> Json:
    return {key: value for key, value in source.items() if key != name}


def test_a_suspension_with_exactly_the_keys_of_the_contract() -> None:
    output = answer(history(fact()))
    assert list(output) == KEYS
    assert output == {
        "id": "h1",
        "status": "suspended",
        "until": "2025-05-10",
        "points": 9,
        "points_raw": 9,
        "may_reregister": False,
        "changes_on": "2025-05-10",
        "periods": [{"kind": "suspension", "from": "2025-03-10", "until": "2025-05-10", "because": ["f1"]}],
        "errors": [],
    }


def test_a_termination_with_exactly_the_keys_of_the_contract() -> None:
    output = answer(history(fact(points=12), fact(2, "reregistered"), on="2030-01-01"))
    assert (output["status"], output["until"], output["changes_on"]) == ("terminated", "2028-03-10", None)
    assert (output["may_reregister"], output["errors"]) == (True, ["f2"])
    assert output["periods"] == [
        {"kind": "termination", "from": "2025-03-10", "until": None, "barred_until": "2028-03-10", "because": ["f1"]}
    ]


def test_periods_come_by_their_first_day() -> None:
    facts = [fact(points=10), fact(2, on="2025-05-01", points=2), fact(3, "reregistered", "2026-05-01")]
    output = answer(history(*facts, fact(4, on="2026-06-01"), on="2026-06-01"))
    edges = [(period["kind"], period["from"], period["until"]) for period in output["periods"]]
    assert edges == [
        ("suspension", "2025-03-10", "2025-05-01"),
        ("termination", "2025-05-01", "2026-05-01"),
        ("suspension", "2026-06-01", "2026-08-01"),
    ]


def test_an_empty_history_is_a_history() -> None:
    output = answer(history())
    assert (output["status"], output["points"], output["changes_on"], output["periods"]) == ("normal", 0, None, [])


def test_facts_may_be_listed_in_any_order() -> None:
    facts = [fact(), fact(2, "points_relieved", "2025-03-11", points=2), fact(3, on="2025-03-12", points=1)]
    assert answer(history(*facts)) == answer(history(*reversed(facts)))


def test_known_is_inclusive_and_null_means_everything() -> None:
    assert answer(history(fact(), known="2025-03-10T01:00:00Z"))["status"] == "suspended"
    assert answer(history(fact(), known="2025-03-10T00:59:59Z"))["status"] == "normal"
    assert answer(history(fact(), known="2025-03-10T08:59:59.999999+08:00"))["status"] == "normal"
    assert answer(history(fact(), known=None))["status"] == "suspended"


def test_months_may_be_absent_or_null() -> None:
    assert answer(history(fact(months=None))) == answer(history(fact()))
    assert answer(history(fact(months=1)))["until"] == "2025-04-10"
    revised = fact(2, "entry_revised", entry="f1", points=10, months=1)
    assert answer(history(fact(), revised))["until"] == "2025-04-10"
    assert answer(history(fact(), without(revised, "months")))["until"] == "2025-07-10"


def test_fields_that_nobody_asked_for_are_left_alone() -> None:
    assert answer(history(fact(colour="blue", days=0), note=1)) == answer(history(fact()))


def test_nothing_else_is_checked() -> None:
    before_the_scheme = fact(on="2019-03-10", months=6)
    recorded_before = fact(2, "points_relieved", "2025-03-11", points=400, recorded_at="1999-01-01T00:00:00Z")
    assert "error" not in answer(history(before_the_scheme, recorded_before))


def test_a_line_may_be_numbered() -> None:
    assert answer(history(fact(), id=7))["id"] == 7


def test_explained_lines_have_steps() -> None:
    output = answer(history(fact(points=12), fact(2, "points_relieved", points=2)), explain=True)
    assert list(output) == [*KEYS, "steps"]
    assert [(step["id"], step["points"], step["total"], step["caused"]) for step in output["steps"]] == [
        ("f1", 12, 12, "terminated"),
        ("f2", -2, 10, "relieved"),
    ]
    first = output["steps"][0]
    assert (first["on"], first["from"], first["barred_until"]) == ("2025-03-10", "2025-03-10", "2028-03-10")
    assert (first["provision"], first["policy"]) == ("opinion", "cn-2025")
    assert json.loads(json.dumps(output)) == {
        **output,
        "steps": [{**step, "rules": list(step["rules"])} for step in output["steps"]],
    }


COMMON = ["id", "seq", "kind", "effective_on", "recorded_at"]
OWN = {
    "points_scored": ["points", "counted_on", "policy"],
    "entry_annulled": ["entry"],
    "entry_revised": ["entry", "points"],
    "points_relieved": ["points"],
    "period_shortened": ["days"],
    "reregistered": [],
}
EXAMPLES = {
    "points_scored": fact(2),
    "entry_annulled": fact(2, "entry_annulled", entry="f1"),
    "entry_revised": fact(2, "entry_revised", entry="f1", points=3),
    "points_relieved": fact(2, "points_relieved", points=1),
    "period_shortened": fact(2, "period_shortened", days=1),
    "reregistered": fact(2, "reregistered"),
}
FIELDS = [(kind, name) for kind, own in OWN.items() for name in COMMON + own]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_kind_can_be_written(kind: str) -> None:
    assert "error" not in answer(history(fact(), EXAMPLES[kind]))


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_missing_field_is_refused(kind: str, name: str) -> None:
    said = error(history(fact(), without(EXAMPLES[kind], name)))
    assert said == f"line 1: facts[1].{name} = null: is missing"


@pytest.mark.parametrize("wrong", [None, True, 1.0, [], {}])
@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_mistyped_field_is_refused(kind: str, name: str, wrong: object) -> None:
    said = error(history(fact(), {**EXAMPLES[kind], name: wrong}))
    assert said.startswith(f"line 1: facts[1].{name} = {json.dumps(wrong)}: must be ")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"points": 0}, "facts[0].points = 0: an entry has 1 to 12 points"),
        ({"points": 13}, "facts[0].points = 13: an entry has 1 to 12 points"),
        ({"points": "9"}, 'facts[0].points = "9": must be a whole number'),
        ({"months": 0}, "facts[0].months = 0: a suspension takes 1 to 6 months"),
        ({"months": 7}, "facts[0].months = 7: a suspension takes 1 to 6 months"),
        ({"months": True}, "facts[0].months = true: must be a whole number"),
        ({"counted_on": "2025-03-11"}, 'facts[0].counted_on = "2025-03-11": is after effective_on 2025-03-10'),
        ({"policy": "cn-1949"}, 'facts[0].policy = "cn-1949": no policy with this id takes entries'),
        ({"policy": "cn-2023-draft"}, 'facts[0].policy = "cn-2023-draft": no policy with this id takes entries'),
        ({"seq": 0}, "facts[0].seq = 0: the facts are numbered 1 to 1"),
        ({"seq": 2}, "facts[0].seq = 2: the facts are numbered 1 to 1"),
        ({"id": 1}, "facts[0].id = 1: must be a text"),
        ({"kind": "stayed"}, 'facts[0].kind = "stayed": must be one of: points_scored, entry_annulled, '),
        ({"effective_on": "20250310"}, 'facts[0].effective_on = "20250310": must be a day, as in 2025-03-10'),
        ({"effective_on": "2025-W11-1"}, 'facts[0].effective_on = "2025-W11-1": must be a day'),
        ({"effective_on": "2025-3-10"}, 'facts[0].effective_on = "2025-3-10": must be a day'),
        ({"effective_on": "2025-03-10 "}, 'facts[0].effective_on = "2025-03-10 ": must be a day'),
        ({"effective_on": "2025-03-10\n"}, 'facts[0].effective_on = "2025-03-10\\n": must be a day'),
        ({"effective_on": "2025-03-10T00:00:00Z"}, 'facts[0].effective_on = "2025-03-10T00:00:00Z": must be a day'),
        ({"effective_on": "２０２５-03-10"}, 'facts[0].effective_on = "２０２５-03-10": must be a day'),
        ({"effective_on": "2025-02-29"}, 'facts[0].effective_on = "2025-02-29": is no day of the calendar'),
        ({"effective_on": "0000-01-01"}, 'facts[0].effective_on = "0000-01-01": is no day of the calendar'),
        ({"recorded_at": "2025-03-10"}, 'facts[0].recorded_at = "2025-03-10": must be an instant with its offset'),
        ({"recorded_at": "2025-03-10T09:00:00"}, 'facts[0].recorded_at = "2025-03-10T09:00:00": must be an instant'),
        ({"recorded_at": "2025-02-29T09:00:00Z"}, 'facts[0].recorded_at = "2025-02-29T09:00:00Z": is no moment'),
        ({"recorded_at": "2025-03-10T25:00:00Z"}, 'facts[0].recorded_at = "2025-03-10T25:00:00Z": is no moment'),
        ({"recorded_at": 1741568400}, "facts[0].recorded_at = 1741568400: must be an instant with its offset"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(fields: Json, said: str) -> None:
    assert error(history(fact(**fields))).startswith(f"line 1: {said}")


@pytest.mark.parametrize("months", [1, 6])
@pytest.mark.parametrize("points", [1, 12])
def test_the_bounds_themselves_are_fine(points: int, months: int) -> None:
    assert "error" not in answer(history(fact(points=points, months=months)))


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (fact(2, id="f1"), 'facts[1].id = "f1": facts[0] has the same id'),
        (fact(1, id="f2"), "facts[1].seq = 1: another fact has the same number"),
        (fact(3), "facts[1].seq = 3: the facts are numbered 1 to 2"),
        (fact(2, "points_relieved", points=0), "facts[1].points = 0: a relief lowers the year by at least 1 point"),
        (fact(2, "period_shortened", days=0), "facts[1].days = 0: a period is shortened by at least 1 day"),
        (fact(2, "entry_annulled", entry="f9"), 'facts[1].entry = "f9": no points_scored of this history has this id'),
        (fact(2, "entry_annulled", entry="f2"), 'facts[1].entry = "f2": no points_scored of this history has this id'),
        (fact(2, "entry_revised", entry="f9", points=1), 'facts[1].entry = "f9": no points_scored'),
        (fact(2, "entry_revised", entry="f1", points=13), "facts[1].points = 13: an entry has 1 to 12 points"),
        (fact(2, "entry_revised", entry="f1", points=1, months=7), "facts[1].months = 7: a suspension takes"),
        (["f2"], 'facts[1] = ["f2"]: must be an object'),
        (None, "facts[1] = null: must be an object"),
    ],
)
def test_facts_that_do_not_go_together_are_refused(second: Any, said: str) -> None:
    assert error(history(fact(), second)).startswith(f"line 1: {said}")


def test_a_correction_of_a_relief_is_refused() -> None:
    relief, annulment = fact(2, "points_relieved", points=1), fact(3, "entry_annulled", entry="f2")
    assert "facts[2].entry" in error(history(fact(), relief, annulment))


def test_what_is_not_known_yet_is_checked_all_the_same() -> None:
    late = fact(2, points=13, recorded_at="2030-01-01T00:00:00Z")
    assert "facts[1].points = 13" in error(history(fact(), late, known="2025-12-31T00:00:00Z"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (without(history(), "on"), "on = null: is missing"),
        (without(history(), "facts"), "facts = null: is missing"),
        (history(on="1 April"), 'on = "1 April": must be a day, as in 2025-03-10'),
        (history(on=None), "on = null: must be a day, as in 2025-03-10"),
        ({**history(), "facts": {}}, "facts = {}: must be a list"),
        (history(known="2025-04-01"), 'known = "2025-04-01": must be an instant with its offset'),
        (history(known=False), "known = false: must be an instant with its offset"),
    ],
)
def test_a_question_that_cannot_be_is_refused(source: Json, said: str) -> None:
    assert error(source).startswith(f"line 1: {said}")
    assert answer(source)["id"] == "h1"


@pytest.mark.parametrize("name", [None, True, 1.5, ["h1"]])
def test_a_line_without_a_name_is_refused(name: object) -> None:
    output = answer(history(fact(), id=name))
    assert output["id"] is None
    assert output["error"].startswith(f"line 1: id = {json.dumps(name)}: must be a text")
    assert error(without(history(), "id")) == "line 1: id = null: is missing"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", 'line 3: line = "": is not JSON: '),
        (b"\n", 'line 3: line = "": is not JSON: '),
        (b'{"id": "h1"', 'line 3: line = "{\\"id\\": \\"h1\\"": is not JSON: '),
        (b"[1, 2]\n", "line 3: line = [1, 2]: must be an object"),
        (b"7", "line 3: line = 7: must be an object"),
        (b"null", "line 3: line = null: must be an object"),
        (b'{"id": "\xff"}', "line 3: line = "),
        (b"[" * 100_000, "line 3: line = "),
        (b'{"id": ' + b"9" * 5000 + b"}", "line 3: line = "),
    ],
)
def test_a_line_that_is_no_object_is_refused_without_a_name(line: bytes, said: str) -> None:
    output, valid = replay_line(line, 3, POLICIES)
    assert not valid
    assert set(output) == {"id", "error"}
    assert output["id"] is None
    assert output["error"].startswith(said)
    assert len(output["error"]) < 400


def test_bytes_that_are_no_text_are_told_by_their_place() -> None:
    assert "is not UTF-8: invalid start byte at byte 8" in replay_line(b'{"id": "\xff"}', 1, POLICIES).output["error"]


def test_a_byte_order_mark_is_no_error() -> None:
    assert replay_line(b"\xef\xbb\xbf" + json.dumps(history()).encode(), 1, POLICIES).valid


@pytest.mark.parametrize("instant", ["2025-03-10T09:00Z", "2025-03-10t09:00:00z", "2025-03-10 09:00:00.5-11:30"])
def test_instants_may_be_written_so(instant: str) -> None:
    assert "error" not in answer(history(fact(recorded_at=instant)))


def test_instants_at_the_edges_of_the_calendar() -> None:
    first, last = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-12:00"
    assert answer(history(fact(recorded_at=first), known=last))["status"] == "suspended"
    assert answer(history(fact(recorded_at=last), known=first))["status"] == "normal"


def test_the_last_days_of_the_calendar_are_answered() -> None:
    facts = [fact(on="9999-12-31"), fact(2, on="9999-12-31", policy="cn-43-2025"), fact(3, on="9999-12-31", points=12)]
    assert answer(history(*facts, on="9999-12-31"))["status"] == "terminated"
    assert answer(history(*facts, on="0001-01-01"))["changes_on"] == "9999-12-31"


def test_the_run_goes_on_after_an_invalid_line() -> None:
    good, bad = json.dumps(history(fact())).encode(), b"no"
    assert [line.valid for line in replay([good, bad, good], POLICIES)] == [True, False, True]


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "histories.jsonl"
    file.write_text("\n".join(json.dumps(history(fact(), id=name)) for name in ("h1", "人员")) + "\n", "utf-8")
    return file


def test_the_program_answers_a_file(lines: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(lines)]) == 0
    output, errors = capsys.readouterr()
    assert [json.loads(line)["id"] for line in output.splitlines()] == ["h1", "人员"]
    assert "steps" not in output
    assert errors == ""


def test_the_program_explains(lines: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(lines), "--explain"]) == 0
    assert all(json.loads(line)["steps"] for line in capsys.readouterr().out.splitlines())


def test_the_program_fails_at_the_end_when_a_line_was_invalid(lines: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines.write_text("{}\n" + lines.read_text("utf-8"), "utf-8")
    assert main([str(lines)]) == 1
    output, errors = capsys.readouterr()
    assert len(output.splitlines()) == 3
    assert errors == "1 of 3 lines are no valid history\n"


def test_the_program_reads_standard_input(
    lines: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.read_bytes())))
    assert main(["-"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_program_names_a_file_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([str(tmp_path / "absent.jsonl")])
    assert exit_.value.code == 2
    assert "absent.jsonl cannot be read: No such file or directory" in capsys.readouterr().err


def test_the_program_ends_with_its_exit_code(
    lines: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["replay", str(lines)])
    with pytest.raises(SystemExit) as exit_:
        runpy.run_path(program.__file__, run_name="__main__")
    assert exit_.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_law_needs_nothing_but_the_standard_library(lines: Path) -> None:
    root = Path(program.__file__).parents[2]
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(root)!r}); import runpy;"]
    command[-1] += (
        f"sys.argv = ['replay', {str(lines)!r}]; runpy.run_module('registry.rules.replay', run_name='__main__')"
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2
