"""What each row would do, in one temporary table: its outcome, its problems, and every change from old to new."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from psycopg import Cursor, sql

from registry.rosters.matching import NAME_KEY

ASKING = ("name_differs", "document_differs", "code_for_provisional", "probable_duplicate")
CERTIFICATE: Mapping[str, str] = MappingProxyType(
    {
        "practice_institution": "practice_institution",
        "practice_category": "practice_category",
        "practice_scope": "scope",
        "practice_level": "level",
    }
)
"""Field of the roster to column of the certificate."""

STAFF = ("status", "contract_from", "contract_until", "title")

_PLAN = sql.SQL(
    """
    CREATE TEMPORARY TABLE roster_plan ON COMMIT DROP AS
    WITH compared AS (
        SELECT s.number, s.uuid, s.wrong, s.asks, s.code, s.name, s.leaving, s.status,
            m.found AS person, m.problem AS doubt, m.found_name, m.found_code, m.document_of, s.document_shown,
            t.problem AS twice, t.other AS twice_other, present.id AS registration, earlier.ended_on,
            c.id IS NULL AS first_certificate, f.id IS NULL AS first_staff,
            p.id IS NULL AND s.implied_category = '' AS category_unknown,
            CASE WHEN present.id IS NULL AND span.status = 'terminated' THEN span.until END AS barred_until,
            {new_code} AS new_code, {new_name} AS new_name, {new_sex} AS new_sex, {new_birth_date} AS new_birth_date,
            {new_category} AS new_category,
            s.document_index IS NOT NULL AND m.both_agree IS NOT TRUE AND NOT EXISTS (
                SELECT FROM roster_member AS o JOIN registry_identitydocument AS d ON d.practitioner_id = o.id
                WHERE o.root = p.id AND d.kind = s.document_kind AND d.number_index = ANY (s.document_indexes)
            ) AS adds_document,
            p.id IS NOT NULL AND {person_differs} AS changes_person,
            {certificate_differs} AS changes_certificate,
            present.id IS NOT NULL AND {department_differs} AS changes_department,
            f.id IS NULL OR {staff_differs} AS changes_staff,
            {changes} AS changes
        FROM roster_row AS s
        JOIN roster_match AS m USING (number)
        LEFT JOIN roster_twice AS t USING (number)
        LEFT JOIN registry_practitioner AS p ON p.id = m.found
        LEFT JOIN roster_present AS present ON present.root = m.found
        LEFT JOIN (
            SELECT practitioner_id, max(ends_on) AS ended_on FROM registry_registration
            WHERE institution_id = {institution} AND superseded_at IS NULL GROUP BY practitioner_id
        ) AS earlier ON earlier.practitioner_id = m.found
        LEFT JOIN registry_standingspan AS span ON span.practitioner_id = m.found AND span.starts_on <= {today}
            AND (span.ends_on IS NULL OR span.ends_on > {today})
        LEFT JOIN registry_certificate AS c ON c.practitioner_id = m.found AND c.number = s.certificate
        LEFT JOIN registry_staffrecord AS f ON f.practitioner_id = m.found AND f.institution_id = {institution}
    )
    SELECT *,
        CASE
            WHEN wrong OR twice IS NOT NULL THEN 'wrong'
            WHEN doubt <> '' AND NOT doubt = ANY ({asking}) THEN 'doubtful'
            WHEN leaving AND registration IS NULL THEN 'unchanged'
            WHEN barred_until IS NOT NULL OR category_unknown THEN 'wrong'
            WHEN doubt <> '' OR asks THEN CASE WHEN {does_something} THEN 'doubtful' ELSE 'unchanged' END
            WHEN leaving THEN 'left'
            WHEN registration IS NULL THEN 'new'
            WHEN {does_something} THEN 'changed'
            ELSE 'unchanged'
        END AS outcome,
        doubt = '' OR doubt = ANY ({asking}) AS acceptable
    FROM compared
    """
)

_DOES_SOMETHING = sql.SQL(
    "registration IS NULL OR changes_person OR adds_document OR changes_certificate OR changes_department OR "
    "changes_staff"
)

_LEFT = sql.SQL(
    """
    INSERT INTO roster_plan (number, person, registration, outcome, acceptable, code, name, doubt, changes)
    SELECT NULL, present.root, present.id, 'left', TRUE, p.code, p.name, '', NULL
    FROM roster_present AS present JOIN registry_practitioner AS p ON p.id = present.root
    WHERE NOT EXISTS (SELECT FROM roster_match AS m WHERE m.found = present.root)
        AND NOT EXISTS (SELECT FROM roster_plan AS r WHERE r.outcome IN ('wrong', 'doubtful') AND {row_key} = {key})
    """
)

_DIGEST = """
    SELECT coalesce(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line), 'UTF8')), '') FROM (
        SELECT concat_ws('|', number, outcome, doubt, twice, person, found_code, barred_until, changes) AS line
        FROM roster_plan WHERE outcome <> 'unchanged'
    ) AS shown
"""


def plan_rows(cursor: Cursor[tuple[object, ...]], *, institution_id: int, today: date, given: Iterable[str]) -> None:
    """Fill the table `roster_plan` from the staged and matched rows; `given` are the fields that the file speaks of."""
    spoken = frozenset(given)
    cursor.execute(
        _PLAN.format(
            institution=sql.Literal(institution_id),
            today=sql.Literal(today),
            asking=sql.Literal(list(ASKING)),
            does_something=_DOES_SOMETHING,
            certificate_differs=_differs(_certificate(spoken)),
            department_differs=_differs(_department(spoken)),
            staff_differs=_differs(_staff(spoken)),
            person_differs=_differs(_person()),
            changes=_changes({**_person(), **_certificate(spoken), **_department(spoken), **_staff(spoken)}),
            **{f"new_{name}": new for name, (_old, new) in _person().items()},
        )
    )
    cursor.execute("ANALYZE roster_plan")
    names = {"row_key": NAME_KEY.format(name=sql.SQL("r.name")), "key": NAME_KEY.format(name=sql.SQL("p.name"))}
    cursor.execute(_LEFT.format(**names))


def digest(cursor: Cursor[tuple[object, ...]]) -> bytes:
    """The same for the same outcome of the same file: what a person saw, to be compared before it is done."""
    cursor.execute(_DIGEST)
    row = cursor.fetchone()
    return row[0] if row and isinstance(row[0], bytes) else b""


Pairs = dict[str, tuple[sql.Composable, sql.Composable]]


def _person() -> Pairs:
    """Old and new value of each field of the person. Empty cells never erase what is known."""
    row_key, key = NAME_KEY.format(name=sql.SQL("s.name")), NAME_KEY.format(name=sql.SQL("p.name"))
    renamed = sql.SQL("CASE WHEN m.problem = 'name_differs' AND {} <> {} THEN s.name ELSE p.name END").format(
        row_key, key
    )
    return {
        "code": (
            sql.SQL("p.code"),
            sql.SQL("CASE WHEN m.problem = 'code_for_provisional' THEN s.code ELSE p.code END"),
        ),
        "name": (sql.SQL("p.name"), renamed),
        "sex": (sql.SQL("p.sex"), sql.SQL("CASE WHEN s.sex IN ('', 'unknown') THEN p.sex ELSE s.sex END")),
        "birth_date": (sql.SQL("p.birth_date"), sql.SQL("coalesce(s.birth_date, p.birth_date)")),
        "category": (sql.SQL("p.category"), sql.SQL("CASE WHEN s.category = '' THEN p.category ELSE s.category END")),
    }


def _certificate(given: frozenset[str]) -> Pairs:
    if "certificate" not in given:
        return {}
    kept = sql.SQL("CASE WHEN s.certificate = '' THEN c.{column} ELSE s.{name} END")
    pairs: Pairs = {"certificate": (sql.SQL("c.number"), sql.SQL("coalesce(nullif(s.certificate, ''), c.number)"))}
    for name, column in CERTIFICATE.items():
        if name in given:
            new = kept.format(column=sql.Identifier(column), name=sql.Identifier(name))
            pairs[name] = (sql.Identifier("c", column), new)
    return pairs


def _department(given: frozenset[str]) -> Pairs:
    new = sql.SQL("coalesce(nullif(s.department, ''), present.department)")
    return {"department": (sql.SQL("present.department"), new)} if "department" in given else {}


def _staff(given: frozenset[str]) -> Pairs:
    """Old and new value of each field of the staff record; further columns are added to those kept, empty ones go."""
    pairs: Pairs = {}
    for name in STAFF:
        if name in given:
            old = sql.SQL("f.{}") if name.startswith("contract") else sql.SQL("coalesce(f.{}, '')")
            pairs[name] = (old.format(sql.Identifier(name)), sql.Identifier("s", name))
    old_extra = sql.SQL("coalesce(f.extra, '{{}}')").format()
    return {**pairs, "extra": (old_extra, sql.SQL("jsonb_strip_nulls({} || s.extra)").format(old_extra))}


def _differs(pairs: Pairs) -> sql.Composable:
    if not pairs:
        return sql.SQL("FALSE")
    old, new = zip(*pairs.values(), strict=True)
    return sql.SQL("ROW({}) IS DISTINCT FROM ROW({})").format(sql.SQL(", ").join(old), sql.SQL(", ").join(new))


def _changes(pairs: Pairs) -> sql.Composable:
    """The changes as JSON, {field: [old, new]}; null where there are none. Built only where something differs."""
    one = sql.SQL(
        "CASE WHEN {old} IS DISTINCT FROM {new} THEN jsonb_build_object({name}, jsonb_build_array({old}, {new})) "
        "ELSE '{{}}' END"
    )
    all_of = [one.format(old=old, new=new, name=sql.Literal(name)) for name, (old, new) in pairs.items()]
    return sql.SQL("CASE WHEN p.id IS NOT NULL AND {differs} THEN {all_of} END").format(
        differs=_differs(pairs), all_of=sql.SQL(" || ").join(all_of)
    )
