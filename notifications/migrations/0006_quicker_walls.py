"""Databases whose walls were put up before the rules asked functions of them are brought to the same."""

from importlib import import_module

from django.db import migrations

from registry.migrations._walls import quicker

NOTICES = import_module("notifications.migrations.0002_walls").NOTICES
RECEIPTS = import_module("notifications.migrations.0003_receipts").RECEIPTS


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_looks"), ("registry", "0017_quicker_walls")]

    operations = quicker({**NOTICES, **RECEIPTS})
