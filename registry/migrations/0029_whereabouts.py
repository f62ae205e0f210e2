"""Where people are or were registered, by region: from here on PostgreSQL keeps it as registrations come.

The tables of registrations and of institutions are wanted for a moment; where they are not to be had within two seconds
it gives up, and is tried again at a better time.
"""

import django.db.models.deletion
from django.db import migrations, models

from registry.migrations._walls import REGIONS, Rule, walls

_FUNCTIONS = """
CREATE FUNCTION registry_note_whereabouts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO registry_whereabouts (prefix, practitioner_id)
        SELECT DISTINCT left(place.region_id, digits), came.practitioner_id
        FROM came
        JOIN registry_institution place ON place.id = came.institution_id
        CROSS JOIN (VALUES (2), (4), (6)) AS level(digits)
        ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION registry_hold_registrations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- What another transaction has written is not seen yet: it ends first, and none begins until this one has ended.
    LOCK TABLE registry_registration IN SHARE ROW EXCLUSIVE MODE;
    RETURN new;
END $$;

CREATE FUNCTION registry_move_whereabouts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO registry_whereabouts (prefix, practitioner_id)
        SELECT DISTINCT left(new.region_id, digits), stay.practitioner_id
        FROM registry_registration stay CROSS JOIN (VALUES (2), (4), (6)) AS level(digits)
        WHERE stay.institution_id = new.id
        ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    DELETE FROM registry_whereabouts gone
        USING registry_registration stay, (VALUES (2), (4), (6)) AS level(digits)
        WHERE stay.institution_id = new.id
            AND gone.prefix = left(old.region_id, digits) AND gone.practitioner_id = stay.practitioner_id
            AND NOT EXISTS (
                SELECT FROM registry_registration other JOIN registry_institution place ON place.id = other.institution_id
                WHERE other.practitioner_id = stay.practitioner_id AND left(place.region_id, digits) = gone.prefix
            );
    RETURN NULL;
END $$;
"""
_NO_FUNCTIONS = """
DROP FUNCTION registry_move_whereabouts();
DROP FUNCTION registry_hold_registrations();
DROP FUNCTION registry_note_whereabouts();
"""
_TRIGGERS = """
SET LOCAL lock_timeout = '2s';
CREATE TRIGGER registry_registration_notes_whereabouts AFTER INSERT ON registry_registration
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION registry_note_whereabouts();
CREATE TRIGGER registry_institution_holds_registrations BEFORE UPDATE ON registry_institution
    FOR EACH ROW WHEN (old.region_id <> new.region_id) EXECUTE FUNCTION registry_hold_registrations();
CREATE TRIGGER registry_institution_moves_whereabouts AFTER UPDATE ON registry_institution
    FOR EACH ROW WHEN (old.region_id <> new.region_id) EXECUTE FUNCTION registry_move_whereabouts();
ALTER TABLE registry_registration ENABLE ALWAYS TRIGGER registry_registration_notes_whereabouts;
ALTER TABLE registry_institution ENABLE ALWAYS TRIGGER registry_institution_holds_registrations;
ALTER TABLE registry_institution ENABLE ALWAYS TRIGGER registry_institution_moves_whereabouts;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON registry_whereabouts FROM registry_app;
SET LOCAL lock_timeout TO DEFAULT;
"""
_NO_TRIGGERS = """
SET LOCAL lock_timeout = '2s';
DROP TRIGGER registry_institution_moves_whereabouts ON registry_institution;
DROP TRIGGER registry_institution_holds_registrations ON registry_institution;
DROP TRIGGER registry_registration_notes_whereabouts ON registry_registration;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0028_people_of_places")]
    operations = [
        migrations.CreateModel(
            name="Whereabouts",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "prefix", "practitioner", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefix", models.CharField(max_length=6, verbose_name="region")),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="whereabouts",
                        to="registry.practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "whereabouts",
                "verbose_name_plural": "whereabouts",
                "ordering": ["prefix", "practitioner"],
            },
        ),
        *walls({"registry_whereabouts": Rule(lambda table: f"{table}.prefix LIKE ANY {REGIONS}")}),
        migrations.RunSQL(_FUNCTIONS, _NO_FUNCTIONS),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
