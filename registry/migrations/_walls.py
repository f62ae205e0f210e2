"""The second wall: row-level security, forced, on every table that tells of people and cases.

``registry_app`` acts and works in the background; every row is visible to it. ``registry_reader`` answers questions: it
sees the rows that lie in what the settings ``registry.regions``, ``.institutions``, ``.files`` and ``.user`` of the
session name, nothing where they are not set, and writes nothing here. What belongs to the file of a person in sight is
in sight wherever it came from. Regions, agencies, authorities, institutions, agreements, the calendar and activities
are published or name nobody, and stand before the wall; so do accounts, which have administrators of their own.

A policy may not ask the table that it guards. So people and cases are reached over views and one function that belong
to the owner of the tables: they hold nothing but numbers, and only of what is in sight.

Where a row is in sight because another one is, a function of the reader's own asks for that one. PostgreSQL keeps its
plan for the session; written out, the policies of all tables on the way would be planned anew with every query
(measured: 96 ms for one stored file, 0.2 ms so).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import migrations


@dataclass(frozen=True)
class Rule:
    """When a row is in sight: the condition, from the name of the table, and the functions that it asks, as SQL."""

    condition: Callable[[str], str]
    functions: tuple[str, ...] = ()


ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_reader') THEN
        CREATE ROLE registry_reader;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role('registry_app', 'registry_reader', 'MEMBER') THEN
        ALTER ROLE registry_app NOINHERIT; -- else what binds who reads would bind who acts, and the owner
        GRANT registry_reader TO registry_app;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO registry_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO registry_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO registry_reader;
"""

REGIONS = "((SELECT string_to_array(current_setting('registry.regions', true), ' '))::text[])"
INSTITUTIONS = "((SELECT string_to_array(current_setting('registry.institutions', true), ' ')::bigint[])::bigint[])"
FILES = "((SELECT string_to_array(current_setting('registry.files', true), ' ')::bigint[])::bigint[])"
USER = "(SELECT nullif(current_setting('registry.user', true), '')::bigint)"

PEOPLE = f"""
CREATE VIEW registry_people_in_sight AS
    SELECT registered.practitioner_id FROM registry_registration registered
    JOIN registry_institution place ON place.id = registered.institution_id
    WHERE place.region_id LIKE ANY {REGIONS} OR place.id = ANY {INSTITUTIONS};

CREATE VIEW registry_merged_files AS
    SELECT kept_id AS file FROM registry_filemerge UNION ALL SELECT absorbed_id FROM registry_filemerge;

CREATE FUNCTION registry_merged_with_one_in_sight(asked bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE family(file) AS (
        SELECT asked
        UNION
        SELECT other FROM family CROSS JOIN LATERAL (
            SELECT kept_id FROM registry_filemerge WHERE absorbed_id = file
            UNION ALL
            SELECT absorbed_id FROM registry_filemerge WHERE kept_id = file
        ) AS neighbour(other)
    )
    SELECT EXISTS (
        SELECT FROM family
        WHERE file = ANY {FILES} OR file IN (SELECT practitioner_id FROM registry_people_in_sight)
    )
$$;

CREATE VIEW registry_handlings_in_sight AS
    SELECT answering.handling_id FROM registry_responsibility answering
    JOIN registry_people_in_sight people ON people.practitioner_id = answering.practitioner_id
    UNION ALL
    SELECT answering.handling_id FROM registry_responsibility answering WHERE answering.practitioner_id = ANY {FILES};

GRANT SELECT ON registry_people_in_sight, registry_merged_files, registry_handlings_in_sight TO registry_reader;
"""

NO_PEOPLE = """
DROP VIEW registry_handlings_in_sight;
DROP FUNCTION registry_merged_with_one_in_sight(bigint);
DROP VIEW registry_merged_files;
DROP VIEW registry_people_in_sight;
"""


def person(column: str = "practitioner_id") -> Rule:
    """The file is in sight: registered, now or earlier, at a place in sight; one's own; or merged with such a file."""
    return Rule(
        lambda table: (
            f"(EXISTS (SELECT FROM registry_people_in_sight p WHERE p.practitioner_id = {table}.{column})"
            f" OR {table}.{column} = ANY {FILES}"
            f" OR EXISTS (SELECT FROM registry_merged_files m WHERE m.file = {table}.{column})"
            f" AND registry_merged_with_one_in_sight({table}.{column}))"
        )
    )


def agency(column: str = "agency_id") -> Rule:
    """The agency lies in a region in sight."""
    return _lies_in("registry_agency", column)


def authority(column: str = "authority_id") -> Rule:
    """The authority lies in a region in sight."""
    return _lies_in("registry_authority", column)


def _lies_in(body: str, column: str) -> Rule:
    return Rule(
        lambda table: f"EXISTS (SELECT FROM {body} b WHERE b.id = {table}.{column} AND b.region_id LIKE ANY {REGIONS})"
    )


def place(column: str = "institution_id") -> Rule:
    """The institution lies in a region in sight, or is one in sight."""
    return Rule(
        lambda table: (
            f"EXISTS (SELECT FROM registry_institution i WHERE i.id = {table}.{column}"
            f" AND (i.region_id LIKE ANY {REGIONS} OR i.id = ANY {INSTITUTIONS}))"
        )
    )


def in_region_of(parent: str, column: str, *, by: str) -> Rule:
    """The agency or institution (`by`) of the row that it belongs to lies in a region in sight."""
    name, body = f"{parent}_lies_in_sight", f"registry_{by}"
    asks = (
        f"SELECT FROM public.{parent} p JOIN public.{body} b ON b.id = p.{by}_id"
        f" WHERE p.id = asked AND b.region_id LIKE ANY {REGIONS}"
    )
    return _asking(name, asks, column)


def within(parent: str, column: str) -> Rule:
    """The row that it belongs to is in sight, by that table's own policy."""
    return _asking(f"{parent}_in_sight", f"SELECT FROM public.{parent} p WHERE p.id = asked", column)


def named_by(child: str, column: str, key: str = "id", *, of: str = "bigint") -> Rule:
    """A row in sight names it, by a number or whatever else `of` says."""
    asks = f"SELECT FROM public.{child} c WHERE c.{column} = asked"
    return _asking(f"{child}_in_sight_with_{column}", asks, key, of)


def _asking(function: str, asks: str, column: str, of: str = "bigint") -> Rule:
    made = f"""
        CREATE OR REPLACE FUNCTION {function}(asked {of}) RETURNS boolean
        LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN EXISTS ({asks}); END $$;
    """
    return Rule(lambda table: f"{function}({table}.{column})", (made,))


def own(column: str = "user_id") -> Rule:
    """It is the user's own."""
    return Rule(lambda table: f"{table}.{column} = {USER}")


def nobody() -> Rule:
    """Nobody's to read: acts and answers made for somebody read it with full sight."""
    return Rule(lambda table: "false")


def either(*rules: Rule) -> Rule:
    """Any of the rules."""
    return Rule(
        lambda table: " OR ".join(rule.condition(table) for rule in rules),
        tuple(dict.fromkeys(made for rule in rules for made in rule.functions)),
    )


def walls(rules: Mapping[str, Rule]) -> list[migrations.RunSQL]:
    """Put the tables behind the wall, each with its rule."""
    return [migrations.RunSQL(_wall(table, rule), _no_wall(table)) for table, rule in rules.items()]


def _wall(table: str, rule: Rule) -> str:
    return f"""
        {" ".join(rule.functions)}
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner_keeps ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
        CREATE POLICY acts_know_everything ON {table} TO registry_app USING (true) WITH CHECK (true);
        CREATE POLICY in_sight ON {table} FOR SELECT TO registry_reader USING ({rule.condition(table)});
    """


def quicker(rules: Mapping[str, Rule], *, policy: str = "in_sight") -> list[migrations.RunSQL]:
    """Walls that were put up with their rules written out ask functions instead."""
    return [
        migrations.RunSQL(
            f"{' '.join(rule.functions)} ALTER POLICY {policy} ON {table} USING ({rule.condition(table)})",
            migrations.RunSQL.noop,
        )
        for table, rule in rules.items()
        if rule.functions
    ]


def _no_wall(table: str) -> str:
    policies = "".join(
        f"DROP POLICY {name} ON {table};" for name in ("owner_keeps", "acts_know_everything", "in_sight")
    )
    return f"{policies} ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;"
