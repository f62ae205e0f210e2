"""What is sent for a push, and how: the letter, and the endpoint as sending needs it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from ipaddress import ip_network

from django.conf import settings
from django.db.models import Q

from notifications.models import Endpoint, EndpointKey, Event, Push, Recall
from notifications.rules.addresses import Network, location
from notifications.rules.envelope import Letter
from notifications.wire.connecting import Credentials
from notifications.wire.sending import Target
from registry.models.vault import Vault

KEYS, CERTIFICATES = "endpoint keys", "endpoint certificates"
"""For what the vault seals."""


def letter_of(push: Push) -> Letter:
    """The letter of one push."""
    [letter] = letters_of([push])
    return letter


def letters_of(pushes: Sequence[Push]) -> list[Letter]:
    """The letter of each push, whose notice comes with event and person. It is the same at every try."""
    notices = [push.notice_id for push in pushes]
    recalled = Recall.objects.filter(notice__in=notices).order_by("earlier__event")
    corrects: dict[int, list[str]] = defaultdict(list)
    for notice, uuid in recalled.values_list("notice", "earlier__event__uuid"):
        corrects[notice].append(str(uuid))
    return [_letter(push, tuple(corrects[push.notice_id])) for push in pushes]


def _letter(push: Push, corrects: tuple[str, ...]) -> Letter:
    notice = push.notice
    event, person = notice.event, notice.event.practitioner
    return Letter(
        id=str(event.uuid),
        source=settings.REGISTRY_REGISTER_ID,
        happening=event.kind,
        subject=str(person.uuid) if person else "",
        sequence=push.sequence,
        time=event.occurred_at,
        notice="" if event.letter else str(notice.uuid),
        url=f"{settings.REGISTRY_ADDRESS}/api/v1/practitioners/{person.uuid}/" if person else "",
        corrects=corrects,
        settles=_settles(event),
    )


def _settles(event: Event) -> dict[str, str] | None:
    if event.letter is None:
        return None
    return {"letter": str(event.letter.letter_id), "digest": event.letter.digest, "outcome": event.outcome}


def signing_keys(endpoint: Endpoint, now: datetime) -> list[EndpointKey]:
    """The keys that sign at the moment: two of them while one takes over from the other."""
    rows = endpoint.keys.filter(Q(ends_at=None) | Q(ends_at__gt=now), made_at__lte=now)
    return list(rows.order_by("-made_at", "-pk"))


def target_of(endpoint: Endpoint, now: datetime) -> Target:
    """Where and how letters go to the endpoint. Raises SealBroken, ValueError for what cannot be read any more."""
    key = endpoint.sealed_key
    return Target(
        where=location(endpoint.url),
        approved=_networks(endpoint.networks),
        own=_networks(settings.REGISTRY_OWN_NETWORKS),
        credentials=Credentials(
            endpoint.issuer,
            endpoint.certificate,
            "" if key is None else Vault(endpoint.uuid, CERTIFICATES).unseal(bytes(key)).decode(),
        ),
        private_keys=tuple(Vault(row.uuid, KEYS).unseal(bytes(row.sealed)) for row in signing_keys(endpoint, now)),
    )


def _networks(texts: Iterable[str]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)
