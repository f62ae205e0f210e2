"""The keys of names are indexed for their beginnings, while people go on writing."""

from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registry", "0022_pinyin_of_all")]
    operations = [
        AddIndexConcurrently(
            "practitioner", models.Index(OpClass("pinyin", "text_pattern_ops"), name="practitioner_pinyin_prefix")
        ),
        AddIndexConcurrently(
            "practitioner", models.Index(OpClass("initials", "text_pattern_ops"), name="practitioner_initials_prefix")
        ),
    ]
