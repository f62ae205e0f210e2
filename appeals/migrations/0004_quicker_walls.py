"""Databases whose walls were put up before the rules asked functions of them are brought to the same."""

from importlib import import_module

from django.db import migrations

from registry.migrations._walls import quicker

WALLS = import_module("appeals.migrations.0003_walls")


class Migration(migrations.Migration):
    dependencies = [("appeals", "0003_walls"), ("registry", "0017_quicker_walls")]

    operations = [
        *quicker({**WALLS.OBJECTIONS, **WALLS.REPAIR, **WALLS.POOL}),
        *quicker(WALLS.JUDGED, policy="judged_by_the_user"),
        *quicker({"registry_storedfile": WALLS.SHOWN}, policy="in_sight_as_evidence"),
    ]
