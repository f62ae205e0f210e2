"""Figures that take long to count in a large register. They name nobody, and stand before the wall."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0030_whereabouts_of_all")]
    operations = [
        migrations.CreateModel(
            name="KeptFigures",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="figures")),
                ("counted_at", models.DateTimeField(verbose_name="counted at")),
                ("value", models.JSONField(verbose_name="value")),
            ],
            options={
                "verbose_name": "kept figures",
                "verbose_name_plural": "kept figures",
                "ordering": ["name"],
            },
        ),
    ]
