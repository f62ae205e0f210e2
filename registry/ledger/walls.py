"""Whether the second wall stands: row-level security on every table that tells of people and cases."""

from collections.abc import Collection, Iterator

from django.db import connection

BEFORE_THE_WALL = frozenset(
    {
        # published, or naming nobody
        "registry_region",
        "registry_historicalregion",
        "registry_agency",
        "registry_historicalagency",
        "registry_authority",
        "registry_historicalauthority",
        "registry_institution",
        "registry_historicalinstitution",
        "registry_serviceagreement",
        "registry_historicalserviceagreement",
        "registry_phasein",
        "registry_historicalphasein",
        "registry_calendaryear",
        "registry_historicalcalendaryear",
        "registry_calendarday",
        "registry_historicalcalendarday",
        "registry_keptfigures",
        "notifications_look",
        "appeals_activity",
        "appeals_historicalactivity",
        "appeals_course",
        "appeals_historicalcourse",
        "appeals_lesson",
        "appeals_historicallesson",
        "appeals_question",
        "appeals_historicalquestion",
        # who may come in, kept by administrators of its own
        "registry_user",
        "registry_user_groups",
        "registry_user_user_permissions",
        "registry_assignment",
        "registry_historicalassignment",
        "registry_apikey",
        "registry_historicalapikey",
        "registry_signinattempt",
        "registry_passwordage",
        "registry_outsideidentity",
        "registry_historicaloutsideidentity",
        # where systems and other registers are reached, kept by administrators; the keys are sealed
        "notifications_endpoint",
        "notifications_historicalendpoint",
        "notifications_endpointkey",
        "notifications_historicalendpointkey",
        "notifications_register",
        "notifications_historicalregister",
        "notifications_reconciliation",
        # answers kept sealed, found only by the asker and the key of the request
        "registry_givenanswer",
    }
)
"""The tables that stand before the wall, each for its reason; every other one is behind it."""

_WALLED = """
    SELECT t.relname FROM pg_class t
    WHERE t.relnamespace = 'public'::regnamespace AND t.relrowsecurity AND t.relforcerowsecurity AND EXISTS (
        SELECT FROM pg_policy p
        WHERE p.polrelid = t.oid AND p.polcmd = 'r' AND 'registry_reader'::regrole::oid = ANY (p.polroles)
    )
"""
_OPEN = """
    SELECT t.relname FROM pg_policy p JOIN pg_class t ON t.oid = p.polrelid
    WHERE ('registry_reader'::regrole::oid = ANY (p.polroles) OR 0 = ANY (p.polroles))
        AND (p.polcmd <> 'r' OR pg_get_expr(p.polqual, p.polrelid) = 'true')
"""


_BOUND = """
    SELECT rolname FROM pg_roles
    WHERE rolname = 'registry_app' AND pg_has_role('registry_app', 'registry_reader', 'USAGE')
"""


def wall_faults(tables: Collection[str]) -> Iterator[str]:
    """The tables among these that tell of people and cases and do not hide them from who may not see them."""
    behind = {*tables} - BEFORE_THE_WALL
    for role in _named(_BOUND):
        yield f"role {role}: it inherits from registry_reader, so that what binds who reads binds who acts"
    for table in sorted(behind - _named(_WALLED)):
        yield f"table {table}: row-level security is missing, not forced, or has no policy for who reads"
    for table in sorted(behind & _named(_OPEN)):
        yield f"table {table}: a policy opens it to who reads beyond what is in sight"
    for table in sorted(behind):
        for privilege in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            if _may(table, privilege):
                yield f"table {table}: who reads may {privilege}, which is for acts alone"


def _named(query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def _may(table: str, privilege: str) -> bool:
    asked = "has_table_privilege" if privilege in ("DELETE", "TRUNCATE") else "has_any_column_privilege"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}('registry_reader', %s, %s)", [table, privilege])
        return bool(cursor.fetchone()[0])
