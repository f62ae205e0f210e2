"""Fan-out: for each change of the register one event, one notice to each recipient, and what is owed by whichever way.

The rows of the register are the outbox. All of one file is announced in one transaction, in the order in which it was
written: whatever dies in between, nothing of it was announced, and the next look finds it again. Several files go by
one transaction, which asks for all of them together; where that fails, each goes by itself.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import Max, Q

from notifications.actions.announced import owe, recall, write_notices
from notifications.actions.mailing import owe_mails
from notifications.models import Endpoint, Event, Notice
from notifications.models.bodies import BODIES
from notifications.queries.addressees import body_of, recipient_of
from notifications.queries.announcing import Announcement, announcement, looks_back
from notifications.queries.pending import Source, people_waiting, waiting_of
from notifications.queries.people import People
from registry.actions.one_by_one import one_by_one
from registry.models import Practitioner

Clock = Callable[[], datetime]

TOGETHER = 32
"""Files that are announced in one transaction; whoever writes to one of them waits for it."""
RECEIVING = (Endpoint.State.ACTIVE, Endpoint.State.PAUSED, Endpoint.State.DISABLED)
"""Endpoints to which something is owed, even where it cannot go there now."""


def fan_out(*, clock: Clock, everything: bool = True) -> int:
    """Announce whatever waits, and say how many events were made. Safe to run in many processes at once.

    Without `everything` it is a quick look at what is new. A file that somebody writes to at the moment is left for the
    next look. Raises SomeFailed once all others are done.
    """
    made, alone = 0, list[int]()
    people = people_waiting(everything=everything)
    while some := list(islice(people, TOGETHER)):
        try:
            made += _announce(some, clock())
        except Exception:  # noqa: BLE001 - whichever it was fails again by itself, and is told then
            alone += some
    return one_by_one("fan_out", alone, lambda file: _announce([file], clock()), of=lambda file: file, moved=made)


def _announce(files: Collection[int], now: datetime) -> int:
    """Everything that waits of the files, under their locks: nobody writes to one or announces it meanwhile."""
    with transaction.atomic():
        free = Practitioner.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        waiting = waiting_of(free.filter(pk__in=files).order_by("pk").values_list("pk", flat=True))
        people, ready = People(waiting), list[tuple[Event, Announcement]]()
        for event, source in _numbered(waiting, now):
            if looks_back(source):
                _make(ready, now)
                ready = []
            ready.append((event, announcement(source, people)))
        _make(ready, now)
    return sum(len(sources) for sources in waiting.values())


def _numbered(waiting: dict[int, list[Source]], now: datetime) -> Iterator[tuple[Event, Source]]:
    """An event of each, not saved yet and without its kind, numbered in its file."""
    last = _last_numbers(waiting)
    for file, sources in waiting.items():
        for number, source in enumerate(sources, start=last.get(file, 0) + 1):
            event = Event(practitioner_id=file, sequence=number, occurred_at=source.at, made_at=now)
            setattr(event, source.column, source.row)
            yield event, source


def _last_numbers(files: Collection[int]) -> dict[int, int]:
    numbered = Event.objects.filter(practitioner__in=files).order_by().values_list("practitioner")
    return dict(numbered.annotate(last=Max("sequence")))


def _make(ready: Sequence[tuple[Event, Announcement]], now: datetime) -> None:
    """The events with all that they come to, in order."""
    if not ready:
        return
    for event, found in ready:
        event.kind = found.happening.value
    Event.objects.bulk_create(event for event, _found in ready)
    notices = write_notices([(event, each) for event, found in ready for each in found.told], now)
    for event, found in ready:
        if found.recalled:
            recall([each for each in notices if each.event_id == event.pk], found.recalled)
    owe(list(_to_endpoints(notices)), now)
    owe_mails(notices, now)


def _to_endpoints(notices: Sequence[Notice]) -> Iterator[tuple[Endpoint, Notice]]:
    """Each notice with each of the endpoints to which it goes."""
    told: dict[str, set[int | str]] = defaultdict(set)
    for column, pk in map(recipient_of, notices):
        told[column].add(pk)
    theirs = Q(pk__in=[])
    for column in BODIES:
        theirs |= Q(**{f"{column}__in": told[column]})
    endpoints: dict[tuple[str, int | str], list[Endpoint]] = defaultdict(list)
    for endpoint in Endpoint.objects.filter(theirs, state__in=RECEIVING).order_by("pk"):
        endpoints[body_of(endpoint)].append(endpoint)
    for notice in notices:
        for endpoint in endpoints[recipient_of(notice)]:
            yield endpoint, notice
