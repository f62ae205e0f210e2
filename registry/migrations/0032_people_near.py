"""Who is near a threshold is found by an index, made while everybody works on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registry", "0031_kept_figures")]
    operations = [
        AddIndexConcurrently(
            "standingspan",
            models.Index(
                fields=["points"], name="span_near", condition=models.Q(("points__gt", 0), ("status", "normal"))
            ),
        ),
    ]
