"""What the law forbids, the database refuses: nothing in the ledger is altered, by nobody."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION registry_refuse_alteration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused; a later fact corrects an earlier one', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""

GUARD = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_alteration();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only;
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM registry_app;
"""

HISTORY = """
DO $$ DECLARE history text; BEGIN
    FOR history IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'registry_historical%' LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM registry_app', history);
    END LOOP;
END $$;
"""

TABLES = ("registry_fact", "registry_pointsentry", "registry_standingchange", "registry_emergencycheck")


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_records")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION registry_refuse_alteration()"),
        *(
            migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER {table}_is_append_only ON {table}")
            for table in TABLES
        ),
        migrations.RunSQL(HISTORY, migrations.RunSQL.noop),
    ]
