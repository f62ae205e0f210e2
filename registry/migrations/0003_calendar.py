"""The official working calendar, with the years that had been announced when it was made."""

import csv
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

ANNOUNCED = Path(__file__).parent / "calendars"

HISTORIES_ARE_ONLY_ADDED_TO = """
REVOKE UPDATE, DELETE, TRUNCATE ON registry_historicalcalendaryear, registry_historicalcalendarday FROM registry_app;
"""


def enter_announced_years(apps, schema_editor):
    """Each file is a year: the first line names the notice; the histories say, as for every entry, when it came in."""
    years, days, histories_of_years, histories_of_days = (
        apps.get_model("registry", name).objects
        for name in ("CalendarYear", "CalendarDay", "HistoricalCalendarYear", "HistoricalCalendarDay")
    )
    now = timezone.now()
    came_in = {"history_date": now, "history_type": "+"}
    for file in sorted(ANNOUNCED.glob("*.csv")):
        source, *lines = file.read_text("utf-8").splitlines()
        year = {"year": int(file.stem), "source": source.removeprefix("#").strip(), "recorded_at": now}
        years.create(**year)
        histories_of_years.create(**year, **came_in)
        rows = [{**row, "calendar_id": year["year"]} for row in csv.DictReader(lines)]
        entered = days.bulk_create(days.model(**row) for row in rows)
        histories_of_days.bulk_create(
            histories_of_days.model(**row, id=day.pk, **came_in) for row, day in zip(rows, entered, strict=True)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="year")),
                ("source", models.CharField(max_length=300, verbose_name="official notice")),
                ("recorded_at", models.DateTimeField(verbose_name="entered at")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar year",
                "verbose_name_plural": "working calendar",
                "ordering": ["-year"],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("holiday", "public holiday"),
                            ("make_up", "make-up working day"),
                            ("ordinary", "as the week has it"),
                        ],
                        max_length=8,
                        verbose_name="what it is",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="holiday")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="registry.calendaryear",
                        verbose_name="year",
                    ),
                ),
            ],
            options={
                "verbose_name": "day of the calendar",
                "verbose_name_plural": "days of the calendar",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCalendarDay",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("day", models.DateField(db_index=True, verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("holiday", "public holiday"),
                            ("make_up", "make-up working day"),
                            ("ordinary", "as the week has it"),
                        ],
                        max_length=8,
                        verbose_name="what it is",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="holiday")),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.calendaryear",
                        verbose_name="year",
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
                "verbose_name": "historical day of the calendar",
                "verbose_name_plural": "historical days of the calendar",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCalendarYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(db_index=True, verbose_name="year")),
                ("source", models.CharField(max_length=300, verbose_name="official notice")),
                ("recorded_at", models.DateTimeField(verbose_name="entered at")),
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
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical calendar year",
                "verbose_name_plural": "historical working calendar",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddConstraint(
            model_name="calendaryear",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__gte", 2024), ("year__lte", 9999)), name="the_calendar_begins_in_2024"
            ),
        ),
        migrations.AddConstraint(
            model_name="calendaryear",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True), name="a_calendar_year_names_its_notice"
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.CheckConstraint(
                condition=models.Q(("calendar", django.db.models.functions.datetime.ExtractYear("day"))),
                name="a_day_of_the_calendar_lies_in_its_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "make_up"), _negated=True), ("day__iso_week_day__gte", 6), _connector="OR"
                ),
                name="a_make_up_day_is_a_saturday_or_a_sunday",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "holiday"), _negated=True), models.Q(("name", ""), _negated=True), _connector="OR"
                ),
                name="a_public_holiday_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["holiday", "make_up", "ordinary"])),
                name="a_day_is_free_made_up_or_ordinary",
            ),
        ),
        migrations.RunSQL(HISTORIES_ARE_ONLY_ADDED_TO, migrations.RunSQL.noop),
        migrations.RunPython(enter_announced_years, migrations.RunPython.noop),
    ]
