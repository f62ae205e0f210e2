"""Endpoints of stories, and letters that are owed to them."""

from collections.abc import Callable
from datetime import datetime

from notifications.actions.delivering import push_due
from notifications.actions.endpoints import Body, approve_endpoint, propose_endpoint
from notifications.models import Attempt, Endpoint, Push
from notifications.wire.connecting import Credentials
from registry.models import Assignment, Role, User
from tests.notifications.exchange import Ticking
from tests.notifications.receiver import Handler, Letter, Paper, Receiver
from tests.town import LAW_BEGINS

LOOPBACK = "127.0.0.0/8"


def administrator(name: str = "admin") -> User:
    """An administrator of the whole register."""
    user, made = User.objects.get_or_create(username=name)
    if made:
        Assignment.objects.create(user=user, role=Role.ADMINISTRATOR, starts_on=LAW_BEGINS)
    return user


def proposed(
    receiver: Receiver,
    body: Body,
    now: datetime,
    *,
    url: str = "",
    networks: tuple[str, ...] = (LOOPBACK,),
    paper: Paper | None = None,
    takes_batches: bool = False,
) -> Endpoint:
    """An endpoint at the receiver, which knows its key."""
    credentials = Credentials(receiver.issuer, paper.certificate if paper else "", paper.key if paper else "")
    endpoint = propose_endpoint(
        body=body,
        name=f"{body} system",
        url=url or receiver.url,
        networks=networks,
        credentials=credentials,
        takes_batches=takes_batches,
        by=administrator(),
        now=now,
    )
    receiver.public += [bytes(key.public) for key in endpoint.keys.all()]
    return endpoint


def endpoint_at(receiver: Receiver, body: Body, now: datetime, **more: object) -> Endpoint:
    """The same, approved."""
    return approve_endpoint(endpoint=proposed(receiver, body, now, **more), by=administrator(), now=now)  # type: ignore[arg-type]


def push(clock: Ticking) -> int:
    """Send whatever is due."""
    return push_due(clock=clock)


def problems() -> list[str]:
    """How the tries ended, in order."""
    return list(Attempt.objects.order_by("pk").values_list("problem", flat=True))


def states() -> list[str]:
    """Where the pushes stand, in the order in which they are owed."""
    return list(Push.objects.order_by("endpoint", "practitioner", "sequence").values_list("state", flat=True))


def failing(*, status: int = 500, **headers: str) -> Callable[[Handler, Letter], None]:
    """An answer that is none."""
    return lambda handler, _letter: handler.say(status, b"do not show this", **headers)
