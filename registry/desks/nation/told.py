"""Who was told of what in a nation, who looked into whose file, which talks are owed, and which rosters came."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection

from notifications.models import Event, Notice
from registry.desks.demo_data.chance import dice
from registry.desks.nation.accounts import Staff
from registry.desks.nation.plan import Nation
from registry.desks.nation.pouring import pour
from registry.ledger.days import shanghai_day
from registry.ledger.readings import BEGINNING, Last, chained
from registry.models import AccessRecord, ChangeSeen, RosterJob

TABLES = (Event, Notice, AccessRecord, RosterJob, ChangeSeen)
TOGETHER = 2000
LOOKS = 0.08
"""Files that somebody looked into, as a share of all."""

_OF_LOOK = tuple(field for field in AccessRecord._meta.concrete_fields if field.name != "id")
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]

_EVENTS = """
    INSERT INTO notifications_event (uuid, kind, sequence, occurred_at, made_at, change_id, practitioner_id, outcome)
    SELECT gen_random_uuid(),
        CASE WHEN f.kind = 'entry_annulled' THEN 'entry.annulled'
             WHEN c.status_after = 'terminated' THEN 'standing.terminated'
             WHEN c.status_after = 'suspended' THEN 'standing.suspended' ELSE 'points.recorded' END,
        row_number() OVER (PARTITION BY c.practitioner_id ORDER BY c.id), c.recorded_at,
        c.recorded_at + INTERVAL '1 minute', c.id, c.practitioner_id, ''
    FROM registry_standingchange AS c JOIN registry_fact AS f ON f.id = c.fact_id ORDER BY c.id
"""
_NOTICES = """
    WITH told AS (
        SELECT e.id, e.practitioner_id, e.made_at, c.on_day, f.agency_id, a.region_id
        FROM notifications_event AS e
        JOIN registry_standingchange AS c ON c.id = e.change_id
        JOIN registry_fact AS f ON f.id = c.fact_id
        JOIN registry_agency AS a ON a.id = f.agency_id
    )
    INSERT INTO notifications_notice
        (uuid, recipient, because, made_at, event_id, practitioner_id, institution_id, agency_id, authority_id)
    SELECT gen_random_uuid(), recipient, because, made_at, id, person, place, agency, authority FROM (
        SELECT id, made_at, 'practitioner', 'own_file', practitioner_id, NULL::bigint, NULL::bigint, NULL::bigint
        FROM told
        UNION ALL
        SELECT DISTINCT t.id, t.made_at, 'institution', 'registered_there', NULL::bigint, r.institution_id,
            NULL::bigint, NULL::bigint
        FROM told AS t
        JOIN registry_registration AS r ON r.practitioner_id = t.practitioner_id AND r.starts_on <= t.on_day
        UNION ALL
        SELECT id, made_at, 'agency', 'decided', NULL, NULL, agency_id, NULL FROM told
        UNION ALL
        SELECT t.id, t.made_at, CASE h.kind WHEN 'health' THEN 'health_authority' ELSE 'drug_authority' END,
            'in_its_region', NULL, NULL, NULL, h.id
        FROM told AS t
        JOIN registry_authority AS h ON h.region_id = t.region_id AND h.kind IN ('health', 'drug')
    ) AS each (id, made_at, recipient, because, person, place, agency, authority)
    ORDER BY id
"""
_SEEN = "INSERT INTO registry_changeseen (change_id, seen_at) SELECT id, recorded_at FROM registry_standingchange"
_TALKS = """
    INSERT INTO registry_task
        (uuid, kind, state, holder, subject, policy, clock, working_days, starts_on, due_on, opened_at, result,
         institution_id, practitioner_id, change_id)
    SELECT gen_random_uuid(), CASE WHEN c.status_after = 'normal' THEN 'talk' ELSE 'training' END, 'open',
        'institution', gen_random_uuid(), f.policy, 'talk', 10, c.on_day, c.on_day + 14, c.recorded_at, '',
        h.institution_id, c.practitioner_id, c.id
    FROM registry_standingchange AS c
    JOIN registry_fact AS f ON f.id = c.fact_id
    JOIN registry_pointsentry AS e ON e.fact_id = f.id
    JOIN registry_handling AS h ON h.id = e.handling_id
    WHERE c.points_after >= 3 AND c.points_after > c.points_before AND c.on_day > %(since)s::date
    ORDER BY c.id
"""
_ROSTERS = """
    INSERT INTO registry_rosterjob
        (uuid, institution_id, filename, file_digest, category, uploaded_at, state, done, total, counts, headings,
         stale, problem, problem_text, end_left, applied_at, fence, attempts)
    SELECT gen_random_uuid(), id, '人员名册.xlsx', sha256(code::bytea), '', recorded_at, 'applied', 0, 0, '{}', '{}',
        false, '', '', false, recorded_at + INTERVAL '2 hours', 1, 1
    FROM registry_institution WHERE public ORDER BY id
"""


def write(nation: Nation, staff: Staff, *, now: datetime, each: Each) -> None:
    """Events with their notices, talks of the last weeks, looks into files, and a roster of each public institution."""
    with connection.cursor() as cursor:
        for statement in (_EVENTS, "ANALYZE notifications_event", _NOTICES, _SEEN):
            cursor.execute(statement)
        cursor.execute(_TALKS, {"since": shanghai_day(now) - timedelta(25)})
        cursor.execute(_ROSTERS)
    pour(
        AccessRecord, [str(field.column) for field in _OF_LOOK], _looks(nation, staff, now, each), order="at, chain_no"
    )


def _looks(nation: Nation, staff: Staff, now: datetime, each: Each) -> Iterator[tuple[Any, ...]]:
    random = dice("looks", nation.seed)
    files = random.sample(range(1, nation.people + 1), round(nation.people * LOOKS))
    officers = [officers.scorer.pk for officers in staff.officers.values()]
    drafts = (
        (file, random.choice(officers), random.randint(1, 2), now - timedelta(minutes=random.randint(1, 300_000)))
        for file in files
    )
    batches = iter(lambda: list(islice(drafts, TOGETHER)), [])
    for rows in each(looks_of, batches):
        yield from rows


def looks_of(drafts: list[tuple[int, int, int, datetime]]) -> list[tuple[Any, ...]]:
    """The chain of looks of each file, as rows."""
    rows = []
    for file, user, many, first in drafts:
        last = BEGINNING
        for number in range(many):
            record = AccessRecord(
                practitioner_id=file, user_id=user, kind="opened", face="office", reason="",
                at=first + timedelta(seconds=40 * number), salt=number.to_bytes(16) + file.to_bytes(8),
            )  # fmt: skip
            record = chained(record, after=last)
            last = Last(record.chain_no, bytes(record.hash), record.at)
            rows.append(tuple(getattr(record, field.attname) for field in _OF_LOOK))
    return rows
