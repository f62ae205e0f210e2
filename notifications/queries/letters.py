"""What is sent for a push, and how: the letter, and the endpoint as sending needs it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from ipaddress import ip_network
from uuid import UUID

from django.conf import settings

from notifications.models import Endpoint, EndpointKey, Notice, Push, Recall
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
    """The letter of each push, the same at every try. Two queries."""
    notices = [push.notice_id for push in pushes]
    recalled = Recall.objects.filter(notice__in=notices).order_by("earlier__event")
    corrects: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for notice, uuid in recalled.values_list("notice", "earlier__event__uuid"):
        corrects[notice] += (str(uuid),)
    said = {pk: rest for pk, *rest in Notice.objects.filter(pk__in=notices).order_by().values_list("pk", *_SAID)}
    return [_letter(push.sequence, corrects[push.notice_id], *said[push.notice_id]) for push in pushes]


_SAID = (
    "uuid",
    "event__uuid",
    "event__kind",
    "event__occurred_at",
    "event__practitioner__uuid",
    "event__outcome",
    "event__letter__letter_id",
    "event__letter__digest",
)


def _letter(
    sequence: int,
    corrects: tuple[str, ...],
    notice: UUID,
    event: UUID,
    kind: str,
    occurred_at: datetime,
    person: UUID | None,
    outcome: str,
    letter: UUID | None,
    digest: str,
) -> Letter:
    return Letter(
        id=str(event),
        source=settings.REGISTRY_REGISTER_ID,
        happening=kind,
        subject=str(person) if person else "",
        sequence=sequence,
        time=occurred_at,
        notice="" if letter else str(notice),
        url=f"{settings.REGISTRY_ADDRESS}/api/v1/practitioners/{person}/" if person else "",
        corrects=corrects,
        settles={"letter": str(letter), "digest": digest, "outcome": outcome} if letter else None,
    )


def signing_keys(endpoint: Endpoint, now: datetime) -> list[EndpointKey]:
    """The keys that sign at the moment: two of them while one takes over from the other."""
    rows = [row for row in endpoint.keys.all() if row.made_at <= now and (row.ends_at is None or now < row.ends_at)]
    return sorted(rows, key=lambda row: (row.made_at, row.pk), reverse=True)


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
