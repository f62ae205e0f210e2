"""Acts on endpoints: proposed, approved by a national administrator, paused, retired, given a new key, tested."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.actions.announced import owe, write_notices
from notifications.actions.proposed import check_location, check_networks, check_proofs
from notifications.models import Because, Endpoint, EndpointKey, Event, Kind, Push
from notifications.queries.addressees import addressed_to
from notifications.queries.letters import CERTIFICATES, KEYS, signing_keys
from notifications.rules.procedures import ENDPOINT, PUSH
from notifications.wire.connecting import Credentials
from notifications.wire.signing import new_pair
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.procedure import (
    Acting,
    Capacity,
    advance,
    begin,
    for_agency,
    for_authority,
    for_institution,
    locked,
    not_possible_now,
)
from registry.actions.requirements import required
from registry.ledger.days import shanghai_day
from registry.models import Agency, Authority, Institution, Region, Role, User
from registry.models.vault import Vault
from registry.queries.scope import assignments_of

Body = Institution | Agency | Authority | Region

LONGEST_NAME = 120
LONGEST_OVERLAP = timedelta(days=30)
"""How long at most two keys sign."""

State = Endpoint.State


def propose_endpoint(
    *,
    body: Body,
    name: str,
    url: str,
    networks: Sequence[str],
    credentials: Credentials | None = None,
    takes_batches: bool = False,
    by: User | None,
    now: datetime,
) -> Endpoint:
    """Enter where a system of the body would receive, with a pair of keys of its own. Nothing goes there yet.

    `networks` (CIDR) are all that the name may lead to; `takes_batches`, that it takes up to a hundred letters in one
    request. Raises Refused for an address that is not https with the name
    of a host, for networks that are none, and for certificates that cannot be read.
    """
    if takes_batches and isinstance(body, Region):
        raise Refused(
            "no_batches_between_registers",
            _("The register of a province takes letters one by one. Leave “batches” out."),
            field="takes_batches",
            value=takes_batches,
        )
    proofs = credentials or Credentials()
    check_location(url)
    check_proofs(proofs)
    endpoint = Endpoint(
        **{type(body).__name__.lower(): body},
        name=required(name, field="name", most=LONGEST_NAME),
        url=url,
        networks=check_networks(networks),
        issuer=proofs.issuer,
        certificate=proofs.certificate,
        takes_batches=takes_batches,
        proposed_at=now,
        proposed_by=by,
    )
    if proofs.certificate:
        endpoint.sealed_key = Vault(endpoint.uuid, CERTIFICATES).seal(proofs.key.encode())
    with transaction.atomic():
        begin(ENDPOINT, endpoint, act="propose", acting=_asking(body, by, now), now=now)
        _add_key(endpoint, by, now)
    return endpoint


def approve_endpoint(*, endpoint: Endpoint, by: User, now: datetime) -> Endpoint:
    """From now on the body's notices go there. Only an administrator of the whole register approves."""
    if not _administers_all(by, now):
        raise Refused(
            "not_a_national_administrator",
            _("Only an administrator of the whole register approves where notices go. Ask one of them."),
            field="by",
            value=by.get_username(),
        )
    return _move(endpoint, "approve", by, now, approved_at=now, approved_by=by)


def pause_endpoint(*, endpoint: Endpoint, by: User, reason: str, now: datetime) -> Endpoint:
    """Nothing goes there until it is resumed; what is owed waits."""
    return _move(endpoint, "pause", by, now, grounds=required(reason))


def resume_endpoint(*, endpoint: Endpoint, by: User, now: datetime) -> Endpoint:
    """A paused or disabled endpoint receives again, from what it is owed first on."""
    return _move(endpoint, "resume", by, now, failures=0, rests_until=None)


def retire_endpoint(*, endpoint: Endpoint, by: User, reason: str, now: datetime) -> Endpoint:
    """Nothing goes there any more, for good. What was owed is withdrawn, and stays in the inbox of its recipient."""
    with transaction.atomic():
        owed = Push.objects.filter(endpoint=endpoint, state__in=(Push.State.WAITING, Push.State.OVERDUE))
        list(owed.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))  # before the endpoint
        row = _move(endpoint, "retire", by, now, grounds=required(reason))
        for state in (Push.State.WAITING, Push.State.OVERDUE):
            owed = Push.objects.filter(endpoint=row, state=state)
            owed.update(state=PUSH.after(state, "withdraw"), next_at=None, lease_until=None)
        return row


def rotate_key(*, endpoint: Endpoint, overlap: timedelta, by: User, now: datetime) -> EndpointKey:
    """A new pair of keys; the older one signs beside it until the overlap is over.

    Raises Refused for an overlap that is none, and while another rotation still overlaps.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Refused(
            "key_overlap_refused",
            _("Both keys cannot hold for %(days)s days: choose 0 to %(most)s.")
            % {"days": overlap.days, "most": LONGEST_OVERLAP.days},
            field="overlap",
            value=overlap.days,
        )
    with transaction.atomic():
        row = locked(endpoint)
        if row.state == State.RETIRED:
            raise not_possible_now(row)
        older, *others = signing_keys(row, now)
        if others:
            raise Refused(
                "rotation_not_over",
                _("Two keys sign already. Wait until the older one has ended."),
                field="endpoint",
                value=str(row.uuid),
            )
        older.ends_at = now + overlap
        keep(older, by=by, now=now)
        return _add_key(row, by, now)


def send_test(*, endpoint: Endpoint, by: User, now: datetime) -> Push:
    """Send a letter that is about nobody, to see whether it arrives. Raises Refused for one that does not receive."""
    with transaction.atomic():
        row = locked(endpoint)
        if row.state != State.ACTIVE:
            raise not_possible_now(row)
        event = Event.objects.create(kind=Kind.TEST, sequence=0, occurred_at=now, made_at=now)
        notices = write_notices([(event, addressed_to(row, Because.TESTED))], now)
        return owe([(row, notices[0])], now)[0]


def replay_push(*, push: Push, by: User, now: datetime) -> Push:
    """Send it again, or now, under the same id; the count of its failures begins anew."""
    with transaction.atomic():
        row = locked(push)
        again: dict[str, Any] = {"since": now, "next_at": now, "failures": 0, "delivered_at": None}
        advance(PUSH, row, "replay", acting=_administrator(by), now=now, **again)
        return row


def _asking(body: Body, by: User | None, now: datetime) -> Acting:
    """For the own institution, agency or authority; for others an administrator asks."""
    if by is not None and not _administers_all(by, now):
        if isinstance(body, Institution):
            return for_institution(by, body)
        if isinstance(body, Agency):
            return for_agency(by, body)
        if isinstance(body, Authority):
            return for_authority(by, body)
    return _administrator(by)


def _administers_all(by: User, now: datetime) -> bool:
    held = assignments_of(by, shanghai_day(now))
    return any(row.role == Role.ADMINISTRATOR and row.region_id is None for row in held)


def _administrator(by: User | None) -> Acting:
    return Acting(by, Capacity.ADMINISTRATOR)


def _move(endpoint: Endpoint, act: str, by: User, now: datetime, *, grounds: str = "", **changes: Any) -> Endpoint:
    with transaction.atomic():
        row = locked(endpoint)
        advance(ENDPOINT, row, act, acting=_administrator(by), now=now, grounds=grounds, **changes)
        return row


def _add_key(endpoint: Endpoint, by: User | None, now: datetime) -> EndpointKey:
    public, private = new_pair()
    key = EndpointKey(endpoint=endpoint, public=public, made_at=now, made_by=by)
    key.sealed = Vault(key.uuid, KEYS).seal(private)
    keep(key, by=by, now=now)
    return key
