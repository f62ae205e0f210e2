"""Weekly digests: a further kind of mail, one for a user and a week; who wishes them on which day, behind the wall."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from registry.migrations._walls import own, walls


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0010_confirmed_addresses"),
        ("registry", "0023_pinyin_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DigestWish",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="digest_wish",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="day of the week")),
                ("said_at", models.DateTimeField(verbose_name="said at")),
            ],
            options={
                "verbose_name": "wish for the weekly digest",
                "verbose_name_plural": "wishes for the weekly digest",
                "ordering": ["user"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="mail",
            name="a_mail_is_of_a_notice_or_about_an_address",
        ),
        migrations.AddField(
            model_name="mail",
            name="week",
            field=models.DateField(blank=True, null=True, verbose_name="week, by its Monday"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="occasion",
            field=models.CharField(
                choices=[
                    ("notice", "a notice waits"),
                    ("confirm", "an address is to be confirmed"),
                    ("ended", "an address counts no more"),
                    ("digest", "the digest of a week"),
                ],
                default="notice",
                max_length=8,
                verbose_name="why",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(fields=("user", "week"), name="a_user_is_owed_one_digest_for_a_week"),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address", None), ("notice__isnull", False), ("occasion", "notice"), ("week", None)),
                    models.Q(
                        ("address__isnull", False),
                        ("gathered", False),
                        ("notice", None),
                        ("occasion__in", ["confirm", "ended"]),
                        ("week", None),
                    ),
                    models.Q(
                        ("address", None),
                        ("gathered", False),
                        ("notice", None),
                        ("occasion", "digest"),
                        ("week__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_mail_is_of_a_notice_or_about_an_address_or_a_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="digestwish",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday", None), ("weekday__lte", 6), _connector="OR"),
                name="a_week_has_seven_days",
            ),
        ),
        *walls({"notifications_digestwish": own()}),
    ]
