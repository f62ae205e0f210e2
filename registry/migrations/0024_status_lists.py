"""The offline list of the settlement check: places that nobody alters, and lists that are made, read and forgotten."""

import django.db.models.deletion
from django.db import migrations, models

from registry.migrations._guards import append_only
from registry.migrations._walls import nobody, person, walls

NEVER_ALTERED = """
REVOKE UPDATE, TRUNCATE ON registry_statuslist FROM registry_app;
GRANT UPDATE (seen) ON registry_statuslist TO registry_app;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0023_pinyin_indexes")]

    operations = [
        migrations.CreateModel(
            name="StatusList",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="sequence")),
                ("day", models.DateField(verbose_name="day")),
                ("known_at", models.DateTimeField(db_index=True, verbose_name="as known at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("size", models.BigIntegerField(verbose_name="number of places")),
                ("root", models.CharField(max_length=64, verbose_name="root")),
                ("key_id", models.CharField(max_length=40, verbose_name="key")),
                ("token", models.TextField(verbose_name="list")),
                ("delta", models.TextField(blank=True, verbose_name="delta")),
                ("seen", models.CharField(max_length=80)),
            ],
            options={
                "verbose_name": "status list",
                "verbose_name_plural": "status lists",
                "ordering": ["-sequence"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", 1)), name="status_lists_are_numbered_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("delta", ""), ("sequence", 1)),
                            models.Q(("sequence__gt", 1), models.Q(("delta", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="each_status_list_follows_from_the_one_before",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("known_at"))), name="a_status_list_expires_later"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListPlace",
            fields=[
                (
                    "place",
                    models.BigIntegerField(
                        db_column="id", primary_key=True, serialize=False, verbose_name="place in the list"
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "practitioner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_place",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "place in the status list",
                "verbose_name_plural": "places in the status list",
                "ordering": ["place"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("place__gte", 0), ("place__lt", 268435456)), name="a_place_has_28_bits"
                    )
                ],
            },
        ),
        *append_only("registry", ("registry_listplace",)),
        *walls({"registry_listplace": person(), "registry_statuslist": nobody()}),
        migrations.RunSQL(NEVER_ALTERED, migrations.RunSQL.noop),
    ]
