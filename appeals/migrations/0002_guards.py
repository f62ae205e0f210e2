"""Outcomes, votes and signed opinions stay as they were written."""

from django.db import migrations

from registry.migrations._guards import append_only


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_appeals"), ("registry", "0005_casework_guards")]
    operations = append_only(
        "appeals",
        ("appeals_externaloutcome", "appeals_externalpoint", "appeals_vote", "appeals_opinion"),
    )
