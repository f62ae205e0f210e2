"""Events, notices, and what is pushed to systems."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers
import registry.models.institutions
from registry.migrations._guards import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0012_enrolment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="system")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43), size=None, verbose_name="networks"
                    ),
                ),
                ("issuer", models.TextField(blank=True, verbose_name="certificate authority")),
                ("certificate", models.TextField(blank=True, verbose_name="our certificate")),
                ("sealed_key", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("active", "active"),
                            ("paused", "paused"),
                            ("disabled", "disabled: it said that it is gone"),
                            ("retired", "retired"),
                        ],
                        default="proposed",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved at")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="failures in a row")),
                ("rests_until", models.DateTimeField(blank=True, null=True, verbose_name="left alone until")),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.authority",
                        verbose_name="authority",
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
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "endpoint",
                "verbose_name_plural": "endpoints",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pk__in", []),
                            models.Q(
                                ("agency", None), ("authority", None), ("institution__isnull", False), ("region", None)
                            ),
                            models.Q(
                                ("agency__isnull", False), ("authority", None), ("institution", None), ("region", None)
                            ),
                            models.Q(
                                ("agency", None), ("authority__isnull", False), ("institution", None), ("region", None)
                            ),
                            models.Q(
                                ("agency", None), ("authority", None), ("institution", None), ("region__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="an_endpoint_is_of_one_body",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["proposed", "retired"]), ("approved_at__isnull", False), _connector="OR"
                        ),
                        name="an_endpoint_in_use_was_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("certificate", ""), ("sealed_key", None)),
                            models.Q(models.Q(("certificate", ""), _negated=True), ("sealed_key__isnull", False)),
                            _connector="OR",
                        ),
                        name="our_certificate_comes_with_its_key",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EndpointKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("public", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField()),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="signs until")),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="notifications.endpoint",
                        verbose_name="endpoint",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "key of an endpoint",
                "verbose_name_plural": "keys of endpoints",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at", None)),
                        fields=("endpoint",),
                        name="an_endpoint_has_one_key_without_an_end",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("points.recorded", "points recorded"),
                            ("standing.suspended", "suspended"),
                            ("standing.terminated", "terminated"),
                            ("standing.restored", "registered again"),
                            ("suspension.began", "a suspension began"),
                            ("suspension.ended", "a suspension ended"),
                            ("bar.over", "may be registered again"),
                            ("files.merged", "files merged or parted"),
                            ("entry.annulled", "entry annulled"),
                            ("entry.revised", "entry revised"),
                            ("points.relieved", "points relieved"),
                            ("period.shortened", "period shortened"),
                            ("objection.moved", "an objection went on"),
                            ("application.moved", "an application for repair went on"),
                            ("deadline.set", "a deadline runs"),
                            ("deadline.missed", "a deadline was missed"),
                            ("endpoint.test", "test of an endpoint"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(verbose_name="number in the file")),
                ("occurred_at", models.DateTimeField(verbose_name="happened at")),
                ("made_at", models.DateTimeField(verbose_name="announced at")),
                (
                    "change",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="event",
                        to="registry.standingchange",
                    ),
                ),
                (
                    "deadline",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="event_of_deadline",
                        to="registry.task",
                    ),
                ),
                (
                    "missed",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="event_of_missing",
                        to="registry.task",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
                (
                    "step",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="event",
                        to="registry.procedurestep",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("practitioner", "sequence"), name="a_file_numbers_its_events_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("change", None),
                                ("deadline", None),
                                ("kind", "endpoint.test"),
                                ("missed", None),
                                ("practitioner", None),
                                ("step", None),
                            ),
                            models.Q(
                                ("practitioner__isnull", False),
                                models.Q(("kind", "endpoint.test"), _negated=True),
                                models.Q(
                                    models.Q(
                                        ("change__isnull", False), ("deadline", None), ("missed", None), ("step", None)
                                    ),
                                    models.Q(
                                        ("change", None), ("deadline", None), ("missed", None), ("step__isnull", False)
                                    ),
                                    models.Q(
                                        ("change", None), ("deadline__isnull", False), ("missed", None), ("step", None)
                                    ),
                                    models.Q(
                                        ("change", None), ("deadline", None), ("missed__isnull", False), ("step", None)
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="an_event_announces_one_thing_of_one_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalEndpoint",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("name", models.CharField(max_length=120, verbose_name="system")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43), size=None, verbose_name="networks"
                    ),
                ),
                ("issuer", models.TextField(blank=True, verbose_name="certificate authority")),
                ("certificate", models.TextField(blank=True, verbose_name="our certificate")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("active", "active"),
                            ("paused", "paused"),
                            ("disabled", "disabled: it said that it is gone"),
                            ("retired", "retired"),
                        ],
                        default="proposed",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved at")),
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
                    "approved_by",
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
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.authority",
                        verbose_name="authority",
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
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical endpoint",
                "verbose_name_plural": "historical endpoints",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalEndpointKey",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("public", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="signs until")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="notifications.endpoint",
                        verbose_name="endpoint",
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
                    "made_by",
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
                "verbose_name": "historical key of an endpoint",
                "verbose_name_plural": "historical keys of endpoints",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSubscription",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until (first day not counted)")),
                ("made_at", models.DateTimeField(verbose_name="recorded at")),
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
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.authority",
                        verbose_name="authority",
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
                    "made_by",
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
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical subscription",
                "verbose_name_plural": "historical subscriptions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                (
                    "recipient",
                    models.CharField(
                        choices=[
                            ("practitioner", "practitioner"),
                            ("institution", "institution"),
                            ("agency", "agency"),
                            ("health_authority", "health authority"),
                            ("drug_authority", "drug authority"),
                            ("region", "region"),
                            ("all_regions", "all regions"),
                            ("healthcare_security_authority", "healthcare security authority"),
                        ],
                        max_length=32,
                        verbose_name="told",
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        choices=[
                            ("own_file", "It is their own file."),
                            ("registered_there", "The person was registered there."),
                            ("decided", "It decided the entry."),
                            ("handles_the_agreement", "It handles the agreement of one of these institutions."),
                            ("in_its_region", "It is told of what is recorded in its region."),
                            ("holds_everywhere", "A suspension or a termination holds in every region."),
                            ("subscribed", "It asked to be told of this person."),
                            ("was_told", "It was told what is now otherwise."),
                            ("its_deadline", "It has to act until a day."),
                            ("above", "It stands above whoever missed the day."),
                            ("tested", "Its endpoint is tested."),
                        ],
                        max_length=24,
                        verbose_name="because",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="announced at")),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.authority",
                        verbose_name="authority",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="notifications.event",
                        verbose_name="event",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "practitioner", "institution", "agency", "authority", "region"),
                        name="a_recipient_is_told_of_an_event_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pk__in", []),
                            models.Q(
                                ("agency", None),
                                ("authority", None),
                                ("institution", None),
                                ("practitioner__isnull", False),
                                ("recipient", "practitioner"),
                                ("region", None),
                            ),
                            models.Q(
                                ("agency", None),
                                ("authority", None),
                                ("institution__isnull", False),
                                ("practitioner", None),
                                ("recipient", "institution"),
                                ("region", None),
                            ),
                            models.Q(
                                ("agency__isnull", False),
                                ("authority", None),
                                ("institution", None),
                                ("practitioner", None),
                                ("recipient", "agency"),
                                ("region", None),
                            ),
                            models.Q(
                                ("agency", None),
                                ("authority__isnull", False),
                                ("institution", None),
                                ("practitioner", None),
                                ("recipient", "health_authority"),
                                ("region", None),
                            ),
                            models.Q(
                                ("agency", None),
                                ("authority__isnull", False),
                                ("institution", None),
                                ("practitioner", None),
                                ("recipient", "drug_authority"),
                                ("region", None),
                            ),
                            models.Q(
                                ("agency", None),
                                ("authority__isnull", False),
                                ("institution", None),
                                ("practitioner", None),
                                ("recipient", "healthcare_security_authority"),
                                ("region", None),
                            ),
                            models.Q(
                                ("agency", None),
                                ("authority", None),
                                ("institution", None),
                                ("practitioner", None),
                                ("recipient", "region"),
                                ("region__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_notice_has_one_recipient",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("institution__isnull", False)),
                        fields=["institution", "id"],
                        name="notices_of_institution",
                    ),
                    models.Index(
                        condition=models.Q(("agency__isnull", False)), fields=["agency", "id"], name="notices_of_agency"
                    ),
                    models.Index(
                        condition=models.Q(("authority__isnull", False)),
                        fields=["authority", "id"],
                        name="notices_of_authority",
                    ),
                    models.Index(
                        condition=models.Q(("region__isnull", False)), fields=["region", "id"], name="notices_of_region"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Push",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("sequence", models.PositiveIntegerField(verbose_name="number towards the endpoint")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("overdue", "overdue, tried daily"),
                            ("delivered", "delivered"),
                            ("withdrawn", "withdrawn with its endpoint"),
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
                            ("unreachable", "no connection"),
                            ("name", "the name leads nowhere"),
                            ("address", "the name leads to an address that was not approved"),
                            ("tls", "the receiver does not prove who it is"),
                            ("timeout", "no answer within 15 seconds"),
                            ("broken", "the connection broke off, or the answer is not HTTP"),
                            ("redirect", "the receiver sends elsewhere"),
                            ("gone", "the receiver says that it is gone"),
                            ("busy", "the receiver asks to come later"),
                            ("error", "the receiver has an error of its own"),
                            ("refused", "the receiver does not accept it"),
                            ("configured", "the endpoint cannot be used as it is entered"),
                        ],
                        max_length=12,
                        verbose_name="problem",
                    ),
                ),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered at")),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pushes",
                        to="notifications.endpoint",
                        verbose_name="endpoint",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pushes",
                        to="notifications.notice",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "push",
                "verbose_name_plural": "pushes",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("notice", "endpoint"), name="a_notice_is_pushed_to_an_endpoint_once"
                    ),
                    models.UniqueConstraint(
                        fields=("endpoint", "practitioner", "sequence"),
                        name="an_endpoint_numbers_what_it_is_told_of_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("delivered_at", None),
                                ("next_at__isnull", False),
                                ("state__in", ["waiting", "overdue"]),
                            ),
                            models.Q(("delivered_at__isnull", False), ("next_at", None), ("state", "delivered")),
                            models.Q(("delivered_at", None), ("next_at", None), ("state", "withdrawn")),
                            _connector="OR",
                        ),
                        name="what_is_owed_has_a_next_try",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["endpoint", "next_at"],
                        name="pushes_that_are_owed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("began_at", models.DateTimeField(verbose_name="began at")),
                ("ended_at", models.DateTimeField(verbose_name="ended at")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="HTTP status")),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unreachable", "no connection"),
                            ("name", "the name leads nowhere"),
                            ("address", "the name leads to an address that was not approved"),
                            ("tls", "the receiver does not prove who it is"),
                            ("timeout", "no answer within 15 seconds"),
                            ("broken", "the connection broke off, or the answer is not HTTP"),
                            ("redirect", "the receiver sends elsewhere"),
                            ("gone", "the receiver says that it is gone"),
                            ("busy", "the receiver asks to come later"),
                            ("error", "the receiver has an error of its own"),
                            ("refused", "the receiver does not accept it"),
                            ("configured", "the endpoint cannot be used as it is entered"),
                        ],
                        max_length=12,
                        verbose_name="problem",
                    ),
                ),
                (
                    "push",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tries",
                        to="notifications.push",
                    ),
                ),
            ],
            options={
                "verbose_name": "try to deliver",
                "verbose_name_plural": "tries to deliver",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("push", "number"), name="tries_of_a_push_are_numbered_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("problem", ""), ("status__gte", 200), ("status__lt", 300)),
                            models.Q(("problem", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_try_without_a_problem_was_accepted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "earlier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recalled_by",
                        to="notifications.notice",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recalls",
                        to="notifications.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "recall",
                "verbose_name_plural": "recalls",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "earlier"), name="a_notice_recalls_another_once"),
                    models.CheckConstraint(
                        condition=models.Q(("notice", models.F("earlier")), _negated=True),
                        name="a_notice_does_not_recall_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until (first day not counted)")),
                ("made_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.agency",
                        verbose_name="agency",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.authority",
                        verbose_name="authority",
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
                    "made_by",
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
                        related_name="subscriptions",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "subscription",
                "verbose_name_plural": "subscriptions",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pk__in", []),
                            models.Q(
                                ("agency", None), ("authority", None), ("institution__isnull", False), ("region", None)
                            ),
                            models.Q(
                                ("agency__isnull", False), ("authority", None), ("institution", None), ("region", None)
                            ),
                            models.Q(
                                ("agency", None), ("authority__isnull", False), ("institution", None), ("region", None)
                            ),
                            models.Q(
                                ("agency", None), ("authority", None), ("institution", None), ("region__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="a_subscription_is_of_one_body",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="a_subscription_ends_after_it_starts",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("institution__isnull", False)),
                        expressions=[
                            ("institution", "="),
                            ("practitioner", "="),
                            (registry.models.institutions.DateRange("starts_on", "ends_on"), "&&"),
                        ],
                        name="a_subscription_of_institution_runs_once_at_a_time",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("agency__isnull", False)),
                        expressions=[
                            ("agency", "="),
                            ("practitioner", "="),
                            (registry.models.institutions.DateRange("starts_on", "ends_on"), "&&"),
                        ],
                        name="a_subscription_of_agency_runs_once_at_a_time",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("authority__isnull", False)),
                        expressions=[
                            ("authority", "="),
                            ("practitioner", "="),
                            (registry.models.institutions.DateRange("starts_on", "ends_on"), "&&"),
                        ],
                        name="a_subscription_of_authority_runs_once_at_a_time",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("region__isnull", False)),
                        expressions=[
                            ("region", "="),
                            ("practitioner", "="),
                            (registry.models.institutions.DateRange("starts_on", "ends_on"), "&&"),
                        ],
                        name="a_subscription_of_region_runs_once_at_a_time",
                    ),
                ],
            },
        ),
        *append_only(
            "notifications",
            ("notifications_event", "notifications_notice", "notifications_recall", "notifications_attempt"),
        ),
    ]
