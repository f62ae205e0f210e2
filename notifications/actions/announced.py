"""Writing what an announcement comes to: notices, the line back to those that it corrects, and what is owed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Max

from notifications.models import Endpoint, Event, Notice, Push, Recall
from notifications.queries.addressees import Addressee, recipient_of


def write_notices(told: Iterable[tuple[Event, Addressee]], now: datetime) -> list[Notice]:
    """One notice to each who is told of the event."""
    return Notice.objects.bulk_create(
        Notice(
            event=event,
            recipient=each.recipient,
            because=each.because,
            made_at=now,
            **{f"{each.column}_id": each.id},
        )
        for event, each in told
    )


def recall(notices: Iterable[Notice], earlier: Iterable[Notice]) -> None:
    """Draw the line from each notice to the earlier ones to the same recipient that told it wrong."""
    by_recipient = defaultdict(list)
    for each in earlier:
        by_recipient[recipient_of(each)].append(each)
    Recall.objects.bulk_create(
        Recall(notice=new, earlier=old) for new in notices for old in by_recipient[recipient_of(new)]
    )


def owe(to: Sequence[tuple[Endpoint, Notice]], now: datetime) -> list[Push]:
    """Owe the notices to the endpoints, each numbered after what it is owed of the same person already.

    The caller holds the locks of the people's files, so that nobody else numbers at the same time.
    """
    last = _last_numbers({endpoint.pk for endpoint, _ in to}, {notice.event.practitioner_id for _, notice in to})
    return Push.objects.bulk_create(_owed(endpoint, notice, last, now) for endpoint, notice in to)


def _last_numbers(endpoints: Collection[int], people: Collection[int | None]) -> Counter[tuple[int, int | None]]:
    """By endpoint and person."""
    owed = Push.objects.filter(practitioner__in=people, endpoint__in=endpoints).order_by()
    found = owed.values_list("endpoint", "practitioner").annotate(last=Max("sequence"))
    return Counter({(endpoint, person): last for endpoint, person, last in found})


def _owed(endpoint: Endpoint, notice: Notice, last: Counter[tuple[int, int | None]], now: datetime) -> Push:
    person = notice.event.practitioner_id
    if person is not None:  # what is about nobody stands in no order
        last[endpoint.pk, person] += 1
    return Push(
        notice=notice,
        endpoint=endpoint,
        practitioner_id=person,
        sequence=last[endpoint.pk, person] or 1,
        since=now,
        next_at=now,
    )
