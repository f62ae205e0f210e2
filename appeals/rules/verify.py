"""Makes a published draw again and says in words whether it is the one published. Needs no database.

Also a program of its own: `python -m appeals.rules.verify FILE|-`, or `--simulate CASES`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from appeals.rules import simulate
from appeals.rules.digests import case_digest, pool_digest
from appeals.rules.draw import Drawn, Result, TooFewExperts, commitment_to, draw
from appeals.rules.draw_file import DrawFile, parse
from appeals.rules.exclusions import Excluded
from appeals.rules.pool import InvalidDraw

DESCRIPTION = (
    "Draw the panel of a draw.json again and tell whether everything in it is as the lottery gives it; exit code 1 "
    "with the first difference. With --simulate, tell how evenly the lottery spreads the work. Needs no database."
)
OPTIONS: dict[str, dict[str, Any]] = {
    "--commitment": {"metavar": "HEX", "help": "the commitment as it was published, to be compared"},
    "--pool-digest": {"metavar": "HEX", "help": "the digest of the pool as it was published, to be compared"},
    "--case-digest": {"metavar": "HEX", "help": "the digest of the case as it was published, to be compared"},
    "--simulate": {"type": int, "metavar": "CASES", "help": "draw so many invented cases one after the other"},
    "--experts": {"type": int, "metavar": "N", "help": f"size of the invented pool; default: {simulate.EXPERTS}"},
    "--seed": {"metavar": "S", "help": f"any text that the invented draws follow from; default: {simulate.SEED}"},
}
FILE_HELP = "a draw.json, or - for standard input"

_LONGEST_VALUE = 120
_PUBLISHED = ("commitment", "digest of the pool", "digest of the case")
_OF_SIMULATION = ("experts", "seed")

_Told = TypeVar("_Told")


class Output(Protocol):
    """Anything that text can be written to."""

    def write(self, text: str, /) -> object:
        """Write the text."""


class NotVerified(Exception):
    """The draw is not as it should be, or there is none to look at; the message is a sentence that says why."""


class Published(NamedTuple):
    """What was published before the seed, as far as the reader knows it."""

    commitment: str | None = None
    pool_digest: str | None = None
    case_digest: str | None = None


def confirm(file: DrawFile, published: Published) -> Iterator[str]:
    """Say one thing after the other that holds. Raises `NotVerified` at the first that does not."""
    told = file.result
    _same("the commitment to the seed", file.commitment, commitment_to(file.seed))
    yield "The commitment fits the seed."
    _same("the digest of the pool", told.pool_digest, pool_digest(file.pool))
    yield f"The digest fits the pool of {len(file.pool)} experts."
    _same("the digest of the case", told.case_digest, case_digest(file.case, file.terms))
    yield f"The digest fits the case {file.case.id} with its {file.terms.size} seats."
    yield from _confirm_published(published, Published(file.commitment, told.pool_digest, told.case_digest))
    found = _drawn_again(file)
    yield from _confirm_exclusions(told.excluded, found.excluded)
    yield from _confirm_order(told, found)
    _same("the panel", told.panel, found.panel, _listed)
    yield f"The panel is the one drawn: {_listed(found.panel)}."
    _same("the list of reserves", told.reserves, found.reserves, _listed)
    yield f"The reserves are those drawn, in this order: {_listed(found.reserves)}."


def _confirm_published(published: Published, told: Published) -> Iterator[str]:
    for what, before, now in zip(_PUBLISHED, published, told, strict=True):
        if before is None:
            yield f"To be compared with what was published before the seed: the {what} {now}."
        else:
            if before != now:
                raise NotVerified(f"Not as published: the {what}. Published was: {before}. The file says: {now}.")
            yield f"The {what} is the one published."


def _drawn_again(file: DrawFile) -> Result:
    try:
        return draw(commitment=file.commitment, seed=file.seed, pool=file.pool, case=file.case, terms=file.terms)
    except TooFewExperts as error:
        raise NotVerified(f"Nobody could have drawn this: {error}") from error


def _confirm_exclusions(told: Iterable[Excluded], found: Iterable[Excluded]) -> Iterator[str]:
    for recorded, holds in zip_longest(told, found):
        _same("the next exclusion", recorded, holds, _reasons)
        yield f"Excluded: {_reasons(holds)}."


def _confirm_order(told: Result, found: Result) -> Iterator[str]:
    _same("the middle load", told.middle_load, found.middle_load)
    yield f"The middle load of the {len(found.drawn)} experts who can sit is {found.middle_load}."
    for place, (recorded, drawn) in enumerate(zip_longest(told.drawn, found.drawn), start=1):
        _same(f"number {place} in the order of drawing", recorded, drawn, _lot)
        yield f"Drawn as number {place}: {_lot(drawn)}."


def _same(what: str, told: _Told, found: _Told, in_words: Callable[[_Told], str] = str) -> None:
    if told != found:
        words = f"The file says: {in_words(told)}. It must be: {in_words(found)}."
        raise NotVerified(f"Not as drawn: {what}. {words}")


def _reasons(excluded: Excluded | None) -> str:
    if excluded is None:
        return "nobody further"
    return f"{excluded.expert} ({', '.join(reason.replace('_', ' ') for reason in excluded.reasons)})"


def _lot(drawn: Drawn | None) -> str:
    if drawn is None:
        return "nobody further"
    return f"{drawn.expert}, load {drawn.load}, with ticket {drawn.ticket} of {drawn.tickets}: {drawn.number}"


def _listed(experts: Sequence[str]) -> str:
    return ", ".join(experts) or "nobody at all"


def verify_file(name: str, published: Published, out: Output) -> None:
    """Verify a file, or standard input where the name is `-`. Raises `NotVerified`."""
    verify_content(_content(name), published, out)


def verify_content(content: bytes, published: Published, out: Output) -> None:
    """Verify the bytes of a draw.json. Raises `NotVerified`."""
    try:
        file = parse(content)
    except InvalidDraw as error:
        raise NotVerified(f"{error.field} = {_shown(error.value)}: {error.reason}") from error
    for sentence in confirm(file, published):
        out.write(f"{sentence}\n")
    out.write("Verified: everything in the file is as the lottery gives it.\n")


def _content(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise NotVerified(f"{name} cannot be read: {error.strerror}") from error


def run(out: Output, *, file: str | None, simulated: int | None, **options: Any) -> None:
    """Do what was asked; the options are those of the command line. Raises `NotVerified`."""
    known = {name: options[name] for name in _OF_SIMULATION if options[name] is not None}
    if file is None and simulated is not None:
        _simulate(out, simulated, **known)
    elif file is None or simulated is not None:
        raise NotVerified("Give either a file (- for standard input) or --simulate CASES.")
    elif known:
        raise NotVerified(f"--{next(iter(known))} belongs to --simulate; the seed of a draw stands in its file.")
    else:
        verify_file(file, Published(*(options[field] for field in Published._fields)), out)


def _simulate(out: Output, cases: int, **known: Any) -> None:
    if cases < 1:
        raise NotVerified(f"--simulate {cases}: give at least 1 case.")
    try:
        for line in simulate.report(cases, **known):
            out.write(f"{line}\n")
    except TooFewExperts as error:
        raise NotVerified(f"--experts: {error}") from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the program and of the command."""
    parser.add_argument("file", nargs="?", help=FILE_HELP)
    for option, meaning in OPTIONS.items():
        parser.add_argument(option, **meaning)


def main(arguments: list[str] | None = None) -> int:
    """Run as a program. Returns 1 with the first difference on standard error, else 0."""
    parser = argparse.ArgumentParser(prog="verify", description=DESCRIPTION)
    add_arguments(parser)
    options = vars(parser.parse_args(arguments))
    try:
        run(sys.stdout, simulated=options.pop("simulate"), **options)
    except NotVerified as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


if __name__ == "__main__":
    sys.exit(main())
