"""Fan-out: for each change of the register one event, one notice to each recipient, and what is owed by whichever way.

The rows of the register are the outbox. All of one file is announced in one transaction, in the order in which it was
written: whatever dies in between, nothing of it was announced, and the next look finds it again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from notifications.actions.announced import owe, recall, write_notices
from notifications.actions.mailing import owe_mails
from notifications.models import Endpoint, Event, Notice
from notifications.models.bodies import BODIES
from notifications.queries.addressees import recipient_of
from notifications.queries.announcing import Announcement, announcement
from notifications.queries.pending import Source, people_waiting, waiting_of
from registry.actions.one_by_one import one_by_one
from registry.models import Practitioner

Clock = Callable[[], datetime]

RECEIVING = (Endpoint.State.ACTIVE, Endpoint.State.PAUSED, Endpoint.State.DISABLED)
"""Endpoints to which something is owed, even where it cannot go there now."""


def fan_out(*, clock: Clock, everything: bool = True) -> int:
    """Announce whatever waits, and say how many events were made. Safe to run in many processes at once.

    Without `everything` it is a quick look at what is new. A file that somebody writes to at the moment is left for the
    next look. Raises SomeFailed once all others are done.
    """
    people = people_waiting(everything=everything)
    return one_by_one("fan_out", people, lambda person: _announce(person, clock()), of=lambda person: person)


def _announce(practitioner_id: int, now: datetime) -> int:
    """Everything that waits of one file, under its lock: nobody writes to it or announces it meanwhile."""
    with transaction.atomic():
        free = Practitioner.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        if not free.filter(pk=practitioner_id).values_list("pk", flat=True):
            return 0
        waiting = waiting_of(practitioner_id)
        for number, source in enumerate(waiting, start=_last_number(practitioner_id) + 1):
            _make(source, announcement(source), practitioner_id, number, now)
        return len(waiting)


def _last_number(practitioner_id: int) -> int:
    last = Event.objects.filter(practitioner_id=practitioner_id).aggregate(last=Max("sequence"))["last"]
    return int(last or 0)


def _make(source: Source, found: Announcement, practitioner_id: int, number: int, now: datetime) -> None:
    event = Event.objects.create(
        kind=found.happening.value,
        practitioner_id=practitioner_id,
        sequence=number,
        occurred_at=source.at,
        made_at=now,
        **{source.column: source.row},
    )
    notices = write_notices(event, found.told, now)
    recall(notices, found.recalled)
    owe(event, _endpoints_of(notices), now)
    owe_mails(notices, now)


def _endpoints_of(notices: Sequence[Notice]) -> list[tuple[Endpoint, Notice]]:
    """Each endpoint with the notice that goes there."""
    by_recipient = {recipient_of(each): each for each in notices}
    found: dict[int, tuple[Endpoint, Notice]] = {}
    for column in BODIES:
        ids = [pk for name, pk in by_recipient if name == column]
        if ids:
            for endpoint in Endpoint.objects.filter(**{f"{column}__in": ids}, state__in=RECEIVING).order_by("pk"):
                found[endpoint.pk] = endpoint, by_recipient[column, getattr(endpoint, f"{column}_id")]
    return list(found.values())
