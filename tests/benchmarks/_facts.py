"""A register of people with facts, written straight into its tables with whole chains and the right projection.

The histories are a few hundred, made by chance and given to people over and over: most have one to three entries, some
ten, one in a thousand five hundred; among them annulled and revised entries, relief, shorter periods, suspensions,
terminations and returns. One file in five hundred was merged into the next.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection

from registry.config.database import parameters
from registry.ledger import chain
from registry.ledger.law import policies
from registry.models import Agency, Region, User
from registry.rules import facts
from registry.rules.spans import life

LENGTHS, WEIGHTS = ((1, 1), (2, 2), (3, 3), (4, 8), (10, 12)), (48, 24, 14, 9, 4.9)
TEMPLATES, LONGEST, ONE_IN = 400, 500, 1000
MERGED_ONE_IN = 500
POLICIES = ("cn-2025", "cn-43-2025", "cn-21-2025")
FIRST = date(2025, 1, 6)
SINCE = datetime(2025, 1, 1, tzinfo=UTC)

_PEOPLE = """
    INSERT INTO registry_practitioner
        (uuid, code, provisional, name, pinyin, initials, sex, birth_date, category, recorded_at)
    SELECT gen_random_uuid(), 'D4301' || lpad(n::text, 8, '0'), false,
           chr(19968 + n %% 97) || chr(20000 + n %% 4001), '', '', 'unknown', NULL, 'physician', %(since)s
    FROM generate_series(1, %(people)s) AS n
"""
_CODES = """
    INSERT INTO registry_personalcode (practitioner_id, code, provisional, recorded_at)
    SELECT id, code, false, recorded_at FROM registry_practitioner
"""
_NAMES = """
    INSERT INTO registry_practitionername (practitioner_id, name, recorded_at)
    SELECT id, name, recorded_at FROM registry_practitioner
"""

FACT = (
    "id", "practitioner_id", "chain_no", "kind", "effective_on", "recorded_at", "decided_at", "origin", "origin_id",
    "origin_seq", "legacy", "points", "counted_on", "policy", "months", "days", "entry_id", "reason",
    "document_number", "agency_id", "actor_id", "second_id", "salt", "prev_hash", "hash",
)  # fmt: skip
PERIOD = ("practitioner_id", "kind", "starts_on", "ends_on", "barred_until", "because", "single")
SPAN = ("practitioner_id", "starts_on", "ends_on", "status", "until", "points", "may_reregister")


class Filled(NamedTuple):
    """What was written."""

    people: int
    facts: int


@dataclass(frozen=True)
class _Event:
    """A fact of a history that may be anybody's; `entry` is the place of the entry that it corrects."""

    kind: str
    on: date
    points: int | None = None
    counted_on: date | None = None
    policy: str = ""
    months: int | None = None
    days: int | None = None
    entry: int | None = None


class _Story(NamedTuple):
    """A history, and what follows from it; a period names the places of its entries."""

    events: list[_Event]
    periods: list[tuple[Any, ...]]
    spans: list[tuple[Any, ...]]


def fill(people: int, *, seed: int = 2026) -> Filled:
    """So many people, all with facts."""
    _people(people)
    chance = Random(seed)
    with psycopg.connect(**parameters(connection.settings_dict, "OWNER")) as owner:  # type: ignore[arg-type]
        written = _Writer(owner, chance, _signers()).write()
        owner.commit()
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE")
    return Filled(people, written)


def _people(people: int) -> None:
    """With a code and a name each, and nothing else."""
    with connection.cursor() as cursor:
        for statement in (_PEOPLE, _CODES, _NAMES):
            cursor.execute(statement, {"people": people, "since": SINCE})
    connection.close()


def _signers() -> tuple[int, int, int]:
    one, two = (User.objects.create(username=f"bench-{number}").pk for number in (1, 2))
    region = Region.objects.create(code="430100", name_zh="长沙市")
    return one, two, Agency.objects.create(code="A430100", name="市医保中心", region=region).pk


class _Writer:
    """Writes everybody's rows, each table by one COPY from a list of lines."""

    def __init__(self, owner: psycopg.Connection, chance: Random, signers: tuple[int, int, int]) -> None:
        self.owner, self.chance = owner, chance
        self.actor, self.second, self.agency = signers
        self.stories = [_story(chance, chance.randint(*chance.choices(LENGTHS, WEIGHTS)[0])) for _ in range(TEMPLATES)]
        self.long = [_story(chance, LONGEST) for _ in range(3)]
        self.number = 0
        self.salt = os.urandom(16)

    def write(self) -> int:
        files = [row[0] for row in self.owner.execute("SELECT id FROM registry_practitioner ORDER BY id").fetchall()]
        periods: list[tuple[Any, ...]] = []
        spans: list[tuple[Any, ...]] = []
        merges: list[tuple[int, int]] = []
        self._copy("registry_fact", FACT, self._rows(files, periods, spans, merges))
        self._copy("registry_sanctionperiod", PERIOD, periods)
        self._copy("registry_standingspan", SPAN, spans)
        for table, sequence in (("registry_fact", None), ("registry_fact", "registry_fact_origin_seq")):
            found = "%s" if sequence else "pg_get_serial_sequence(%s, 'id')"
            self.owner.execute(f"SELECT setval({found}, %s)", [sequence or table, self.number])
        self._merge(merges)
        return self.number

    def _rows(
        self, files: list[int], periods: list[Any], spans: list[Any], merges: list[tuple[int, int]]
    ) -> Iterator[tuple[Any, ...]]:
        for place, file in enumerate(files):
            # the facts of a person lie in the absorbed file, so that both are read for one answer
            kept = files[place + 1] if place % MERGED_ONE_IN == 7 and place + 1 < len(files) else file
            if place and place % MERGED_ONE_IN == 8:
                continue
            if kept != file:
                merges.append((kept, file))
            story = self.chance.choice(self.long if place % ONE_IN == 11 else self.stories)
            identifiers = [UUID(int=self.chance.getrandbits(128), version=4) for _ in story.events]
            first = self.number + 1
            yield from self._facts(file, story, identifiers)
            for kind, starts, ends, barred, because, single in story.periods:
                named = [identifiers[each] for each in because]
                periods.append((kept, kind, starts, ends, barred, named, single))
            spans.extend((kept, *row) for row in story.spans)
            assert self.number == first + len(story.events) - 1

    def _facts(self, file: int, story: _Story, identifiers: list[UUID]) -> Iterator[tuple[Any, ...]]:
        before, first = chain.GENESIS, self.number + 1
        for place, event in enumerate(story.events):
            self.number += 1
            row = chain.FactRow(
                self.number, file, place + 1, event.kind, event.on, _instant(place), _instant(place),
                "cn-bench", identifiers[place], self.number, False, event.points, event.counted_on, event.policy,
                event.months, event.days, None if event.entry is None else first + event.entry, "医保违规，情节属实",
                f"决字{place}号", self.agency, self.actor, self.second, self.salt, before, b"",
            )  # fmt: skip
            after = chain.link(row, prev_hash=before)
            yield (*row[:-1], after)
            before = after

    def _copy(self, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
        with self.owner.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as into:
            for row in rows:
                into.write_row(row)

    def _merge(self, merges: list[tuple[int, int]]) -> None:
        self.owner.cursor().executemany(
            "INSERT INTO registry_filemerge"
            " (kept_id, absorbed_id, reason, recorded_at, recorded_by_id, confirmed_by_id, undone_reason)"
            " VALUES (%s, %s, '', %s, %s, %s, '')",
            [(*each, SINCE, self.actor, self.second) for each in merges],
        )


def _instant(place: int) -> datetime:
    """Everything was decided later than it counts from, one after the other."""
    return datetime(2027, 7, 1, 2, tzinfo=UTC) + timedelta(minutes=place)


def _story(chance: Random, entries: int) -> _Story:
    events: list[_Event] = []
    day, policy = FIRST + timedelta(chance.randrange(360)), chance.choice(POLICIES)
    apart = 120 if entries <= 12 else 2
    scored: list[int] = []
    while len(scored) < entries:
        scored.append(len(events))
        points = chance.choices((1, 2, 3, 4, 6, 9, 10, 12), (30, 24, 16, 10, 8, 7, 3, 2))[0]
        events.append(_Event("points_scored", day, points, day - timedelta(chance.randrange(4)), policy))
        day += timedelta(chance.randrange(1, apart))
        events.extend(_after(chance, day, scored))
        day += timedelta(chance.randrange(1, apart))
    return _Story(events, *_followed(events))


def _after(chance: Random, day: date, scored: list[int]) -> Iterator[_Event]:
    drawn = chance.random()
    if drawn < 0.05:
        yield _Event("entry_annulled", day, entry=chance.choice(scored))
    elif drawn < 0.08:
        yield _Event("entry_revised", day, chance.choice((1, 2, 3)), entry=scored[-1])
    elif drawn < 0.16:
        yield _Event("points_relieved", day, 1)
    elif drawn < 0.20:
        yield _Event("period_shortened", day, days=15)
    elif drawn < 0.23:
        yield _Event("reregistered", day + timedelta(400))


def _followed(events: list[_Event]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Periods and spans, with places instead of identifiers."""
    lived = life([_fact(place, event) for place, event in enumerate(events)], policies())
    periods = [
        (each.kind, each.from_, each.until, each.barred_until, [int(entry) for entry in each.because], each.single)
        for each in lived.periods
    ]
    return periods, [tuple(each) for each in lived.spans if each.from_ != date.min]


def _fact(place: int, event: _Event) -> facts.Fact:
    common: dict[str, Any] = {
        "id": str(place), "seq": place + 1, "effective_on": event.on, "recorded_at": _instant(place),
    }  # fmt: skip
    own = {
        "points_scored": ("points", "counted_on", "policy", "months"),
        "entry_annulled": ("entry",),
        "entry_revised": ("entry", "points", "months"),
        "points_relieved": ("points",),
        "period_shortened": ("days",),
        "reregistered": (),
    }[event.kind]
    given = {name: getattr(event, name) for name in own}
    if "entry" in given:
        given["entry"] = str(event.entry)
    return facts.KINDS[event.kind](**common, **given)
