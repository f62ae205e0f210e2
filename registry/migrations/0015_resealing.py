"""Sealed contents of append-only tables may be sealed anew by the owner: nothing but the seal, nothing longer or shorter."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION registry_refuse_all_but_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('registry.resealing', true) = 'yes' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused; a later fact corrects an earlier one', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION registry_refuse_more_than_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE resealed record;
BEGIN
    resealed := OLD;
    resealed.sealed := NEW.sealed;
    IF resealed IS DISTINCT FROM NEW OR octet_length(NEW.sealed) - octet_length(OLD.sealed) NOT IN (0, 8) THEN
        RAISE EXCEPTION '% is append-only: only its seal may be renewed', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION registry_refuse_all_but_resealing();
DROP FUNCTION registry_refuse_more_than_resealing();
"""
GUARD = """
DROP TRIGGER {table}_is_append_only ON {table};
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {function}();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only;
"""
ONLY_RESEALS = """
CREATE TRIGGER {table}_only_reseals BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_more_than_resealing();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_only_reseals;
"""
TABLES = ("registry_storedfile", "registry_givenanswer")


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_identities")]
    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *(
            migrations.RunSQL(ONLY_RESEALS.format(table=table), f"DROP TRIGGER {table}_only_reseals ON {table}")
            for table in TABLES
        ),
        *(
            migrations.RunSQL(
                GUARD.format(table=table, function="registry_refuse_all_but_resealing"),
                GUARD.format(table=table, function="registry_refuse_alteration"),
            )
            for table in TABLES
        ),
    ]
