"""Names get the keys by which they are found in Latin letters. The columns are empty until the next migration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0020_certificates_and_sharing")]

    operations = [
        migrations.AddField(
            "practitioner",
            "pinyin",
            models.CharField(default="", editable=False, max_length=200, verbose_name="name in pinyin"),
            preserve_default=False,
        ),
        migrations.AddField(
            "practitioner",
            "initials",
            models.CharField(default="", editable=False, max_length=100, verbose_name="initials in pinyin"),
            preserve_default=False,
        ),
    ]
