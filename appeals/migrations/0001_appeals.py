import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0004_casework"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("policy_publicity", "policy publicity"),
                            ("training", "training"),
                            ("study_with_test", "study with a test"),
                            ("joining_inspections", "joining inspections"),
                            ("reporting", "reporting of violations"),
                        ],
                        max_length=24,
                        verbose_name="activity",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("places", models.PositiveIntegerField(blank=True, null=True, verbose_name="places")),
                (
                    "pass_mark",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="pass mark (of 100)"),
                ),
                ("offered_at", models.DateTimeField(verbose_name="offered at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                (
                    "agency",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "offered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "activity",
                "verbose_name_plural": "activities",
                "ordering": ["-starts_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agency__isnull", False), ("institution", None)),
                            models.Q(("agency", None), ("institution__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_activity_is_offered_by_an_agency_or_an_institution",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="an_activity_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "study_with_test"), ("pass_mark__isnull", False), ("pass_mark__lte", 100)
                            ),
                            models.Q(models.Q(("kind", "study_with_test"), _negated=True), ("pass_mark", None)),
                            _connector="OR",
                        ),
                        name="a_study_with_a_test_has_a_pass_mark",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[("relief", "relief of points"), ("shortening", "a shorter period")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "filed"),
                            ("deliberating", "experts deliberate"),
                            ("deliberated", "deliberated, to be decided"),
                            ("granted", "granted"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="filed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                ("amount", models.PositiveSmallIntegerField(verbose_name="points or days")),
                ("statement", models.TextField(verbose_name="statement")),
                ("filed_at", models.DateTimeField(verbose_name="filed at")),
                ("decision", models.TextField(blank=True, verbose_name="decision")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=120, verbose_name="document number of the decision"),
                ),
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
                    "fact",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="application",
                        to="registry.fact",
                    ),
                ),
                (
                    "filed_by",
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
                        related_name="applications",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "application for remediation",
                "verbose_name_plural": "applications for remediation",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)), name="an_application_asks_for_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fact__isnull", False), ("state", "granted")),
                            models.Q(models.Q(("state", "granted"), _negated=True), ("fact", None)),
                            _connector="OR",
                        ),
                        name="only_what_was_granted_has_a_fact",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("enrolled", "enrolled"),
                            ("completed", "completed"),
                            ("failed", "not completed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="enrolled",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("enrolled_at", models.DateTimeField(verbose_name="enrolled at")),
                ("score", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="score (of 100)")),
                ("completed_on", models.DateField(blank=True, null=True, verbose_name="completed on")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to="appeals.activity"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="appeals.application",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.storedfile",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "attendance",
                "verbose_name_plural": "attendances",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("activity", "practitioner"),
                        name="a_person_takes_part_once_in_an_activity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("application", None), ("state", "completed"), _connector="OR"),
                        name="only_a_completed_activity_supports",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score", None), ("score__lte", 100), _connector="OR"),
                        name="a_score_is_of_100",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Expert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "specialties",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None, verbose_name="specialties"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="in the pool")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "practitioner",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expert",
                        to="registry.practitioner",
                        verbose_name="own file in the register",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expert",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "expert",
                "verbose_name_plural": "experts",
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("specialties", []), _negated=True), name="an_expert_has_a_specialty"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpertAvailability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (first day not counted)")),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="availability", to="appeals.expert"
                    ),
                ),
            ],
            options={
                "verbose_name": "availability of an expert",
                "verbose_name_plural": "availability of experts",
                "ordering": ["starts_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                        name="availability_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpertConflict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason")),
                ("declared_at", models.DateTimeField(verbose_name="declared at")),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conflicts", to="appeals.expert"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "declared conflict",
                "verbose_name_plural": "declared conflicts",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("institution__isnull", False), ("practitioner", None)),
                            models.Q(("institution", None), ("practitioner__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_conflict_is_with_an_institution_or_a_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpertPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (first day not counted)")),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="places", to="appeals.expert"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.institution",
                        verbose_name="institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "workplace of an expert",
                "verbose_name_plural": "workplaces of experts",
                "ordering": ["starts_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                        name="a_workplace_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "body",
                    models.CharField(
                        choices=[("reconsideration", "administrative reconsideration"), ("court", "court")],
                        max_length=16,
                        verbose_name="decided by",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name of the body")),
                ("document_number", models.CharField(max_length=120, verbose_name="document number")),
                ("decided_on", models.DateField(verbose_name="decided on")),
                ("grounds", models.TextField(verbose_name="grounds")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.storedfile",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_outcomes",
                        to="registry.practitioner",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "verbose_name": "outcome elsewhere",
                "verbose_name_plural": "outcomes elsewhere",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practitioner", "body", "document_number"), name="an_outcome_elsewhere_is_recorded_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.CharField(
                        choices=[("upheld", "upheld"), ("reduced", "reduced"), ("annulled", "annulled")],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("points", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="reduced to")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.fact"
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="points", to="appeals.externaloutcome"
                    ),
                ),
            ],
            options={
                "verbose_name": "outcome for an entry",
                "verbose_name_plural": "outcomes for entries",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalActivity",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("policy_publicity", "policy publicity"),
                            ("training", "training"),
                            ("study_with_test", "study with a test"),
                            ("joining_inspections", "joining inspections"),
                            ("reporting", "reporting of violations"),
                        ],
                        max_length=24,
                        verbose_name="activity",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("places", models.PositiveIntegerField(blank=True, null=True, verbose_name="places")),
                (
                    "pass_mark",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="pass mark (of 100)"),
                ),
                ("offered_at", models.DateTimeField(verbose_name="offered at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
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
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "offered_by",
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
                "verbose_name": "historical activity",
                "verbose_name_plural": "historical activities",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalApplication",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("number", models.CharField(db_index=True, max_length=24, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[("relief", "relief of points"), ("shortening", "a shorter period")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "filed"),
                            ("deliberating", "experts deliberate"),
                            ("deliberated", "deliberated, to be decided"),
                            ("granted", "granted"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="filed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                ("amount", models.PositiveSmallIntegerField(verbose_name="points or days")),
                ("statement", models.TextField(verbose_name="statement")),
                ("filed_at", models.DateTimeField(verbose_name="filed at")),
                ("decision", models.TextField(blank=True, verbose_name="decision")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=120, verbose_name="document number of the decision"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "fact",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.fact",
                    ),
                ),
                (
                    "filed_by",
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                "verbose_name": "historical application for remediation",
                "verbose_name_plural": "historical applications for remediation",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAttendance",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("enrolled", "enrolled"),
                            ("completed", "completed"),
                            ("failed", "not completed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="enrolled",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("enrolled_at", models.DateTimeField(verbose_name="enrolled at")),
                ("score", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="score (of 100)")),
                ("completed_on", models.DateField(blank=True, null=True, verbose_name="completed on")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.activity",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.application",
                    ),
                ),
                (
                    "confirmed_by",
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
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.storedfile",
                    ),
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
                "verbose_name": "historical attendance",
                "verbose_name_plural": "historical attendances",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalExpert",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "specialties",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None, verbose_name="specialties"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="in the pool")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
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
                    "practitioner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.practitioner",
                        verbose_name="own file in the register",
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
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical expert",
                "verbose_name_plural": "historical experts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalExpertAvailability",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (first day not counted)")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.expert",
                    ),
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
            ],
            options={
                "verbose_name": "historical availability of an expert",
                "verbose_name_plural": "historical availability of experts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalExpertConflict",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason")),
                ("declared_at", models.DateTimeField(verbose_name="declared at")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.expert",
                    ),
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
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.institution",
                        verbose_name="institution",
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
                "verbose_name": "historical declared conflict",
                "verbose_name_plural": "historical declared conflicts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalExpertPlace",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (first day not counted)")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.expert",
                    ),
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
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.institution",
                        verbose_name="institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical workplace of an expert",
                "verbose_name_plural": "historical workplaces of experts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalObjection",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("number", models.CharField(db_index=True, max_length=24, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("proposed_points", "objection to proposed points"),
                            ("recorded_points", "appeal against recorded points"),
                            ("standing", "appeal against a standing"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("late", "late, waits for admission"),
                            ("filed", "filed"),
                            ("in_review", "in review"),
                            ("with_panel", "with the panel"),
                            ("refused", "refused as late"),
                            ("decided", "decided"),
                            ("withdrawn", "withdrawn"),
                            ("out_of_scope", "out of scope"),
                        ],
                        default="filed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("practitioner", "by the practitioner"),
                            ("institution", "by the institution on the person's behalf"),
                            ("paper", "on paper, taken in by the agency"),
                        ],
                        max_length=16,
                        verbose_name="filed",
                    ),
                ),
                ("filed_at", models.DateTimeField(verbose_name="filed at")),
                (
                    "paper_received_on",
                    models.DateField(blank=True, null=True, verbose_name="paper received on"),
                ),
                (
                    "countersigned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="countersigned by the institution at"),
                ),
                ("statement", models.TextField(blank=True, verbose_name="statement")),
                ("window_ended_on", models.DateField(blank=True, null=True, verbose_name="last day of the window")),
                ("good_cause", models.TextField(blank=True, verbose_name="good cause for being late")),
                ("new_facts", models.TextField(blank=True, verbose_name="new facts")),
                ("decision", models.TextField(blank=True, verbose_name="decision")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=120, verbose_name="document number of the decision"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "countersigned_by",
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
                    "filed_by",
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.institution",
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
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.proposal",
                    ),
                ),
                (
                    "reviewer",
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
                    "signature",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical objection",
                "verbose_name_plural": "historical objections",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("proposed_points", "objection to proposed points"),
                            ("recorded_points", "appeal against recorded points"),
                            ("standing", "appeal against a standing"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("late", "late, waits for admission"),
                            ("filed", "filed"),
                            ("in_review", "in review"),
                            ("with_panel", "with the panel"),
                            ("refused", "refused as late"),
                            ("decided", "decided"),
                            ("withdrawn", "withdrawn"),
                            ("out_of_scope", "out of scope"),
                        ],
                        default="filed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("practitioner", "by the practitioner"),
                            ("institution", "by the institution on the person's behalf"),
                            ("paper", "on paper, taken in by the agency"),
                        ],
                        max_length=16,
                        verbose_name="filed",
                    ),
                ),
                ("filed_at", models.DateTimeField(verbose_name="filed at")),
                (
                    "paper_received_on",
                    models.DateField(blank=True, null=True, verbose_name="paper received on"),
                ),
                (
                    "countersigned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="countersigned by the institution at"),
                ),
                ("statement", models.TextField(blank=True, verbose_name="statement")),
                ("window_ended_on", models.DateField(blank=True, null=True, verbose_name="last day of the window")),
                ("good_cause", models.TextField(blank=True, verbose_name="good cause for being late")),
                ("new_facts", models.TextField(blank=True, verbose_name="new facts")),
                ("decision", models.TextField(blank=True, verbose_name="decision")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=120, verbose_name="document number of the decision"),
                ),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="registry.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "countersigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.institution",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="registry.proposal",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["late", "filed", "in_review", "with_panel"])),
                        fields=("proposal",),
                        name="a_proposal_has_one_open_objection",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "proposed_points"), ("proposal__isnull", False)),
                            models.Q(("kind", "proposed_points"), _negated=True),
                            _connector="OR",
                        ),
                        name="an_objection_names_its_proposal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paper_received_on__isnull", False), ("via", "paper")),
                            models.Q(models.Q(("via", "paper"), _negated=True), ("paper_received_on", None)),
                            _connector="OR",
                        ),
                        name="only_paper_has_a_day_of_receipt",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("via", "institution"), _negated=True),
                            models.Q(("institution__isnull", False), ("signature__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_institution_files_with_a_signature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "decided"), _negated=True),
                            models.Q(("decided_at__isnull", False), models.Q(("decision", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_decided_objection_has_its_decision",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalPointOfDispute",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("text", models.TextField(verbose_name="what is disputed")),
                ("professional", models.BooleanField(default=False, verbose_name="a professional question")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "upheld"), ("reduced", "reduced"), ("annulled", "annulled")],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("points", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="reduced to")),
                ("grounds", models.TextField(blank=True, verbose_name="grounds")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.fact",
                    ),
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
                    "item",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.proposedentry",
                    ),
                ),
                (
                    "objection",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.objection",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical point of dispute",
                "verbose_name_plural": "historical points of dispute",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPanel",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("committed", "seed committed"),
                            ("voting", "experts vote"),
                            ("concluded", "concluded"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="committed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("question", models.TextField(verbose_name="question to the experts")),
                ("specialty", models.CharField(max_length=40, verbose_name="specialty")),
                ("size", models.PositiveSmallIntegerField(verbose_name="seats")),
                ("years_apart", models.PositiveSmallIntegerField(verbose_name="years apart from an institution")),
                ("commitment", models.CharField(max_length=64, verbose_name="commitment of the seed")),
                ("committed_at", models.DateTimeField(verbose_name="committed at")),
                ("drawn_at", models.DateTimeField(blank=True, null=True, verbose_name="drawn at")),
                ("draw", models.JSONField(blank=True, null=True, verbose_name="draw")),
                ("reserves", models.JSONField(blank=True, default=list, verbose_name="reserves in their order")),
                ("concluded_at", models.DateTimeField(blank=True, null=True, verbose_name="concluded at")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "committed_by",
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
                    "drawn_by",
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "objection",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.objection",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical panel",
                "verbose_name_plural": "historical panels",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("in_favour", models.BooleanField(verbose_name="in favour")),
                ("reasons", models.TextField(verbose_name="reasons")),
                ("signed_at", models.DateTimeField(verbose_name="signed at")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="appeals.application"
                    ),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="appeals.expert"
                    ),
                ),
            ],
            options={
                "verbose_name": "opinion",
                "verbose_name_plural": "opinions",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "expert"), name="an_expert_signs_an_application_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Panel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("committed", "seed committed"),
                            ("voting", "experts vote"),
                            ("concluded", "concluded"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="committed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("question", models.TextField(verbose_name="question to the experts")),
                ("specialty", models.CharField(max_length=40, verbose_name="specialty")),
                ("size", models.PositiveSmallIntegerField(verbose_name="seats")),
                ("years_apart", models.PositiveSmallIntegerField(verbose_name="years apart from an institution")),
                ("sealed_seed", models.BinaryField()),
                ("commitment", models.CharField(max_length=64, verbose_name="commitment of the seed")),
                ("committed_at", models.DateTimeField(verbose_name="committed at")),
                ("drawn_at", models.DateTimeField(blank=True, null=True, verbose_name="drawn at")),
                ("draw", models.JSONField(blank=True, null=True, verbose_name="draw")),
                ("reserves", models.JSONField(blank=True, default=list, verbose_name="reserves in their order")),
                ("concluded_at", models.DateTimeField(blank=True, null=True, verbose_name="concluded at")),
                (
                    "committed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="panels", to="appeals.objection"
                    ),
                ),
            ],
            options={
                "verbose_name": "panel",
                "verbose_name_plural": "panels",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSeat",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("seated", "asked to vote"),
                            ("voted", "voted"),
                            ("recused", "recused"),
                            ("replaced", "replaced, silent"),
                            ("released", "released"),
                        ],
                        default="seated",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("seated_at", models.DateTimeField(verbose_name="seated at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.expert",
                    ),
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
                    "panel",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.panel",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical seat on a panel",
                "verbose_name_plural": "historical seats on panels",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PointOfDispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("text", models.TextField(verbose_name="what is disputed")),
                ("professional", models.BooleanField(default=False, verbose_name="a professional question")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "upheld"), ("reduced", "reduced"), ("annulled", "annulled")],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("points", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="reduced to")),
                ("grounds", models.TextField(blank=True, verbose_name="grounds")),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="registry.fact",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="registry.proposedentry",
                    ),
                ),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="points", to="appeals.objection"
                    ),
                ),
            ],
            options={
                "verbose_name": "point of dispute",
                "verbose_name_plural": "points of dispute",
                "ordering": ["objection", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("objection", "number"), name="points_of_an_objection_are_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry", None), ("item__isnull", False)),
                            models.Q(("entry__isnull", False), ("item", None)),
                            _connector="OR",
                        ),
                        name="a_point_disputes_a_proposed_or_a_recorded_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("points__isnull", False), ("result", "reduced")),
                            models.Q(models.Q(("result", "reduced"), _negated=True), ("points", None)),
                            _connector="OR",
                        ),
                        name="only_a_reduction_names_points",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="panel",
            name="points",
            field=models.ManyToManyField(related_name="panels", to="appeals.pointofdispute"),
        ),
        migrations.CreateModel(
            name="HistoricalEvidence",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("handed_in_at", models.DateTimeField(verbose_name="handed in at")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.storedfile",
                    ),
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
                    "shown",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.storedfile",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appeals.pointofdispute",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical evidence",
                "verbose_name_plural": "historical evidence",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("handed_in_at", models.DateTimeField(verbose_name="handed in at")),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.storedfile"
                    ),
                ),
                (
                    "shown",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.storedfile",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="appeals.pointofdispute",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("seated", "asked to vote"),
                            ("voted", "voted"),
                            ("recused", "recused"),
                            ("replaced", "replaced, silent"),
                            ("released", "released"),
                        ],
                        default="seated",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("seated_at", models.DateTimeField(verbose_name="seated at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("sealed_votes", models.BinaryField(null=True)),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="appeals.expert"
                    ),
                ),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="appeals.panel"
                    ),
                ),
            ],
            options={
                "verbose_name": "seat on a panel",
                "verbose_name_plural": "seats on panels",
                "ordering": ["panel", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("panel", "expert"), name="an_expert_sits_once_on_a_panel"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "voted"), _negated=True),
                            ("sealed_votes__isnull", False),
                            _connector="OR",
                        ),
                        name="who_voted_has_a_vote",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.CharField(
                        choices=[("upheld", "upheld"), ("reduced", "reduced"), ("annulled", "annulled")],
                        max_length=8,
                        verbose_name="vote",
                    ),
                ),
                ("points", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="reduced to")),
                ("reasons", models.TextField(verbose_name="reasons")),
                ("dissenting", models.BooleanField(verbose_name="differs from the majority")),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="appeals.pointofdispute"
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="appeals.seat"
                    ),
                ),
            ],
            options={
                "verbose_name": "vote",
                "verbose_name_plural": "votes",
                "ordering": ["seat", "point"],
                "constraints": [
                    models.UniqueConstraint(fields=("seat", "point"), name="an_expert_votes_once_on_a_point")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="panel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["committed", "voting"])),
                fields=("objection",),
                name="an_objection_has_one_open_panel",
            ),
        ),
        migrations.AddConstraint(
            model_name="panel",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__in", [3, 5])), name="a_panel_has_3_or_5_seats"
            ),
        ),
    ]
