"""An answer once given stays as it was given."""

from django.db import migrations

from registry.migrations._guards import append_only


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_api")]
    operations = append_only("registry", ("registry_givenanswer",))
