"""Writing what an announcement comes to: notices, the line back to those that it corrects, and what is owed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Max

from notifications.models import Endpoint, Event, Notice, Push, Recall
from notifications.queries.addressees import Addressee, recipient_of


def write_notices(event: Event, told: Iterable[Addressee], now: datetime) -> list[Notice]:
    """One notice to each who is told."""
    return Notice.objects.bulk_create(
        Notice(
            event=event,
            recipient=each.recipient,
            because=each.because,
            made_at=now,
            **{f"{each.column}_id": each.id},
        )
        for each in told
    )


def recall(notices: Iterable[Notice], earlier: Iterable[Notice]) -> None:
    """Draw the line from each notice to the earlier ones to the same recipient that told it wrong."""
    by_recipient = defaultdict(list)
    for each in earlier:
        by_recipient[recipient_of(each)].append(each)
    Recall.objects.bulk_create(
        Recall(notice=new, earlier=old) for new in notices for old in by_recipient[recipient_of(new)]
    )


def owe(event: Event, to: Sequence[tuple[Endpoint, Notice]], now: datetime) -> list[Push]:
    """Owe the notices to the endpoints, each numbered after what it is owed of the same person already.

    The caller holds the lock of the person's file, so that nobody else numbers at the same time.
    """
    owed = Push.objects.filter(practitioner=event.practitioner, endpoint__in=[endpoint.pk for endpoint, _ in to])
    last = dict(owed.values_list("endpoint").annotate(last=Max("sequence"))) if event.practitioner_id else {}
    return Push.objects.bulk_create(
        Push(
            notice=notice,
            endpoint=endpoint,
            practitioner_id=event.practitioner_id,
            sequence=last.get(endpoint.pk, 0) + 1,
            since=now,
            next_at=now,
        )
        for endpoint, notice in to
    )
