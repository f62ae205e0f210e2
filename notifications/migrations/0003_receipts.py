"""What recipients did with notices: written once, and behind the wall."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers
from registry.migrations._guards import append_only
from registry.migrations._walls import walls, within

_of_the_notice = within("notifications_notice", "notice_id")
RECEIPTS = {"notifications_receipt": _of_the_notice, "notifications_followup": _of_the_notice}


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_walls"),
        ("registry", "0015_resealing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="recorded at")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("inquiry", "an inquiry was opened"),
                            ("measure", "a measure or penalty of its own"),
                            ("referred", "passed on to another authority"),
                            ("nothing", "nothing further follows"),
                        ],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("decided_on", models.DateField(verbose_name="decided on")),
                ("document_number", models.CharField(blank=True, max_length=120, verbose_name="document number")),
                ("words", models.TextField(blank=True, max_length=2000, verbose_name="in words")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.apikey"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="notifications.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "outcome of a follow-up",
                "verbose_name_plural": "outcomes of follow-ups",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("by__isnull", False)), name="somebody_answers_for_an_outcome"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "kind",
                    models.CharField(
                        choices=[("read", "read"), ("acknowledged", "acknowledged")],
                        max_length=12,
                        verbose_name="what was done",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.apikey"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="notifications.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "kind"), name="a_notice_is_read_and_acknowledged_once"),
                    models.CheckConstraint(
                        condition=models.Q(("by__isnull", False), ("key__isnull", False), _connector="OR"),
                        name="somebody_took_note_of_a_notice",
                    ),
                ],
            },
        ),
        *append_only("notifications", RECEIPTS),
        *walls(RECEIPTS),
    ]
