"""Who is meant by each row: code, name and document asked of the whole register at once, in SQL over the staged
rows.

A number with two mistyped digits can be another living person's, so nobody is taken for somebody by one of the three
alone: where they do not agree, a human looks.
"""

from datetime import date

from psycopg import Cursor, sql

NAME_KEY = sql.SQL("upper(translate({name}, '•・‧∙⋅．. ', '······'))")
"""A name as it is compared: one kind of middle dot, no spaces, capital letters."""

_TWICE = sql.SQL(
    """
    CREATE TEMPORARY TABLE roster_twice ON COMMIT DROP AS
    SELECT number, min(problem) AS problem, min(other) AS other FROM (
        SELECT number, CASE WHEN kinds > 1 THEN 'code_twice' ELSE 'repeated_row' END AS problem,
               CASE WHEN number = first THEN last ELSE first END AS other
        FROM roster_row JOIN (
            SELECT code, count(DISTINCT digest) AS kinds, min(number) AS first, max(number) AS last
            FROM roster_row WHERE code IS NOT NULL GROUP BY code HAVING count(*) > 1
        ) AS same USING (code)
        WHERE kinds > 1 OR number > first
        UNION ALL
        SELECT number, CASE WHEN codes > 1 OR kinds > 1 THEN 'document_twice' ELSE 'repeated_row' END,
               CASE WHEN number = first THEN last ELSE first END
        FROM roster_row JOIN (
            SELECT document_kind, document_index, count(DISTINCT coalesce(code, '')) AS codes,
                   count(DISTINCT digest) AS kinds, min(number) AS first, max(number) AS last
            FROM roster_row WHERE document_index IS NOT NULL GROUP BY document_kind, document_index HAVING count(*) > 1
        ) AS same USING (document_kind, document_index)
        WHERE codes > 1 OR (code IS NULL AND (kinds > 1 OR number > first))
    ) AS found GROUP BY number
    """
)

_ROOTS = sql.SQL(
    """
    CREATE TEMPORARY TABLE roster_root ON COMMIT DROP AS
    WITH RECURSIVE touched AS (
        SELECT practitioner_id AS id FROM roster_row JOIN registry_personalcode USING (code)
        UNION
        SELECT practitioner_id FROM roster_row CROSS JOIN unnest(document_indexes) AS document (index)
            JOIN registry_identitydocument AS d ON d.number_index = document.index AND d.kind = document_kind
    ), walk AS (
        SELECT id, id AS root, 0 AS step FROM touched
        UNION ALL
        SELECT walk.id, link.kept_id, step + 1
        FROM walk JOIN registry_filemerge AS link ON link.absorbed_id = walk.root AND link.undone_at IS NULL
    )
    SELECT DISTINCT ON (id) id, root FROM walk ORDER BY id, step DESC
    """
)

_MEMBERS = sql.SQL(
    """
    CREATE TEMPORARY TABLE roster_member ON COMMIT DROP AS
    WITH RECURSIVE family AS (
        SELECT DISTINCT root, root AS id FROM roster_root
        UNION
        SELECT family.root, link.absorbed_id
        FROM family JOIN registry_filemerge AS link ON link.kept_id = family.id AND link.undone_at IS NULL
    )
    SELECT root, id FROM family
    """
)

_PRESENT = sql.SQL(
    """
    CREATE TEMPORARY TABLE roster_present ON COMMIT DROP AS
    SELECT DISTINCT ON (root) coalesce(member.root, r.practitioner_id) AS root, r.id, r.starts_on, r.department
    FROM registry_registration AS r LEFT JOIN roster_member AS member ON member.id = r.practitioner_id
    WHERE r.institution_id = {institution} AND r.superseded_at IS NULL AND (r.ends_on IS NULL OR r.ends_on > {today})
    ORDER BY root, r.starts_on
    """
)

_MATCH = sql.SQL(
    """
    CREATE TEMPORARY TABLE roster_match ON COMMIT DROP AS
    WITH by_code AS (
        SELECT s.number, root.root, root.id FROM roster_row AS s
        JOIN registry_personalcode AS c ON c.code = s.code JOIN roster_root AS root ON root.id = c.practitioner_id
    ), by_document AS (
        SELECT s.number, array_agg(DISTINCT root.root) AS roots FROM roster_row AS s
        CROSS JOIN unnest(s.document_indexes) AS document (index)
        JOIN registry_identitydocument AS d ON d.number_index = document.index AND d.kind = s.document_kind
        JOIN roster_root AS root ON root.id = d.practitioner_id GROUP BY s.number
    ), asked AS (
        SELECT s.number, s.code, s.name, s.birth_date, s.document_kind, s.document_index, s.document_shown,
               c.root AS coded, d.roots AS documented, c.root = ANY (d.roots) AS both_agree, p.id AS found,
               p.name AS found_name, p.code AS found_code, p.provisional, cardinality(d.roots) AS files,
               coalesce({row_key} IN ({found_key}, {coded_key}), FALSE) AS name_fits,
               CASE WHEN c.root IS NOT NULL AND d.roots IS NULL AND s.document_index IS NOT NULL THEN EXISTS (
                   SELECT FROM roster_member AS m JOIN registry_identitydocument AS o ON o.practitioner_id = m.id
                   WHERE m.root = c.root AND o.kind = s.document_kind
               ) END AS other_document
        FROM roster_row AS s
        LEFT JOIN by_code AS c USING (number)
        LEFT JOIN by_document AS d USING (number)
        LEFT JOIN registry_practitioner AS p ON p.id = coalesce(c.root, d.roots[1])
        LEFT JOIN registry_practitioner AS bearer ON bearer.id = coalesce(c.id, c.root)
    )
    SELECT number, found, both_agree, found_name, found_code,
        CASE
            WHEN coded IS NOT NULL THEN CASE
                WHEN both_agree THEN CASE WHEN name_fits THEN '' ELSE 'name_differs' END
                WHEN documented IS NOT NULL THEN 'two_people'
                WHEN other_document THEN CASE WHEN name_fits THEN 'document_differs' ELSE 'only_code_agrees' END
                WHEN name_fits THEN ''
                WHEN document_index IS NULL THEN 'name_differs_without_document'
                ELSE 'only_code_agrees'
            END
            WHEN documented IS NULL THEN ''
            WHEN files > 1 THEN 'several_people'
            WHEN NOT name_fits THEN 'only_document_agrees'
            WHEN code IS NULL THEN ''
            WHEN provisional THEN 'code_for_provisional'
            ELSE 'another_code'
        END AS problem,
        (
            SELECT {other_name} || ' ' || o.code FROM registry_practitioner AS o
            WHERE NOT both_agree AND o.id = documented[1]
        ) AS document_of
    FROM asked
    """
)

_NAMESAKES = sql.SQL(
    """
    UPDATE roster_match AS m SET problem = 'probable_duplicate', found_code = namesake.code
    FROM (
        SELECT s.number, min(p.code) AS code FROM roster_row AS s JOIN roster_match USING (number)
        JOIN registry_practitioner AS p ON p.name = s.name AND p.birth_date = s.birth_date
        WHERE roster_match.found IS NULL AND NOT s.wrong AND (s.document_index IS NULL OR NOT EXISTS (
            SELECT FROM registry_identitydocument AS o WHERE o.practitioner_id = p.id AND o.kind = s.document_kind
        ))
        GROUP BY s.number
    ) AS namesake
    WHERE namesake.number = m.number
    """
)

_PERSON_TWICE = sql.SQL(
    """
    INSERT INTO roster_twice
    SELECT m.number, 'person_twice', CASE WHEN m.number = first THEN last ELSE first END
    FROM roster_match AS m JOIN (
        SELECT found, min(number) AS first, max(number) AS last
        FROM roster_match WHERE found IS NOT NULL GROUP BY found HAVING count(*) > 1
    ) AS same USING (found)
    WHERE NOT EXISTS (SELECT FROM roster_twice AS t WHERE t.number = m.number)
    """
)


def find_files(cursor: Cursor[tuple[object, ...]]) -> None:
    """Fill the table `roster_root`: the files that codes and documents of the staged rows lead to, merges followed."""
    cursor.execute(_ROOTS)
    cursor.execute("ANALYZE roster_root")


def match_rows(cursor: Cursor[tuple[object, ...]], *, institution_id: int, today: date) -> None:
    """Fill the tables `roster_twice`, `roster_member`, `roster_present` and `roster_match`; `find_files` comes
    before.
    """
    cursor.execute(_TWICE)
    cursor.execute(_MEMBERS)
    cursor.execute("ANALYZE roster_member")
    cursor.execute(_PRESENT.format(institution=sql.Literal(institution_id), today=sql.Literal(today)))
    cursor.execute("ANALYZE roster_present")
    cursor.execute(
        _MATCH.format(
            row_key=NAME_KEY.format(name=sql.SQL("s.name")),
            found_key=NAME_KEY.format(name=sql.SQL("p.name")),
            coded_key=NAME_KEY.format(name=sql.SQL("bearer.name")),
            other_name=sql.SQL("left(o.name, 1) || '＊'"),
        )
    )
    cursor.execute("ANALYZE roster_match")
    cursor.execute(_PERSON_TWICE)
    cursor.execute(_NAMESAKES)
