"""Files of claims and their results: sealed, in pieces, and nobody's to read but for their system."""

import django.db.models.deletion
from django.db import migrations, models

import registry.models.identifiers
from registry.migrations._walls import nobody, walls


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0024_status_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClaimsCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("filename", models.CharField(blank=True, max_length=255, verbose_name="file name")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size (bytes)")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("every", models.BooleanField(default=False, verbose_name="every row is told")),
                ("past", models.BooleanField(default=False)),
                ("known_at", models.DateTimeField(null=True, verbose_name="as known at")),
                ("since", models.DateTimeField(null=True, verbose_name="restitution since")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("receiving", "being received"),
                            ("waiting", "waiting"),
                            ("working", "being checked"),
                            ("done", "checked"),
                            ("refused", "refused"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="receiving",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=10, verbose_name="kind of file")),
                ("further", models.JSONField(default=list, verbose_name="columns not looked at")),
                ("about", models.PositiveBigIntegerField(default=0, verbose_name="rows, about")),
                ("counts", models.JSONField(default=dict, verbose_name="rows by outcome")),
                ("problem", models.CharField(blank=True, max_length=40, verbose_name="reason of refusal")),
                ("problem_text", models.TextField(blank=True, verbose_name="why and what to do")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                ("forgotten", models.BooleanField(default=False, verbose_name="file and result are no longer kept")),
                ("next_at", models.DateTimeField(null=True, verbose_name="next attempt at")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="claimed until")),
                ("fence", models.PositiveIntegerField(default=0, verbose_name="claim number")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.apikey",
                        verbose_name="key of a system",
                    ),
                ),
            ],
            options={
                "verbose_name": "check of claims",
                "verbose_name_plural": "checks of claims",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ClaimsPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(choices=[("file", "file"), ("result", "result")], max_length=6)),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "check_of",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="registry.claimscheck",
                    ),
                ),
            ],
            options={
                "verbose_name": "piece of claims",
                "verbose_name_plural": "pieces of claims",
                "ordering": ["check_of", "part", "number"],
            },
        ),
        migrations.AddIndex(
            model_name="claimscheck",
            index=models.Index(
                condition=models.Q(("next_at", None), _negated=True),
                fields=["next_at"],
                name="claims_checks_to_be_done",
            ),
        ),
        migrations.AddIndex(
            model_name="claimscheck",
            index=models.Index(fields=["key", "-id"], name="claims_checks_of_a_key"),
        ),
        migrations.AddConstraint(
            model_name="claimspiece",
            constraint=models.UniqueConstraint(
                fields=("check_of", "part", "number"), name="a_piece_of_claims_has_one_place"
            ),
        ),
        *walls({"registry_claimscheck": nobody(), "registry_claimspiece": nobody()}),
    ]
