"""Replays histories, one JSON object a line, without a database: a line in, a line out.

Also a program of its own: `python -m registry.rules.replay FILE.jsonl|- [--explain]`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from registry.rules.compute import Standing, standing
from registry.rules.course import Step
from registry.rules.facts import InvalidHistory
from registry.rules.history import parse_line, parse_question
from registry.rules.periods import TERMINATION, Period
from registry.rules.policy import Policies, load_policies

DESCRIPTION = "Computes the standing of each history in a file of JSON lines. Needs no database."
FILE_HELP = "file of JSON lines, or - for standard input"
EXPLAIN_HELP = "add the steps: what each fact did, and by which provision"

UNWRITABLE = "the answers cannot be written"
READER_LEFT = 128 + 13  # what a shell says of a program that SIGPIPE has ended
_LONGEST_VALUE = 120


class Output(Protocol):
    """Anything that text can be written to."""

    def write(self, text: str, /) -> object:
        """Write the text."""


class Unreadable(Exception):
    """The file, or standard input, cannot be read; the message says why."""


class Count(NamedTuple):
    """How many lines were read, and how many of them were no valid history."""

    lines: int
    invalid: int

    def __str__(self) -> str:
        return f"{self.invalid} of {self.lines} lines are no valid history"


class Replayed(NamedTuple):
    """What one line gives: an answer, or an error that names line, field and value."""

    output: dict[str, Any]
    valid: bool


def replay(lines: Iterable[bytes], policies: Policies, *, explain: bool = False) -> Iterator[Replayed]:
    """The answer to each line. A line that is no valid history gives an error and the run goes on."""
    for number, line in enumerate(lines, start=1):
        yield replay_line(line, number, policies, explain=explain)


def replay_line(line: bytes, number: int, policies: Policies, *, explain: bool = False) -> Replayed:
    """The answer to one line of UTF-8; `number` is its place in the file, from 1."""
    name = None
    try:
        source = parse_line(_decoded(line))
        name = _echo(source.get("id"))
        question = parse_question(source, policies.for_entries)
    except InvalidHistory as error:
        return Replayed({"id": name, "error": _sentence(number, error)}, valid=False)
    answer = standing(question.facts, question.on, policies, known=question.known)
    output = {"id": question.id, **as_json(answer)}
    if explain:
        output["steps"] = [step_as_json(step) for step in answer.steps]
    return Replayed(output, valid=True)


def replay_into(out: Output, lines: Iterable[bytes], *, explain: bool = False) -> Count:
    """Write one line of JSON for each line, by the policies as shipped."""
    lines_read = invalid = 0
    for output, valid in replay(lines, load_policies(), explain=explain):
        lines_read += 1
        invalid += not valid
        out.write(json.dumps(output) + "\n")
    return Count(lines_read, invalid)


def as_json(answer: Standing) -> dict[str, Any]:
    """The standing with days as ISO texts, without the day asked and the steps."""
    return {
        "status": answer.status,
        "until": _iso(answer.until),
        "points": answer.points,
        "points_raw": answer.points_raw,
        "may_reregister": answer.may_reregister,
        "changes_on": _iso(answer.changes_on),
        "periods": [period_as_json(period) for period in answer.periods],
        "errors": list(answer.errors),
    }


def period_as_json(period: Period) -> dict[str, Any]:
    """A period with its days as ISO texts; only a termination has `barred_until`."""
    bar = {"barred_until": _iso(period.barred_until)} if period.kind == TERMINATION else {}
    edges = {"kind": period.kind, "from": _iso(period.from_), "until": _iso(period.until)}
    return {**edges, **bar, "because": list(period.because)}


def step_as_json(step: Step) -> dict[str, Any]:
    """A step with its days as ISO texts."""
    return {
        key.rstrip("_"): value.isoformat() if isinstance(value, date) else value
        for key, value in step._asdict().items()
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidHistory("line", repr(line), f"is not UTF-8: {error.reason} at byte {error.start}") from error


def _echo(name: object) -> object:
    return name if isinstance(name, str | int) and not isinstance(name, bool) else None


def _sentence(number: int, error: InvalidHistory) -> str:
    value = json.dumps(error.value, ensure_ascii=False, default=str)
    if len(value) > _LONGEST_VALUE:
        value = value[:_LONGEST_VALUE] + "…"
    return f"line {number}: {error.field} = {value}: {error.reason}"


def main(arguments: list[str] | None = None) -> int:
    """Run as a program. Returns 1 if any line was no valid history, else 0."""
    parser = argparse.ArgumentParser(prog="replay", description=DESCRIPTION)
    parser.add_argument("file", help=FILE_HELP)
    parser.add_argument("--explain", action="store_true", help=EXPLAIN_HELP)
    options = parser.parse_args(arguments)
    try:
        count = replay_file(options.file, sys.stdout, explain=options.explain)
        sys.stdout.flush()
    except Unreadable as unreadable:
        parser.error(str(unreadable))
    except BrokenPipeError:
        stop_writing()
        return READER_LEFT
    except OSError as error:
        stop_writing()
        parser.error(f"{UNWRITABLE}: {error.strerror}")
    if count.invalid:
        sys.stderr.write(f"{count}\n")
    return 1 if count.invalid else 0


def replay_file(name: str, out: Output, *, explain: bool) -> Count:
    """Replay a file, or standard input where the name is `-`.

    Raises `Unreadable` where it cannot be read, and `OSError` where the answers cannot be written.
    """
    return replay_into(out, _lines(name), explain=explain)


def stop_writing() -> None:
    """Standard output takes nothing more: what is still buffered for it must not fail once more at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lines(name: str) -> Iterator[bytes]:
    try:
        if name != "-":
            with Path(name).open("rb") as lines:
                yield from lines
        elif sys.stdin is None:
            raise Unreadable(f"{name} cannot be read: standard input is closed")
        else:
            yield from sys.stdin.buffer
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
