"""What workers count by when they take letters in hand, and systems that take several letters in one request."""

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
        migrations.AddField(
            model_name="endpoint",
            name="takes_batches",
            field=models.BooleanField(default=False, verbose_name="takes batches"),
        ),
        migrations.AddField(
            model_name="historicalendpoint",
            name="takes_batches",
            field=models.BooleanField(default=False, verbose_name="takes batches"),
        ),
    ]
