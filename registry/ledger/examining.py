"""One share of the register, looked at: do its chains hold, and is its projection what its facts say?"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from registry.ledger import chain, shares
from registry.ledger.chain import FactRow
from registry.ledger.families import Person, families
from registry.ledger.projection import Lines, lines
from registry.ledger.reading import history
from registry.ledger.shares import Share
from registry.rules.facts import Fact, InvalidHistory, check_history

NOTHING = Lines([], [])


class Examined(NamedTuple):
    """How many files and facts were looked at, and everything that is not as it must be, one sentence each."""

    files: int
    facts: int
    faults: list[str]


class Wrong(NamedTuple):
    """A file whose projection is not what the facts say: what it should be, of which person, by how many facts."""

    file: int
    should: Lines
    person: Person
    facts: int


class Compared(NamedTuple):
    """How many files and facts were looked at, those that are wrong, and histories that cannot be."""

    files: int
    facts: int
    wrong: list[Wrong]
    broken: list[str]


def examine(share: Share) -> Examined:
    """Chains, histories and projection of the share's files."""
    people = People(share)
    chains = [f"file {file}: {each}" for file, rows in people.rows.items() for each in chain.broken_links(rows)]
    broken: list[str] = []
    differing: list[str] = []
    for life in people.lives():
        if fault := _history_fault(life):
            broken.append(fault)
        if life.should != life.does:
            differing.extend(_differences(life))
    return Examined(len(people.ids), people.facts, [*chains, *broken, *differing])


def compare(share: Share) -> Compared:
    """Histories and projection of the share's files, for putting them right."""
    people = People(share)
    wrong: list[Wrong] = []
    broken: list[str] = []
    for life in people.lives():
        if fault := _history_fault(life):
            broken.append(fault)
        elif life.should != life.does:
            wrong.append(Wrong(life.file, life.should, *people.known_of(life.file)))
    return Compared(len(people.ids), people.facts, wrong, broken)


class Life(NamedTuple):
    """A file with the history that is read under it (None: under another, into which it was merged); the projection
    that should be and the one that is.
    """

    file: int
    history: list[Fact] | None
    should: Lines
    does: Lines


class People:
    """The share's files that hold facts or a projection, or whose person has facts in another file."""

    def __init__(self, share: Share) -> None:
        self.rows = _by_file(shares.facts_of(share))
        self.facts = sum(map(len, self.rows.values()))
        self._share = share
        self._merged = shares.merged_in(share)
        self._found = families(self._merged)
        self._elsewhere = self._facts_elsewhere()
        self._entries = self._entries_corrected()

    @cached_property
    def stored(self) -> dict[int, Lines]:
        """The projection as it is kept, by file."""
        return shares.stored_in(self._share)

    @cached_property
    def ids(self) -> list[int]:
        """All these files, in order."""
        return sorted(self.rows.keys() | self.stored.keys() | self._kept())

    def lives(self) -> Iterator[Life]:
        """Every file, in order."""
        for file in self.ids:
            own = self._history(file)
            yield Life(file, own, lines(own) if own else NOTHING, self.stored.get(file, NOTHING))

    def histories(self) -> dict[int, list[Fact]]:
        """The facts of every person who has any and whose kept file lies in the share, by that file, in order."""
        found = ((file, self._history(file)) for file in sorted(self.rows.keys() | self._kept()))
        return {file: own for file, own in found if own}

    def known_of(self, file: int) -> tuple[Person, int]:
        """Whose file it is, and how many facts there are in all files of that person."""
        kept = self._found.kept[file] if file in self._merged else file
        person = Person(kept, self._found.members[kept] if file in self._merged else frozenset((file,)))
        return person, len(self._rows_of(person))

    def _kept(self) -> set[int]:
        return {file for file in self._merged if self._found.kept[file] == file}

    def _history(self, file: int) -> list[Fact] | None:
        if file not in self._merged:
            return history(self.rows.get(file, ()), self._entries)
        if self._found.kept[file] != file:
            return None
        return history(self._rows_of(Person(file, self._found.members[file])), self._entries)

    def _rows_of(self, person: Person) -> list[FactRow]:
        return [row for file in person.files for row in self.rows.get(file) or self._elsewhere.get(file, [])]

    def _facts_elsewhere(self) -> dict[int, list[FactRow]]:
        others = {file for files in self._found.members.values() for file in files} - self.rows.keys()
        return _by_file(shares.facts_of_files(others)) if others else {}

    def _entries_corrected(self) -> dict[int, str]:
        every = [row for of_files in (self.rows, self._elsewhere) for rows in of_files.values() for row in rows]
        corrected = {row.entry_id for row in every if row.entry_id is not None}
        return shares.entries_by_id(corrected) if corrected else {}


def _by_file(rows: Iterable[FactRow]) -> dict[int, list[FactRow]]:
    return {file: list(of_file) for file, of_file in groupby(rows, key=attrgetter("practitioner_id"))}


def _history_fault(life: Life) -> str | None:
    try:
        check_history(life.history or ())
    except InvalidHistory as error:
        return f"file {life.file}: {error}"
    return None


def _differences(life: Life) -> Iterator[str]:
    for name, should, does in zip(("periods", "days"), life.should, life.does, strict=True):
        if should != does:
            yield f"file {life.file}: the {name} kept are {_shown(does)}, the facts say {_shown(should)}"


def _shown(rows: list[tuple[object, ...]]) -> str:
    return "; ".join(" ".join(str(value) for value in row) for row in rows) or "none"
