"""What is owed by e-mail, and who wishes it: behind the wall, each row its user's own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers
from registry.migrations._walls import own, walls

MAILS = {"notifications_mail": own(), "notifications_mailwish": own()}


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0006_quicker_walls"),
        ("registry", "0017_quicker_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailWish",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="mail_wish",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("wanted", models.BooleanField(verbose_name="by e-mail")),
                ("said_at", models.DateTimeField(verbose_name="said at")),
            ],
            options={
                "verbose_name": "wish for e-mail",
                "verbose_name_plural": "wishes for e-mail",
                "ordering": ["user"],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("gathered", models.BooleanField(verbose_name="together with others")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("overdue", "overdue, tried daily"),
                            ("sent", "sent"),
                            ("withdrawn", "no longer needed"),
                        ],
                        default="waiting",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="owed since")),
                ("next_at", models.DateTimeField(null=True, verbose_name="next try at")),
                ("lease_until", models.DateTimeField(null=True)),
                ("fence", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="failures")),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unreachable", "no connection to the mail server"),
                            ("configured", "the mail server does not take our sign-in"),
                            ("address", "the mail server does not take the address"),
                            ("refused", "the mail server does not take the mail"),
                            ("broken", "the connection broke off"),
                        ],
                        max_length=12,
                        verbose_name="problem",
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                (
                    "notice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="notifications.notice",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "e-mail",
                "verbose_name_plural": "e-mails",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="mails_that_are_owed"
                    ),
                    models.Index(fields=["user", "sent_at"], name="mails_of_a_user"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "user"), name="a_user_is_owed_one_mail_for_a_notice"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_at__isnull", False), ("sent_at", None), ("state__in", ["waiting", "overdue"])
                            ),
                            models.Q(("next_at", None), ("sent_at__isnull", False), ("state", "sent")),
                            models.Q(("next_at", None), ("sent_at", None), ("state", "withdrawn")),
                            _connector="OR",
                        ),
                        name="a_mail_that_is_owed_has_a_next_try",
                    ),
                ],
            },
        ),
        *walls(MAILS),
    ]
