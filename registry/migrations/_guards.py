"""What makes tables append-only, for migrations that bring some."""

from collections.abc import Iterable

from django.db import migrations

GUARD = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_alteration();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only;
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM registry_app;
"""

HISTORIES = """
DO $$ DECLARE history text; BEGIN
    FOR history IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE '{app}_historical%' LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM registry_app', history);
    END LOOP;
END $$;
"""


def append_only(app: str, tables: Iterable[str]) -> list[migrations.RunSQL]:
    """The guards of the tables named, and of every history of the application that there is by now."""
    guards = [
        migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER {table}_is_append_only ON {table}")
        for table in tables
    ]
    return [*guards, migrations.RunSQL(HISTORIES.format(app=app), migrations.RunSQL.noop)]
