"""People of a place are found by an index over its registrations alone, and those of a category in order.

Both come and the index that one of them covers goes while everybody works on.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_COVERED = "registry_registration_institution_id_7d9eeb0f"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registry", "0027_quicker_writes")]
    operations = [
        AddIndexConcurrently("practitioner", models.Index(fields=["category", "id"], name="practitioner_category")),
        AddIndexConcurrently(
            "registration", models.Index(fields=["institution", "practitioner"], name="registration_at_of_person")
        ),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {_COVERED}",
                    f"CREATE INDEX CONCURRENTLY {_COVERED} ON registry_registration (institution_id)",
                )
            ],
            [
                migrations.AlterField(
                    "registration",
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="registry.institution",
                    ),
                )
            ],
        ),
    ]
