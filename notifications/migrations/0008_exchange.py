"""Other registers: who they are, what they wrote, what became of what we wrote, and whether both sides hold the same."""

import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import registry.models.identifiers
from registry.migrations._guards import append_only
from registry.migrations._walls import person, walls, within

LETTERS = {
    "notifications_letter": person(),
    "notifications_settlement": within("notifications_push", "push_id"),
}


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0007_mails"),
        ("registry", "0017_quicker_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="register")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43), size=None, verbose_name="networks"
                    ),
                ),
                ("issuer", models.TextField(blank=True, verbose_name="certificate authority")),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BinaryField(max_length=32), size=None, verbose_name="public keys"
                    ),
                ),
                ("sealed_key", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("paused", "paused"), ("retired", "retired")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="entered at")),
                (
                    "entered_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "other register",
                "verbose_name_plural": "other registers",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("keys__len__gte", 1), ("keys__len__lte", 4)),
                        name="a_register_signs_with_keys",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalRegister",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=registry.models.identifiers.uuid7, editable=False)),
                ("code", models.CharField(db_index=True, max_length=32, verbose_name="register")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43), size=None, verbose_name="networks"
                    ),
                ),
                ("issuer", models.TextField(blank=True, verbose_name="certificate authority")),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BinaryField(max_length=32), size=None, verbose_name="public keys"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("paused", "paused"), ("retired", "retired")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="entered at")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "entered_by",
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
                "verbose_name": "historical other register",
                "verbose_name_plural": "historical other registers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=registry.models.identifiers.uuid7, editable=False, unique=True)),
                ("letter_id", models.UUIDField(verbose_name="id there")),
                ("happening", models.CharField(max_length=24, verbose_name="kind")),
                ("subject", models.CharField(blank=True, max_length=64, verbose_name="identifier of the person there")),
                ("sequence", models.BigIntegerField(verbose_name="number")),
                ("occurred_at", models.DateTimeField(verbose_name="happened at")),
                ("notice", models.UUIDField(null=True, verbose_name="notice there")),
                ("body", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("pulled", models.BooleanField(default=False, verbose_name="asked for by us")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("parked", "parked until an earlier one has come"),
                            ("applied", "taken over"),
                            ("known", "nothing new"),
                            ("doubtful", "doubtful: somebody has to look"),
                            ("set_aside", "set aside"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
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
                        max_length=16,
                        verbose_name="problem",
                    ),
                ),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unknown_person", "nobody here has any of the personal codes"),
                            ("two_people", "the personal codes belong to several people here"),
                            ("other_name", "the name is another one here"),
                            ("other_law", "a policy is unknown here, or has other numbers"),
                            ("contradiction", "a fact is kept here already with another meaning, or of somebody else"),
                            ("unreadable", "the answer of the other register is not as described"),
                            ("refused", "the other register does not show it to us"),
                        ],
                        max_length=16,
                        verbose_name="why it is doubtful",
                    ),
                ),
                ("doubted", models.CharField(blank=True, max_length=200, verbose_name="what exactly")),
                ("facts_added", models.PositiveIntegerField(default=0, verbose_name="facts taken over")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled at")),
                (
                    "practitioner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="registry.practitioner",
                        verbose_name="practitioner",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="notifications.register",
                        verbose_name="register",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter of another register",
                "verbose_name_plural": "letters of other registers",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="letters_that_wait"
                    ),
                    models.Index(fields=["register", "subject", "sequence"], name="letters_about_one_person"),
                    models.Index(condition=models.Q(("state", "doubtful")), fields=["id"], name="doubtful_letters"),
                    models.Index(fields=["register", "occurred_at"], name="letters_of_a_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("register", "letter_id"), name="a_letter_of_a_register_is_kept_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_at__isnull", False), ("settled_at", None), ("state__in", ["waiting", "parked"])
                            ),
                            models.Q(
                                ("next_at", None),
                                ("settled_at", None),
                                ("state", "doubtful"),
                                models.Q(("doubt", ""), _negated=True),
                            ),
                            models.Q(
                                ("next_at", None),
                                ("settled_at__isnull", False),
                                ("state__in", ["applied", "known", "set_aside"]),
                            ),
                            _connector="OR",
                        ),
                        name="a_letter_that_waits_is_looked_at_again",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("parked", "parked until an earlier one has come"),
                            ("applied", "taken over"),
                            ("known", "nothing new"),
                            ("doubtful", "doubtful: somebody has to look"),
                            ("set_aside", "set aside"),
                        ],
                        max_length=20,
                        verbose_name="what became of it there",
                    ),
                ),
                ("matches", models.BooleanField(verbose_name="it received what we sent")),
                ("signature", models.TextField()),
                ("at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement",
                        to="notifications.letter",
                    ),
                ),
                (
                    "push",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="notifications.push"
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt of another register",
                "verbose_name_plural": "receipts of other registers",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("at", models.DateTimeField(verbose_name="compared at")),
                ("told", models.PositiveIntegerField(verbose_name="told there")),
                ("received", models.PositiveIntegerField(verbose_name="received here")),
                ("root_told", models.CharField(max_length=64)),
                ("root_received", models.CharField(max_length=64)),
                ("fetched", models.PositiveIntegerField(verbose_name="missing, asked for again")),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="notifications.register",
                        verbose_name="register",
                    ),
                ),
            ],
            options={
                "verbose_name": "comparison with another register",
                "verbose_name_plural": "comparisons with other registers",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["register", "day"], name="comparisons_of_a_day")],
            },
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="an_event_announces_one_thing_of_one_person",
        ),
        migrations.AddField(
            model_name="event",
            name="outcome",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
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
                    ("letter.settled", "what became of a letter"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="because",
            field=models.CharField(
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
                    ("wrote", "Its register wrote the letter."),
                ],
                max_length=24,
                verbose_name="because",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="letter",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="notifications.letter"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("change", None),
                        ("deadline", None),
                        ("kind", "endpoint.test"),
                        ("letter", None),
                        ("missed", None),
                        ("practitioner", None),
                        ("step", None),
                    ),
                    models.Q(
                        ("change", None),
                        ("deadline", None),
                        ("kind", "letter.settled"),
                        ("letter__isnull", False),
                        ("missed", None),
                        ("practitioner", None),
                        ("step", None),
                    ),
                    models.Q(
                        ("letter", None),
                        ("practitioner__isnull", False),
                        models.Q(("kind__in", ["endpoint.test", "letter.settled"]), _negated=True),
                        models.Q(
                            models.Q(("change__isnull", False), ("deadline", None), ("missed", None), ("step", None)),
                            models.Q(("change", None), ("deadline", None), ("missed", None), ("step__isnull", False)),
                            models.Q(("change", None), ("deadline__isnull", False), ("missed", None), ("step", None)),
                            models.Q(("change", None), ("deadline", None), ("missed__isnull", False), ("step", None)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="an_event_announces_one_thing_of_one_person",
            ),
        ),
        *append_only("notifications", ["notifications_settlement", "notifications_reconciliation"]),
        *walls(LETTERS),
    ]
