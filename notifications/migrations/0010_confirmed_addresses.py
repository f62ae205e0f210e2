"""Addresses for e-mail count once they were confirmed; those that accounts had wait for that."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers
from registry.migrations._guards import append_only
from registry.migrations._walls import own, walls

ADDRESSES = {"notifications_mailaddress": own(), "notifications_historicalmailaddress": own()}
MOVED = """
INSERT INTO notifications_mailaddress (uuid, user_id, address, asked_at, expires_at, ending)
    SELECT gen_random_uuid(), id, email, now(), now(), '' FROM registry_user WHERE email <> '';
UPDATE registry_user SET email = '' WHERE email <> '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0009_quicker_pushing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="occasion",
            field=models.CharField(
                choices=[
                    ("notice", "a notice waits"),
                    ("confirm", "an address is to be confirmed"),
                    ("ended", "an address counts no more"),
                ],
                default="notice",
                max_length=8,
                verbose_name="why",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="notice",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mails",
                to="notifications.notice",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalMailAddress",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("asked_at", models.DateTimeField(verbose_name="link asked for at")),
                ("expires_at", models.DateTimeField(verbose_name="link holds until")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[("replaced", "another address was confirmed"), ("withdrawn", "taken back")],
                        max_length=9,
                        verbose_name="why it ended",
                    ),
                ),
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
                "verbose_name": "historical address for e-mail",
                "verbose_name_plural": "historical addresses for e-mail",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MailAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("address", models.CharField(max_length=254, verbose_name="e-mail address")),
                ("digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("asked_at", models.DateTimeField(verbose_name="link asked for at")),
                ("expires_at", models.DateTimeField(verbose_name="link holds until")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[("replaced", "another address was confirmed"), ("withdrawn", "taken back")],
                        max_length=9,
                        verbose_name="why it ended",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mail_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "address for e-mail",
                "verbose_name_plural": "addresses for e-mail",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="mail",
            name="address",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mails",
                to="notifications.mailaddress",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("next_at__isnull", False)),
                fields=("address", "occasion"),
                name="one_mail_about_an_address_is_owed_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address", None), ("notice__isnull", False), ("occasion", "notice")),
                    models.Q(
                        ("address__isnull", False),
                        ("gathered", False),
                        ("notice", None),
                        ("occasion__in", ["confirm", "ended"]),
                    ),
                    _connector="OR",
                ),
                name="a_mail_is_of_a_notice_or_about_an_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailaddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", False), ("ended_at", None)),
                fields=("user",),
                name="one_address_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailaddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at", None), ("ended_at", None)),
                fields=("user",),
                name="one_address_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ending", "")),
                    models.Q(("ended_at__isnull", False), models.Q(("ending", ""), _negated=True)),
                    _connector="OR",
                ),
                name="an_address_that_ended_says_why",
            ),
        ),
        *append_only("notifications", []),
        *walls(ADDRESSES),
        migrations.RunSQL(MOVED, migrations.RunSQL.noop),
    ]
