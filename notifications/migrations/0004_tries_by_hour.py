"""What the delivery board counts by."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_receipts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="attempt",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["ended_at"], name="tries_by_hour", pages_per_range=16
            ),
        ),
    ]
