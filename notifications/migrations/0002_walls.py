from django.db import migrations

from registry.migrations._walls import agency, authority, either, person, place, walls, within

_of_the_notice = within("notifications_notice", "notice_id")
_push = either(_of_the_notice, person())

NOTICES = {
    "notifications_event": person(),
    "notifications_notice": either(within("notifications_event", "event_id"), person(), place(), agency(), authority()),
    "notifications_recall": _of_the_notice,
    "notifications_push": _push,
    "notifications_attempt": within("notifications_push", "push_id"),
    "notifications_subscription": person(),
    "notifications_historicalsubscription": person(),
}


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_notices"), ("registry", "0013_walls")]

    operations = walls(NOTICES)
