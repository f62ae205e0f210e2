import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="case number")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("closed", "closed")],
                        default="open",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "handling",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case",
                        to="registry.handling",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "trigger",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case",
                        to="registry.personaltrigger",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handling__isnull", False), ("trigger", None)),
                            models.Q(("handling", None), ("trigger__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_case_is_of_a_handling_or_a_trigger",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="registry.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "document of a case",
                "verbose_name_plural": "documents of cases",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ChangeSeen",
            fields=[
                (
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="seen",
                        serialize=False,
                        to="registry.standingchange",
                    ),
                ),
                ("seen_at", models.DateTimeField(verbose_name="seen at")),
            ],
            options={
                "verbose_name": "change of standing that was seen",
                "verbose_name_plural": "changes of standing that were seen",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("portal", "on the portal"),
                            ("institution", "through the institution"),
                            ("by_hand", "by hand"),
                        ],
                        max_length=12,
                        verbose_name="way",
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[("sent", "sent"), ("received", "received")], max_length=8, verbose_name="event"
                    ),
                ),
                ("on_day", models.DateField(verbose_name="day")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "service of a notice",
                "verbose_name_plural": "services of notices",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCase",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("number", models.CharField(db_index=True, max_length=24, verbose_name="case number")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("closed", "closed")],
                        default="open",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
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
                    "handling",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.handling",
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
                    "opened_by",
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
                    "trigger",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.personaltrigger",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical case",
                "verbose_name_plural": "historical cases",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalInstitutionMeasure",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("settlement_paused", "settlement paused"),
                            ("agreement_suspended", "agreement suspended"),
                        ],
                        max_length=20,
                        verbose_name="measure",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("in_force", "in force"),
                            ("ended", "ended"),
                            ("dropped", "dropped"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("sanctions", models.PositiveIntegerField(verbose_name="sanctions (person-times)")),
                ("staff", models.PositiveIntegerField(verbose_name="registered staff")),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                ("grounds", models.TextField(verbose_name="grounds")),
                ("lighter_reason", models.TextField(blank=True, verbose_name="reason for the lighter measure")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("document_number", models.CharField(blank=True, max_length=120, verbose_name="document number")),
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
                    "decided_by",
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
                    "proposed_by",
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
                    "second",
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
                "verbose_name": "historical measure against an institution",
                "verbose_name_plural": "historical measures against institutions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMeasurePeriod",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("record", models.UUIDField(default=registry.models.identifiers.uuid7)),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (first day not counted)")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="superseded at")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("settlement_paused", "settlement paused"),
                            ("agreement_suspended", "agreement suspended"),
                        ],
                        max_length=20,
                        verbose_name="measure",
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
                    "institution",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical days of a measure",
                "verbose_name_plural": "historical days of measures",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalProposal",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("notified", "notice sent"),
                            ("to_serve", "to be served by hand"),
                            ("received", "notice received, window open"),
                            ("objected", "objected to"),
                            ("held", "waits for an officer"),
                            ("decided", "decided"),
                            ("dropped", "dropped"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("countersigned_at", models.DateTimeField(blank=True, null=True, verbose_name="countersigned at")),
                ("notified_at", models.DateTimeField(blank=True, null=True, verbose_name="notice sent at")),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="notice received on")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "decided_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("silence", "no objection within the window"),
                            ("review", "after review"),
                            ("officer", "by an officer"),
                        ],
                        max_length=8,
                        verbose_name="how it was decided",
                    ),
                ),
                ("held_because", models.CharField(blank=True, max_length=40, verbose_name="why it waits")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                (
                    "proposed_by",
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
                    "responsibility",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.responsibility",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical proposal",
                "verbose_name_plural": "historical proposals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalProposedEntry",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("situation", models.CharField(max_length=8, verbose_name="situation")),
                ("act", models.CharField(blank=True, max_length=200, verbose_name="act")),
                ("points", models.PositiveSmallIntegerField(verbose_name="points")),
                ("default_points", models.PositiveSmallIntegerField(verbose_name="default points")),
                (
                    "months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="months of suspension"),
                ),
                (
                    "departure_reason",
                    models.TextField(blank=True, verbose_name="reason for departing from the default"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "upheld"), ("reduced", "reduced"), ("annulled", "annulled")],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "decided_points",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="points decided"),
                ),
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
                        to="registry.pointsentry",
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
                "verbose_name": "historical proposed entry",
                "verbose_name_plural": "historical proposed entries",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="InstitutionMeasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("settlement_paused", "settlement paused"),
                            ("agreement_suspended", "agreement suspended"),
                        ],
                        max_length=20,
                        verbose_name="measure",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("in_force", "in force"),
                            ("ended", "ended"),
                            ("dropped", "dropped"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("sanctions", models.PositiveIntegerField(verbose_name="sanctions (person-times)")),
                ("staff", models.PositiveIntegerField(verbose_name="registered staff")),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                ("grounds", models.TextField(verbose_name="grounds")),
                ("lighter_reason", models.TextField(blank=True, verbose_name="reason for the lighter measure")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("document_number", models.CharField(blank=True, max_length=120, verbose_name="document number")),
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
                    "decided_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="measures", to="registry.institution"
                    ),
                ),
                (
                    "proposed_by",
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
                "verbose_name": "measure against an institution",
                "verbose_name_plural": "measures against institutions",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "in_force"])),
                        fields=("institution", "kind"),
                        name="a_measure_is_open_once_at_an_institution",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasurePeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7)),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (first day not counted)")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="superseded at")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("settlement_paused", "settlement paused"),
                            ("agreement_suspended", "agreement suspended"),
                        ],
                        max_length=20,
                        verbose_name="measure",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measure_periods",
                        to="registry.institution",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="periods",
                        to="registry.institutionmeasure",
                    ),
                ),
            ],
            options={
                "verbose_name": "days of a measure",
                "verbose_name_plural": "days of measures",
                "ordering": ["starts_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="a_measure_ends_after_it_starts",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("record",),
                        name="days_of_a_measure_have_one_present_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcedureStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("procedure", models.CharField(max_length=16, verbose_name="procedure")),
                ("subject", models.UUIDField(verbose_name="subject")),
                ("act", models.CharField(max_length=24, verbose_name="act")),
                ("state_before", models.CharField(blank=True, max_length=16, verbose_name="state before")),
                ("state_after", models.CharField(max_length=16, verbose_name="state after")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clock", "the clock"),
                            ("practitioner", "practitioner"),
                            ("institution", "institution"),
                            ("agency", "agency"),
                            ("expert", "expert"),
                            ("administrator", "administrator"),
                        ],
                        max_length=16,
                        verbose_name="capacity",
                    ),
                ),
                ("on_day", models.DateField(verbose_name="day")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("grounds", models.TextField(blank=True, verbose_name="grounds")),
                ("document_number", models.CharField(blank=True, max_length=120, verbose_name="document number")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="registry.case"
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="procedure_steps",
                        to="registry.practitioner",
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
                "verbose_name": "step of a procedure",
                "verbose_name_plural": "steps of procedures",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["subject", "id"], name="steps_of_a_subject")],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("notified", "notice sent"),
                            ("to_serve", "to be served by hand"),
                            ("received", "notice received, window open"),
                            ("objected", "objected to"),
                            ("held", "waits for an officer"),
                            ("decided", "decided"),
                            ("dropped", "dropped"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("countersigned_at", models.DateTimeField(blank=True, null=True, verbose_name="countersigned at")),
                ("notified_at", models.DateTimeField(blank=True, null=True, verbose_name="notice sent at")),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="notice received on")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "decided_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("silence", "no objection within the window"),
                            ("review", "after review"),
                            ("officer", "by an officer"),
                        ],
                        max_length=8,
                        verbose_name="how it was decided",
                    ),
                ),
                ("held_because", models.CharField(blank=True, max_length=40, verbose_name="why it waits")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
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
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "responsibility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="registry.responsibility",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["decided", "dropped"]), _negated=True),
                        fields=("responsibility",),
                        name="a_person_has_one_open_proposal_in_a_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["received", "objected"]), _negated=True),
                            ("received_on__isnull", False),
                            _connector="OR",
                        ),
                        name="a_window_opens_with_receipt",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "decided"), _negated=True),
                            models.Q(("decided_at__isnull", False), models.Q(("decided_how", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_decided_proposal_says_when_and_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposedEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("situation", models.CharField(max_length=8, verbose_name="situation")),
                ("act", models.CharField(blank=True, max_length=200, verbose_name="act")),
                ("points", models.PositiveSmallIntegerField(verbose_name="points")),
                ("default_points", models.PositiveSmallIntegerField(verbose_name="default points")),
                (
                    "months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="months of suspension"),
                ),
                (
                    "departure_reason",
                    models.TextField(blank=True, verbose_name="reason for departing from the default"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "upheld"), ("reduced", "reduced"), ("annulled", "annulled")],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "decided_points",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="points decided"),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposed",
                        to="registry.pointsentry",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="registry.proposal"
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed entry",
                "verbose_name_plural": "proposed entries",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "situation"), name="a_proposal_names_a_situation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("points__gte", 1), ("points__lte", 12)), name="proposed_points_are_1_to_12"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="file name")),
                ("media_type", models.CharField(max_length=80, verbose_name="type")),
                ("size", models.PositiveIntegerField(verbose_name="size (bytes)")),
                ("digest", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField()),
                ("handed_in_at", models.DateTimeField(verbose_name="handed in at")),
                (
                    "handed_in_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gte", 1)), name="a_file_is_not_empty")
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("countersign", "countersign the proposal"),
                            ("notify", "send the advance notice"),
                            ("open_notice", "open the advance notice"),
                            ("serve", "serve the notice by hand"),
                            ("object", "state or object"),
                            ("decide", "decide what waits"),
                            ("admit", "decide on the late objection"),
                            ("assign", "assign a reviewer"),
                            ("review", "review and decide"),
                            ("draw", "draw the panel"),
                            ("vote", "vote"),
                            ("talk", "talk with the person"),
                            ("interview", "interview, key supervision"),
                            ("training", "talk and training after the sanction"),
                            ("convene", "call experts to deliberate"),
                            ("deliberate", "deliberate on the application"),
                            ("grant", "decide on the application"),
                            ("measure", "propose or decide a measure"),
                        ],
                        max_length=16,
                        verbose_name="task",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("done", "done"), ("lapsed", "lapsed"), ("cancelled", "cancelled")],
                        default="open",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "holder",
                    models.CharField(
                        choices=[
                            ("practitioner", "practitioner"),
                            ("institution", "institution"),
                            ("agency", "agency"),
                            ("expert", "expert"),
                        ],
                        max_length=16,
                        verbose_name="who must act",
                    ),
                ),
                ("subject", models.UUIDField(verbose_name="subject")),
                ("policy", models.CharField(max_length=40, verbose_name="policy")),
                ("clock", models.CharField(max_length=24, verbose_name="clock")),
                ("working_days", models.PositiveSmallIntegerField(verbose_name="working days")),
                ("starts_on", models.DateField(verbose_name="runs from (day not counted)")),
                ("due_on", models.DateField(null=True, verbose_name="due on")),
                (
                    "missing_year",
                    models.PositiveSmallIntegerField(null=True, verbose_name="calendar year that is missing"),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
                ("escalated_at", models.DateTimeField(null=True, verbose_name="escalated at")),
                ("held_on", models.DateField(null=True, verbose_name="held on")),
                ("result", models.TextField(blank=True, verbose_name="result")),
                (
                    "agency",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="registry.case"
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="registry.standingchange",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "institution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="registry.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="registry.proposal",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who it is given to",
                    ),
                ),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
                "ordering": ["due_on", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("kind", "subject", "holder", "agency", "institution", "user"),
                        name="a_task_is_open_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_on__isnull", False), ("missing_year", None)),
                            models.Q(("due_on", None), ("missing_year__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_task_has_a_due_day_or_waits_for_the_calendar",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_closed_task_says_when",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["agency", "due_on", "id"], name="tasks_of_agency"
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["institution", "due_on", "id"],
                        name="tasks_of_institution",
                    ),
                    models.Index(condition=models.Q(("state", "open")), fields=["due_on", "id"], name="tasks_by_day"),
                    models.Index(fields=["subject"], name="tasks_of_subject"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="assignment",
            name="a_role_is_held_where_it_belongs",
        ),
        migrations.AlterField(
            model_name="assignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("administrator", "administrator"),
                    ("agency_officer", "agency officer"),
                    ("compliance_officer", "compliance officer"),
                    ("expert", "expert"),
                ],
                max_length=24,
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="historicalassignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("administrator", "administrator"),
                    ("agency_officer", "agency officer"),
                    ("compliance_officer", "compliance officer"),
                    ("expert", "expert"),
                ],
                max_length=24,
                verbose_name="role",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency", None), ("institution", None), ("role__in", ["administrator", "expert"])),
                    models.Q(("agency__isnull", False), ("institution", None), ("role", "agency_officer")),
                    models.Q(("agency", None), ("institution__isnull", False), ("role", "compliance_officer")),
                    _connector="OR",
                ),
                name="a_role_is_held_where_it_belongs",
            ),
        ),
        migrations.AddField(
            model_name="historicalmeasureperiod",
            name="measure",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.institutionmeasure",
            ),
        ),
        migrations.AddField(
            model_name="historicalproposedentry",
            name="proposal",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.proposal",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="registry.proposal"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="receipt",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.storedfile",
                verbose_name="dated receipt",
            ),
        ),
        migrations.AddField(
            model_name="casefile",
            name="file",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.storedfile"
            ),
        ),
    ]
