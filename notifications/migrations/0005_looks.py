"""That workers are there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_tries_by_hour"),
    ]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "work",
                    models.CharField(
                        choices=[("announcing", "announcing"), ("pushing", "pushing")],
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                        verbose_name="work",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="looked at")),
            ],
            options={
                "verbose_name": "look of a worker",
                "verbose_name_plural": "looks of workers",
                "ordering": ["work"],
            },
        ),
    ]
