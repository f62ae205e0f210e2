"""A vote that is being written is its author's alone, behind the wall, too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers
from registry.migrations._walls import own, walls


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0009_unfinished_attempts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VoteDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("sealed", models.BinaryField()),
                ("begun_at", models.DateTimeField(verbose_name="begun at")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "seat",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="draft", to="appeals.seat"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a vote",
                "verbose_name_plural": "drafts of votes",
                "ordering": ["-id"],
            },
        ),
        *walls({"appeals_votedraft": own()}),
    ]
