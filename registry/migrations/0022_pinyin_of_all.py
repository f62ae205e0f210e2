"""Everybody who is here already gets the keys, some thousand at a time, each batch in a transaction of its own.

What was interrupted goes on where it stopped: only rows without keys are looked at.
"""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

from registry.models.pinyin import sound_of  # as it is now: that is what the application will search by

BATCH = 5000
_UPDATE = """
    UPDATE registry_practitioner AS person SET pinyin = key.pinyin, initials = key.initials
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS key (id, name, pinyin, initials)
    WHERE person.id = key.id AND person.name = key.name
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """Give every row without keys its keys. A row whose name changes meanwhile gets them from who changes it."""
    people = apps.get_model("registry", "Practitioner").objects.using(schema_editor.connection.alias)
    for rows in _batches(people.filter(pinyin="")):
        columns = zip(*((id_, name, *sound_of(name)) for id_, name in rows), strict=True)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_UPDATE, [list(each) for each in columns])


def _batches(people: Any) -> Iterator[list[tuple[int, str]]]:
    last = 0
    while rows := list(people.filter(pk__gt=last).order_by("pk").values_list("pk", "name")[:BATCH]):
        yield rows
        last = rows[-1][0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registry", "0021_pinyin")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
