"""What was done in a procedure stays as it was written; cases and what follows them have one running number."""

from django.db import migrations

from registry.migrations._guards import append_only


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_casework")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE registry_case_number AS bigint", "DROP SEQUENCE registry_case_number"),
        *append_only(
            "registry",
            ("registry_storedfile", "registry_casefile", "registry_delivery", "registry_procedurestep"),
        ),
    ]
