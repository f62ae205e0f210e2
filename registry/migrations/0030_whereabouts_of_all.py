"""The whereabouts of everybody who is here already.

The triggers stand, so nobody who comes meanwhile is missed. People are taken some ten thousand at a time, each batch in
a transaction of its own, in which no institution moves; what was interrupted, or waited two seconds for that, begins
again and finds its rows there.
"""

from typing import Any

from django.db import migrations, models, transaction

BATCH = 20_000

_NOTE = """
    INSERT INTO registry_whereabouts (prefix, practitioner_id)
        SELECT DISTINCT left(place.region_id, digits), stay.practitioner_id
        FROM registry_registration stay
        JOIN registry_institution place ON place.id = stay.institution_id
        CROSS JOIN (VALUES (2), (4), (6)) AS level(digits)
        WHERE stay.practitioner_id BETWEEN %s AND %s
        ORDER BY 1, 2
    ON CONFLICT DO NOTHING
"""


def note_everybody(apps: Any, schema_editor: Any) -> None:
    """The whereabouts of everybody who has a file."""
    using = schema_editor.connection
    people = apps.get_model("registry", "Practitioner").objects.using(using.alias)
    last = people.aggregate(last=models.Max("pk"))["last"] or 0
    for begin in range(1, last + 1, BATCH):
        with transaction.atomic(using.alias), using.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute("LOCK TABLE registry_institution IN SHARE MODE")
            cursor.execute(_NOTE, [begin, begin + BATCH - 1])
    with using.cursor() as cursor:
        cursor.execute("ANALYZE registry_whereabouts")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registry", "0029_whereabouts")]
    operations = [migrations.RunPython(note_everybody, migrations.RunPython.noop, elidable=True)]
