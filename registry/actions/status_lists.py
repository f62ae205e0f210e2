"""Publishing the offline list of the settlement check, and giving files their places in it."""

import base64
import json
from collections.abc import Collection
from datetime import date, datetime, timedelta
from random import SystemRandom
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from registry.actions.turns import take_turns
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.models import ListPlace, StatusList
from registry.models.certificate_keys import certificate_keys
from registry.queries.status_lists import Marks, files_of, marks_on, newest_list, places_of, recorded
from registry.rules.statements import canonical, token
from registry.rules.status_list import (
    TYPE_OF_DELTA,
    TYPE_OF_LIST,
    Picture,
    content_of,
    delta_claims,
    list_claims,
    packed,
    root_of,
)

AHEAD = timedelta(minutes=10)
"""So long before midnight the list of the next day is published, that everybody has it when the day comes."""

RENEWED = timedelta(hours=1)
"""A list as old as this is published anew though nothing changed: it was looked at, and its hours begin again."""


class ListAltered(Exception):
    """The newest list is not what was published: no delta can start from it."""


def publish_status_list(*, now: datetime) -> StatusList | None:
    """The next list and the delta that leads to it, where the day or a standing is another one; else None.

    It says of every place how the person stands on its day, as recorded when it was read. From ten minutes before
    midnight on, the day is the next one. Raises ListAltered.
    """
    with transaction.atomic():
        take_turns("the next status list")
        last = newest_list()
        now = max(now, last.known_at) if last else now
        day, seen = shanghai_day(now + AHEAD), recorded()
        if last and _is_fresh(last, day, now) and last.seen == seen:
            return None
        marks = marks_on(day)
        content = packed(*marks)
        if last and _is_fresh(last, day, now) and (last.size, last.root) == (marks.size, root_of(content)):
            last.seen = seen
            last.save(update_fields=["seen"])
            return None
        return _publish(_picture(last, day, marks, content, now), last=last, seen=seen)


def give_places(*, codes: Collection[str], now: datetime) -> list[int | None]:
    """The places of the files with these personal codes, in their order; None for a code that nobody has.

    A file that has no place yet gets the next one, and keeps it for ever.
    """
    files = files_of(codes)
    places = places_of({*files.values()})
    if missing := {*files.values()} - {*places}:
        places |= _give(missing, now)
    return [places[files[code]] if code in files else None for code in codes]


def _is_fresh(last: StatusList, day: date, now: datetime) -> bool:
    return last.day == day and now - last.known_at < RENEWED


def _picture(last: StatusList | None, day: date, marks: Marks, content: bytes, now: datetime) -> Picture:
    valid = timedelta(hours=policies().national(day).get("status_list.valid"))
    return Picture(last.sequence + 1 if last else 1, day, now, now + valid, marks.size, content)


def _publish(picture: Picture, *, last: StatusList | None, seen: str) -> StatusList:
    subject = f"{settings.REGISTRY_ADDRESS}/api/v1/status-list"
    key = certificate_keys()[0]

    def signed(claims: dict[str, Any], kind: str) -> str:
        text = canonical(claims)
        return token(text, key_id=key.id, signature=key.sign(text, kind=kind), kind=kind)

    before = _content(last) if last else None
    delta = None if before is None else delta_claims(picture, before=before, subject=subject)
    return StatusList.objects.create(
        sequence=picture.sequence,
        day=picture.day,
        known_at=picture.known_at,
        expires_at=picture.expires_at,
        size=picture.size,
        root=picture.root,
        key_id=key.id,
        token=signed(list_claims(picture, subject=subject), TYPE_OF_LIST),
        delta=signed(delta, TYPE_OF_DELTA) if delta else "",
        seen=seen,
    )


def _content(published: StatusList) -> bytes:
    payload = published.token.split(".")[1]
    content = content_of(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    if root_of(content) != published.root:
        raise ListAltered(f"list {published.sequence} does not have the root {published.root}")
    return content


def _give(files: set[int], now: datetime) -> dict[int, int]:
    """The next places, in an order made by chance. Whoever gives some out waits for whoever does."""
    with transaction.atomic():
        take_turns("places in the status list")
        places = places_of(files)
        missing = sorted(files - {*places})
        SystemRandom().shuffle(missing)
        last = ListPlace.objects.aggregate(Max("place"))["place__max"]
        first = 0 if last is None else last + 1
        given = {file: place for place, file in enumerate(missing, first)}
        rows = [ListPlace(place=place, practitioner_id=file, recorded_at=now) for file, place in given.items()]
        ListPlace.objects.bulk_create(rows, batch_size=2000)
        return places | given
