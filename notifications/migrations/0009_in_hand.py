"""What workers count by when they take letters in hand."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0008_exchange"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="push",
            index=models.Index(fields=["endpoint"], name="pushes_in_hand", condition=Q(lease_until__isnull=False)),
        ),
    ]
