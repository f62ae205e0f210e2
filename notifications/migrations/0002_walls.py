from django.db import migrations

from registry.migrations._walls import REGIONS, agency, either, person, place, walls, within


def _authority(table: str) -> str:
    """The authority lies in a region in sight."""
    return f"EXISTS (SELECT FROM registry_authority a WHERE a.id = {table}.authority_id AND a.region_id LIKE ANY {REGIONS})"


_of_the_notice = within("notifications_notice", "notice_id")
_push = either(_of_the_notice, person())

NOTICES = {
    "notifications_event": person(),
    "notifications_notice": either(within("notifications_event", "event_id"), person(), place(), agency(), _authority),
    "notifications_recall": _of_the_notice,
    "notifications_push": _push,
    "notifications_attempt": within("notifications_push", "push_id"),
    "notifications_subscription": person(),
    "notifications_historicalsubscription": person(),
}


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_notices"), ("registry", "0013_walls")]

    operations = walls(NOTICES)
