"""An attempt at a test that was never handed in may be forgotten; what was handed in stays as it is."""

from django.db import migrations

STAYS = """
CREATE OR REPLACE FUNCTION appeals_refuse_changing_what_was_handed_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.handed_in_at IS NULL AND (NEW.seed, NEW.attendance_id, NEW.number, NEW.begun_at)
        = (OLD.seed, OLD.attendance_id, OLD.number, OLD.begun_at) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.handed_in_at IS NULL THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an attempt that was handed in stays as it is; % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
GRANT DELETE ON appeals_attempt TO registry_app;
"""


class Migration(migrations.Migration):
    dependencies = [("appeals", "0008_study_walls")]

    operations = [migrations.RunSQL(STAYS, "REVOKE DELETE ON appeals_attempt FROM registry_app")]
