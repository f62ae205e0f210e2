"""What was passed on to the police and what came back: written once, and seen only where the case was decided."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers
from registry.migrations._guards import append_only
from registry.migrations._walls import either, in_region_of, named_by, walls, within

POLICE = {
    "registry_policetransfer": in_region_of("registry_case", "case_id", by="agency"),
    "registry_policeanswer": within("registry_policetransfer", "transfer_id"),
}
"""Neither the own file nor a place of work brings them into sight."""

DOCUMENTS = either(named_by("registry_policetransfer", "document_id"), named_by("registry_policeanswer", "document_id"))


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0017_quicker_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="PoliceTransfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("organ", models.CharField(max_length=200, verbose_name="public security organ")),
                ("document_number", models.CharField(max_length=120, verbose_name="document number")),
                ("entered", models.PositiveSmallIntegerField(default=1)),
                ("transferred_on", models.DateField(verbose_name="transferred on")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="legal basis")),
                ("grounds", models.TextField(verbose_name="grounds")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="police_transfers",
                        to="registry.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="document",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "transfer to the police",
                "verbose_name_plural": "transfers to the police",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "practitioner", "document_number", "entered"),
                        name="a_document_transfers_a_person_of_a_case_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("second", models.F("recorded_by")), _negated=True),
                        name="a_transfer_is_signed_by_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PoliceAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "accepted by the police"),
                            ("not_accepted", "not accepted by the police"),
                            ("mistaken", "recorded by mistake"),
                        ],
                        max_length=12,
                        verbose_name="what came back",
                    ),
                ),
                ("answered_on", models.DateField(verbose_name="of the day")),
                ("document_number", models.CharField(blank=True, max_length=120, verbose_name="document number")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="document",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="registry.policetransfer",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer of the police",
                "verbose_name_plural": "answers of the police",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("transfer", "outcome"), name="a_transfer_has_each_answer_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "mistaken"),
                            models.Q(("document__isnull", False), models.Q(("document_number", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_answer_of_the_police_has_its_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "accepted"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="what_was_not_accepted_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "mistaken"), _negated=True),
                            models.Q(
                                ("second__isnull", False), models.Q(("second", models.F("recorded_by")), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_mistake_is_signed_by_two_people",
                    ),
                ],
            },
        ),
        *append_only("registry", POLICE),
        *walls(POLICE),
        migrations.RunSQL(
            f"{' '.join(DOCUMENTS.functions)} CREATE POLICY in_sight_as_passed_to_the_police ON registry_storedfile"
            f" FOR SELECT TO registry_reader USING ({DOCUMENTS.condition('registry_storedfile')})",
            "DROP POLICY in_sight_as_passed_to_the_police ON registry_storedfile",
        ),
    ]
