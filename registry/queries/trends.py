"""The last twelve months: points entries that count, and sanctions that began.

Whoever looks over a region opens them with every visit, so the months that are over are kept for a while, with a mark
of what could still change them: facts about those months, links between files, and registrations of people with facts.
While the mark is the same only the running month is counted; a correction of an old month changes it, and what was
recorded late, and is seen at the next look. Whoever acts for an institution alone has few rows, which are counted.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.db.models import Count, QuerySet

from registry.models import Fact, FileMerge, Registration
from registry.queries.scope import Scope
from registry.queries.sight import full_sight
from registry.queries.statistics import POINTS_BY, During, entries_during, sanctions

MONTHS = 12
KEPT_FOR = 3600
"""Seconds. What leaves no mark, as a region that an institution moved to, is seen after so long."""

Month = tuple[int, int, int]
"""Entries, suspensions and terminations."""


@dataclass(frozen=True, slots=True)
class Trends:
    """One number for each month, the oldest first; `months` are their first days. The last one is not over yet."""

    months: tuple[date, ...]
    entries: tuple[int, ...]
    suspensions: tuple[int, ...]
    terminations: tuple[int, ...]


def trends(seen: Scope, today: date) -> Trends:
    """What happened at the places of the scope until the day, that included; annulled entries left out.

    Two queries, and one for the mark where months are kept.
    """
    months = tuple(_back(today, number) for number in range(MONTHS - 1, -1, -1))
    looks_over = seen.sees_everything or seen.regions
    found = _partly_kept(seen, months, today) if looks_over else _counted(seen, months, today)
    entries, suspensions, terminations = zip(*found, strict=True)
    return Trends(months, entries, suspensions, terminations)


def _partly_kept(seen: Scope, months: tuple[date, ...], today: date) -> list[Month]:
    """The months that are over as they were kept, where nothing of them has changed, and the running one."""
    cache, key = caches["counts"], _key(seen, months)
    since, mark, kept = cache.get(key, (None, None, None))
    present, since = _mark(months, since)
    if mark != present:
        counted = _counted(seen, months, today)
        cache.set(key, (since, present, counted[:-1]), KEPT_FOR)
        return counted
    return [*kept, *_counted(seen, months[-1:], today)]


def _counted(seen: Scope, months: tuple[date, ...], today: date) -> list[Month]:
    """Only numbers come of what the scope names, so they are counted with full sight."""
    during = During(months[0], today)
    with full_sight():
        scored = _scored(seen, during)
        begun = {line.key: line.figures for line in sanctions(seen, during, by="month").lines}
    nothing = dict.fromkeys(("suspensions", "terminations"), 0)
    found = []
    for key in (f"{month:%Y-%m}" for month in months):
        here = begun.get(key, nothing)
        found.append((scored.get(key, 0), here["suspensions"], here["terminations"]))
    return found


def _scored(seen: Scope, during: During) -> dict[str, int]:
    every: QuerySet[Any] = entries_during(seen, during)
    by_month = every.filter(annulled=False).order_by().values_list(POINTS_BY["month"]).annotate(number=Count("pk"))
    return {f"{month:%Y-%m}": number for month, number in by_month}


# what is kept, and until when -----------------------------------------------------------------------------------------

_STILL_OPEN = {Fact: 1_000, FileMerge: 1_000, Registration: 10_000}
"""So many rows back the mark begins: ids are given out before they are committed."""

_NEWEST = ", ".join(
    f"(SELECT coalesce(max(id), 0) - {back} FROM {model._meta.db_table})"  # noqa: S608 - names of our own tables
    for model, back in _STILL_OPEN.items()
)
_MARK = f"""
    WITH since(fact, link, stay) AS (SELECT {{since}}),
    old AS (
        SELECT count(*) AS number, max(new.id) AS newest FROM since, {Fact._meta.db_table} new
        LEFT JOIN {Fact._meta.db_table} corrected ON corrected.id = new.entry_id
        WHERE new.id > since.fact AND least(new.effective_on, corrected.effective_on) < %s
    ), links AS (
        SELECT count(*) AS number, max(new.id) AS newest, count(new.undone_at) AS undone, max(new.undone_at) AS lately
        FROM {FileMerge._meta.db_table} new
    ), stays AS (
        SELECT count(*) AS number, max(new.id) AS newest FROM since, {Registration._meta.db_table} new
        WHERE new.id > since.stay AND coalesce( -- two EXISTS would have all facts hashed first
            (SELECT true FROM {Fact._meta.db_table} theirs WHERE theirs.practitioner_id = new.practitioner_id LIMIT 1),
            (SELECT true FROM {FileMerge._meta.db_table} link WHERE link.absorbed_id = new.practitioner_id LIMIT 1),
            false
        )
    )
    SELECT since.*, old.*, links.*, stays.* FROM since, old, links, stays
"""  # noqa: S608 - what is put in are names of our own tables


def _mark(months: tuple[date, ...], since: tuple[int, ...] | None) -> tuple[tuple[object, ...], tuple[int, ...]]:
    """What could change the months that are over, counted from `since` on, and from where that was: ids of rows.

    One query over the newest rows of three tables, whoever asks; where nothing is kept yet it begins near the end.
    """
    begin = ", ".join(["%s::bigint"] * len(_STILL_OPEN)) if since else _NEWEST
    with full_sight(), connection.cursor() as cursor:
        cursor.execute(_MARK.format(since=begin), [*(since or ()), months[-1]])
        row = cursor.fetchone()
    assert row
    return tuple(row), tuple(row[: len(_STILL_OPEN)])


def _key(seen: Scope, months: tuple[date, ...]) -> str:
    """Of the places where roles are held; who holds them makes no difference."""
    held = sorted(
        str((row.role, row.agency_id, row.institution_id, row.authority_id, row.region_id, row.practitioner_id))
        for row in seen.assignments
    )
    return f"trends-{sha256(f'{months[0]} {held}'.encode()).hexdigest()}"


def _back(today: date, months: int) -> date:
    """The first day of the month so many months ago."""
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
