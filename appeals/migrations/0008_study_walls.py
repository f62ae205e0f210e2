"""Attempts are behind the wall with the part they belong to; what was handed in, and a test somebody began, stays."""

from django.db import migrations

from registry.migrations._guards import append_only
from registry.migrations._walls import walls, within

HANDED_IN = """
CREATE FUNCTION appeals_refuse_changing_what_was_handed_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.handed_in_at IS NULL AND (NEW.seed, NEW.attendance_id, NEW.number, NEW.begun_at)
        = (OLD.seed, OLD.attendance_id, OLD.number, OLD.begun_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an attempt that was handed in stays as it is; % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER an_attempt_handed_in_stays BEFORE UPDATE OR DELETE ON appeals_attempt
    FOR EACH ROW EXECUTE FUNCTION appeals_refuse_changing_what_was_handed_in();
ALTER TABLE appeals_attempt ENABLE ALWAYS TRIGGER an_attempt_handed_in_stays;
CREATE TRIGGER attempts_are_not_emptied BEFORE TRUNCATE ON appeals_attempt
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_alteration();
ALTER TABLE appeals_attempt ENABLE ALWAYS TRIGGER attempts_are_not_emptied;
REVOKE DELETE, TRUNCATE ON appeals_attempt FROM registry_app;
"""

FROZEN = """
CREATE FUNCTION appeals_refuse_changing_a_test_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM appeals_attempt begun
        JOIN appeals_attendance part ON part.id = begun.attendance_id
        JOIN appeals_course course ON course.activity_id = part.activity_id
        WHERE course.id = CASE TG_TABLE_NAME WHEN 'appeals_course' THEN (to_jsonb(NEW) ->> 'id')::bigint
            ELSE (to_jsonb(NEW) ->> 'course_id')::bigint END
    ) THEN
        RAISE EXCEPTION 'somebody has begun this test; % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""

TABLES = ("appeals_course", "appeals_lesson", "appeals_question")


def _frozen(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_is_frozen_once_begun BEFORE INSERT OR UPDATE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION appeals_refuse_changing_a_test_begun();"
        f" ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_frozen_once_begun;"
        f" REVOKE DELETE, TRUNCATE ON {table} FROM registry_app",
        f"DROP TRIGGER {table}_is_frozen_once_begun ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("appeals", "0007_study")]

    operations = [
        *walls({"appeals_attempt": within("appeals_attendance", "attendance_id")}),
        migrations.RunSQL(
            HANDED_IN,
            "DROP TRIGGER attempts_are_not_emptied ON appeals_attempt;"
            "DROP TRIGGER an_attempt_handed_in_stays ON appeals_attempt;"
            "DROP FUNCTION appeals_refuse_changing_what_was_handed_in()",
        ),
        migrations.RunSQL(FROZEN, "DROP FUNCTION appeals_refuse_changing_a_test_begun()"),
        *map(_frozen, TABLES),
        *append_only("appeals", ()),
    ]
