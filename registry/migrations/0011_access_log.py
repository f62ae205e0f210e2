"""Who looked into whose file: written once, and chained for each file."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from registry.migrations._guards import append_only

LAST_READINGS = """
CREATE FUNCTION registry_last_readings(files bigint[])
    RETURNS TABLE (file bigint, last_no integer, last_hash bytea, last_at timestamptz)
    LANGUAGE plpgsql AS $$
DECLARE drawer integer;
BEGIN
    -- Files share 64 locks, taken in order: a list of thousands needs no more, and nobody waits for whom they hold up.
    FOR drawer IN SELECT DISTINCT asked % 64 AS number FROM unnest(files) AS asked ORDER BY number LOOP
        PERFORM pg_advisory_xact_lock(20250101, drawer);
    END LOOP;
    RETURN QUERY SELECT asked, found.chain_no, found.hash, found.at
        FROM unnest(files) AS asked
        CROSS JOIN LATERAL (
            SELECT reading.chain_no, reading.hash, reading.at FROM registry_accessrecord AS reading
            WHERE reading.practitioner_id = asked ORDER BY reading.chain_no DESC LIMIT 1
        ) AS found;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0010_who"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain_no", models.PositiveIntegerField(verbose_name="number in the file")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "opened the file"),
                            ("history", "read the history"),
                            ("searched", "found by document number"),
                            ("unmasked", "saw a whole document number"),
                            ("exported", "took the file away"),
                        ],
                        max_length=12,
                        verbose_name="what was done",
                    ),
                ),
                (
                    "face",
                    models.CharField(
                        choices=[("office", "the office"), ("api", "a program")], max_length=8, verbose_name="through"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="recorded at")),
                ("salt", models.BinaryField()),
                ("prev_hash", models.BinaryField()),
                ("hash", models.BinaryField()),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="registry.apikey",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="registry.practitioner",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "look into a file",
                "verbose_name_plural": "looks into files",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["practitioner", "id"], name="readings_of_a_file")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practitioner", "chain_no"), name="a_file_numbers_its_readings_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(user__isnull=False) | models.Q(key__isnull=False), name="somebody_looked"
                    ),
                ],
            },
        ),
        migrations.RunSQL(LAST_READINGS, "DROP FUNCTION registry_last_readings(bigint[])"),
        *append_only("registry", ("registry_accessrecord",)),
    ]
