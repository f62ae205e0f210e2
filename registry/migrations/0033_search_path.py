"""What runs as the owner of the tables finds no table of whoever asks in place of the register's.

Where it is not named, PostgreSQL looks into the schema of temporary tables before all others.
"""

from django.db import migrations

_FUNCTION = "ALTER FUNCTION registry_merged_with_one_in_sight(bigint) SET search_path = {path}"


class Migration(migrations.Migration):
    dependencies = [("registry", "0032_people_near")]
    operations = [
        migrations.RunSQL(
            _FUNCTION.format(path="pg_catalog, public, pg_temp"),
            _FUNCTION.format(path="public"),
        )
    ]
