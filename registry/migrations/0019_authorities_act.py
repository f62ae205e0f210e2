"""A step says for which authority somebody acted, as it does of agencies and institutions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0018_police_transfers"),
    ]

    operations = [
        migrations.AddField(
            model_name="procedurestep",
            name="authority",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.authority"
            ),
        ),
        migrations.AlterField(
            model_name="procedurestep",
            name="role",
            field=models.CharField(
                choices=[
                    ("clock", "the clock"),
                    ("practitioner", "practitioner"),
                    ("institution", "institution"),
                    ("agency", "agency"),
                    ("authority", "authority"),
                    ("expert", "expert"),
                    ("administrator", "administrator"),
                ],
                max_length=16,
                verbose_name="capacity",
            ),
        ),
    ]
