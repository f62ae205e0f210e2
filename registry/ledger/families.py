"""Merged files: which files are one person, now or as known at a past time.

A person is a kept file and every file absorbed into it, directly or over another. A file that is not merged is a person
of its own. Facts, registrations and codes of all files are the person's.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connections, router

from registry.models import FileMerge, Practitioner

_TABLE = FileMerge._meta.db_table


def _reached(which: str) -> str:
    """The clause of a statement that names every file that a merge leads to from `files`, over any number of merges."""
    return f"""
    WITH RECURSIVE reached(file) AS (
        SELECT unnest(%(files)s::bigint[])
        UNION
        SELECT other FROM reached CROSS JOIN LATERAL (
            SELECT kept_id FROM {_TABLE} WHERE absorbed_id = file AND {which}
            UNION ALL
            SELECT absorbed_id FROM {_TABLE} WHERE kept_id = file AND {which}
        ) AS neighbour(other)
    )
    """  # noqa: S608 - the only text put in is our own


REACHED_NOW = _reached("undone_at IS NULL")
"""The same over the merges in force, which are those of one person where one file is asked for."""

_LINKS = f"""{_reached("(%(past)s OR undone_at IS NULL)")}
    SELECT absorbed_id, kept_id, recorded_at, undone_at FROM {_TABLE} JOIN reached ON absorbed_id = file
    WHERE %(past)s OR undone_at IS NULL
"""  # noqa: S608 - the only text put in is our own


Link = tuple[int, int, datetime, datetime | None]
"""The absorbed file, the kept one, since when, and until when."""


class Person(NamedTuple):
    """The file that a person's facts are read under, and all files that are this person."""

    kept: int
    files: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Link:
    kept: int
    recorded_at: datetime
    undone_at: datetime | None

    def in_force(self, known: datetime | None) -> bool:
        return was_known(self.recorded_at, self.undone_at, known)


class Persons:
    """The merges around some files. One query, however many files and however long the chains of merges."""

    def __init__(self, files: Iterable[int], *, past: bool, links: Iterable[Link] | None = None) -> None:
        """`past` False loads the merges of now only; then only `known=None` may be asked. `links`: they are read."""
        self._links: dict[int, list[_Link]] = defaultdict(list)
        self._neighbours: dict[int, set[int]] = defaultdict(set)
        for absorbed, kept, recorded_at, undone_at in _rows(list(files), past) if links is None else links:
            self._links[absorbed].append(_Link(kept, recorded_at, undone_at))
            self._neighbours[absorbed].add(kept)
            self._neighbours[kept].add(absorbed)

    def person(self, file: int, *, known: datetime | None) -> Person:
        """Who the file was at `known` (None: now)."""
        if file not in self._neighbours:
            return Person(file, frozenset((file,)))
        kept = self._kept(file, known)
        return Person(kept, frozenset(each for each in self.ever_linked(file) if self._kept(each, known) == kept))

    def ever_linked(self, file: int) -> set[int]:
        """The file and every file that it was ever merged with, over any number of merges."""
        reached, new = {file}, {file}
        while new:
            new = {other for each in new for other in self._neighbours.get(each, ())} - reached
            reached |= new
        return reached

    def moments(self, file: int) -> set[datetime]:
        """Every instant at which a merge, or its undoing, changed with which files the file is one person."""
        links = [link for each in self.ever_linked(file) for link in self._links.get(each, ())]
        instants = {each for link in links for each in (link.recorded_at, link.undone_at) if each}
        before = timedelta(microseconds=1)
        return {each for each in instants if self.person(file, known=each) != self.person(file, known=each - before)}

    def _kept(self, file: int, known: datetime | None) -> int:
        while above := [link.kept for link in self._links.get(file, ()) if link.in_force(known)]:
            file = above[0]
        return file


def was_known(recorded_at: datetime, ended_at: datetime | None, known: datetime | None) -> bool:
    """Whether a row recorded and later superseded or undone was what the register held at `known` (None: now)."""
    if known is None:
        return ended_at is None
    return recorded_at <= known and (ended_at is None or known < ended_at)


@dataclass(frozen=True, slots=True)
class Families:
    """`kept[file]` is the id of the kept file of each file asked for; `members[kept]` those of that person's files."""

    kept: dict[int, int]
    members: dict[int, frozenset[int]]


def families(ids: Iterable[int], *, known: datetime | None = None) -> Families:
    """The people whose files are `ids`, by the merges in force at `known` (None: now). One query."""
    asked = set(ids)
    return _of(asked, Persons(asked, past=known is not None), known)


def families_by(ids: Iterable[int], links: Iterable[Link]) -> Families:
    """The same by the merges of now, which were read with all of the people's files."""
    asked = set(ids)
    return _of(asked, Persons(asked, past=False, links=links), None)


def _of(asked: set[int], persons: Persons, known: datetime | None) -> Families:
    found = {file: persons.person(file, known=known) for file in asked}
    return Families({file: person.kept for file, person in found.items()}, dict(found.values()))


def family_of(practitioner_id: int, *, known: datetime | None = None) -> Person:
    """The kept file's id and the ids of all files of the person."""
    return Persons([practitioner_id], past=known is not None).person(practitioner_id, known=known)


def kept_file(practitioner: Practitioner, *, known: datetime | None = None) -> Practitioner:
    """The file that the person's facts are read under: the practitioner's own, unless it was merged into another."""
    top = family_of(practitioner.pk, known=known).kept
    return practitioner if top == practitioner.pk else Practitioner.objects.get(pk=top)


def _rows(files: list[int], past: bool) -> list[Link]:
    with connections[router.db_for_read(FileMerge)].cursor() as cursor:
        cursor.execute(_LINKS, {"files": files, "past": past})
        return list(cursor.fetchall())
