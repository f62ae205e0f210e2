"""What guards the rows of a database, as lines of text: so that two databases can be compared."""

import re
from collections.abc import Mapping

import psycopg

Lines = dict[str, list[str]]

_COLUMNS = """
    SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""
_POLICIES = """
    SELECT concat_ws(' ', tablename, policyname, permissive, cmd, roles, qual, with_check) FROM pg_policies
    WHERE schemaname = 'public'
"""
_WALLS = """
    SELECT concat_ws(' ', relname, relrowsecurity, relforcerowsecurity) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_TRIGGERS = """
    SELECT concat_ws(' ', c.relname, t.tgenabled, pg_get_triggerdef(t.oid)) FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
"""
_CONSTRAINTS = """
    SELECT concat_ws(' ', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""  # that a column is never null stands with the columns: PostgreSQL 18 keeps it here as well
_INDEXES = "SELECT concat_ws(' ', indexdef) FROM pg_indexes WHERE schemaname = 'public'"
_FUNCTIONS = """
    SELECT concat_ws(' ', p.oid::regprocedure, p.prosecdef, p.provolatile, p.proconfig, md5(p.prosrc)) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
_VIEWS = "SELECT concat_ws(' ', viewname, definition) FROM pg_views WHERE schemaname = 'public'"
_GRANTS = """
    SELECT concat_ws(' ', c.relname, pg_get_userbyid(x.grantee), x.privilege_type, x.is_grantable)
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) x
    WHERE x.grantee <> c.relowner AND c.relnamespace = 'public'::regnamespace
        AND pg_get_userbyid(x.grantee) LIKE 'registry\\_%'
    UNION ALL
    SELECT concat_ws(' ', a.attrelid::regclass, a.attname, pg_get_userbyid(x.grantee), x.privilege_type)
    FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) x WHERE pg_get_userbyid(x.grantee) LIKE 'registry\\_%'
    UNION ALL
    SELECT concat_ws(' ', 'to come', d.defaclobjtype, pg_get_userbyid(x.grantee), x.privilege_type)
    FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) x
    WHERE x.grantee <> d.defaclrole AND d.defaclnamespace = 'public'::regnamespace
        AND pg_get_userbyid(x.grantee) LIKE 'registry\\_%'
    UNION ALL
    SELECT concat_ws(' ', p.oid::regprocedure, pg_get_userbyid(x.grantee), x.privilege_type)
    FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) x
    WHERE x.grantee <> p.proowner AND p.pronamespace = 'public'::regnamespace
        AND pg_get_userbyid(x.grantee) LIKE 'registry\\_%'
"""
_OWNERS = """
    SELECT concat_ws(' ', relname, pg_get_userbyid(relowner)) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
"""
_ROLES = """
    SELECT concat_ws(' ', rolname, rolsuper, rolinherit, rolbypassrls, rolcreaterole, rolcreatedb) FROM pg_roles
    WHERE rolname IN ('registry_app', 'registry_reader')
    UNION ALL
    SELECT concat_ws(' ', 'registry_app may become and is registry_reader',
        pg_has_role('registry_app', 'registry_reader', 'MEMBER'),
        pg_has_role('registry_app', 'registry_reader', 'USAGE'))
"""

_QUESTIONS = {
    "columns": _COLUMNS,
    "policies": _POLICIES,
    "row-level security": _WALLS,
    "triggers": _TRIGGERS,
    "constraints": _CONSTRAINTS,
    "indexes": _INDEXES,
    "functions": _FUNCTIONS,
    "views": _VIEWS,
    "grants": _GRANTS,
    "owners": _OWNERS,
    "roles": _ROLES,
}


_WORD = r"('(?:[^']|'')*')"
_CASTS = (rf"{_WORD}::character varying", rf"\({_WORD}\)::text", r"\((ARRAY\[[^]]*\])\)::text\[\]")


def shape(connection: psycopg.Connection) -> Lines:
    """Everything about the tables but their rows, by kind: columns, policies, forced flags, triggers, constraints,
    indexes, functions, views, grants to the roles of the register, owners, and those roles.
    """
    connection.execute("SET LOCAL search_path = public")
    return {kind: sorted(_plain(line) for (line,) in connection.execute(asked)) for kind, asked in _QUESTIONS.items()}


def _plain(line: str) -> str:
    """Without casts of lists of words: PostgreSQL casts the list, and each word in it once that has been restored."""
    for cast in _CASTS:
        line = re.sub(cast, r"\1", line)
    return line


def differences(expected: Mapping[str, list[str]], found: Mapping[str, list[str]]) -> list[str]:
    """One sentence for each line that one of them has and the other has not."""
    told = []
    for kind in expected.keys() | found.keys():
        should, does = set(expected.get(kind, [])), set(found.get(kind, []))
        told += [f"{kind}: missing: {line}" for line in should - does]
        told += [f"{kind}: not in the backup: {line}" for line in does - should]
    return sorted(told)
