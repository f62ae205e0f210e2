"""Attempts to sign in, ages of passwords, and the cache that all processes share: used codes are remembered there."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CACHE = """
CREATE TABLE registry_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL
);
CREATE INDEX registry_cache_expires ON registry_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_api_guards"),
    ]

    operations = [
        migrations.RunSQL(CACHE, "DROP TABLE registry_cache"),
        migrations.CreateModel(
            name="PasswordAge",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
            ],
            options={
                "verbose_name": "age of a password",
                "verbose_name_plural": "ages of passwords",
                "ordering": ["user"],
            },
        ),
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                ("subject", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("last_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "attempt to sign in",
                "verbose_name_plural": "attempts to sign in",
                "ordering": ["subject"],
            },
        ),
    ]
