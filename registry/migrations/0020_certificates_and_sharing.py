"""Certificates of standing, which nobody alters, and the codes by which a practitioner shows the own standing."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers
from registry.migrations._guards import append_only
from registry.migrations._walls import person, walls, within

APPEND_ONLY = ("registry_standingcertificate", "registry_sharedlook")
FILE = {
    "registry_standingcertificate": person(),
    "registry_sharingcode": person(),
    "registry_historicalsharingcode": person(),
    "registry_sharedlook": within("registry_sharingcode", "code_id"),
}


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0019_authorities_act"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalSharingCode",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("recipient", models.CharField(max_length=100, verbose_name="recipient")),
                (
                    "scope",
                    models.CharField(
                        choices=[("standing", "standing only"), ("points", "standing, and points of this year")],
                        max_length=8,
                        verbose_name="what is shown",
                    ),
                ),
                ("most_looks", models.PositiveSmallIntegerField(verbose_name="looks allowed")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back at")),
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
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical sharing code",
                "verbose_name_plural": "historical sharing codes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SharingCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("recipient", models.CharField(max_length=100, verbose_name="recipient")),
                (
                    "scope",
                    models.CharField(
                        choices=[("standing", "standing only"), ("points", "standing, and points of this year")],
                        max_length=8,
                        verbose_name="what is shown",
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("most_looks", models.PositiveSmallIntegerField(verbose_name="looks allowed")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back at")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sharing_codes",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "sharing code",
                "verbose_name_plural": "sharing codes",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SharedLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("at", models.DateTimeField(verbose_name="seen at")),
                ("status", models.CharField(max_length=10, verbose_name="standing")),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="registry.sharingcode"
                    ),
                ),
            ],
            options={
                "verbose_name": "look with a sharing code",
                "verbose_name_plural": "looks with sharing codes",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="StandingCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="number")),
                ("content", models.TextField(verbose_name="content")),
                ("signature", models.BinaryField(max_length=64)),
                ("key_id", models.CharField(max_length=40, verbose_name="key")),
                ("on_day", models.DateField(verbose_name="day")),
                ("known_at", models.DateTimeField(verbose_name="as known at")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "Chinese"), ("en", "English")], max_length=8, verbose_name="language"
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_certificates",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate of standing",
                "verbose_name_plural": "certificates of standing",
                "ordering": ["-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="sharingcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))), name="a_sharing_code_ends_after_it_began"
            ),
        ),
        migrations.AddConstraint(
            model_name="sharingcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_looks__gte", 1)), name="a_sharing_code_allows_a_look"
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedlook",
            constraint=models.UniqueConstraint(fields=("code", "number"), name="a_sharing_code_numbers_its_looks_once"),
        ),
        migrations.AddConstraint(
            model_name="sharedlook",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="looks_are_numbered_from_one"
            ),
        ),
        *append_only("registry", APPEND_ONLY),
        *walls(FILE),
    ]
