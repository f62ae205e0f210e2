"""Who a user is at a provider of identities."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from registry.migrations._guards import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0013_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalOutsideIdentity",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("server", models.CharField(max_length=200, verbose_name="server")),
                ("identifier", models.CharField(blank=True, max_length=255, verbose_name="identifier")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical identity at a provider",
                "verbose_name_plural": "historical identities at a provider",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="OutsideIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("server", models.CharField(max_length=200, verbose_name="server")),
                ("identifier", models.CharField(blank=True, max_length=255, verbose_name="identifier")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outside_identity",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "identity at a provider",
                "verbose_name_plural": "identities at a provider",
                "ordering": ["user"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("identifier", ""), _negated=True),
                        fields=("server", "identifier"),
                        name="an_identity_opens_one_account",
                    )
                ],
            },
        ),
        *append_only("registry", ()),
    ]
