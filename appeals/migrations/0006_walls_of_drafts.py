"""A draft is its author's alone: no office, region or institution sees it, nor whoever else holds the file."""

from django.db import migrations

from registry.migrations._walls import own, walls, within


class Migration(migrations.Migration):
    dependencies = [("appeals", "0005_drafts")]

    operations = walls({"appeals_draft": own(), "appeals_draftfile": within("appeals_draft", "draft_id")})
