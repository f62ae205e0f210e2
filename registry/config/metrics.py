"""How the register runs, in numbers for a Prometheus server: endpoints, mails, workers and the offline list; nobody.

Asked from this machine it answers without a key, so that a collector beside it needs none. From elsewhere it takes the
key of a program whose person watches over the register (administration or audit of the whole of it, or support): keys
like any other, with an end, networks and a revocation; a kind of key of its own would be one more to keep and no safer.
What came through a proxy is from elsewhere, whatever address it shows.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from ipaddress import ip_address

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from notifications.models import Endpoint
from notifications.queries.delivery import Line, board
from notifications.queries.looks import last_looks
from notifications.queries.mailing import owed_mails
from registry.ledger.days import shanghai_day
from registry.models import Role
from registry.queries.keys import holder, note_use, scope_of_key
from registry.queries.scope import Scope
from registry.queries.sight import full_sight
from registry.queries.status_lists import newest_list

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
THROUGH_A_PROXY = ("Forwarded", "X-Forwarded-For")

Labels = Mapping[str, str]
Sample = tuple[Labels, float]


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for who may have them; 401 for everybody else."""
    now = timezone.now()
    if not (_from_this_machine(request) or _by_key(request, now)):
        return HttpResponse(
            "a key is needed\n", status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain"
        )
    with full_sight():
        lines = [line for family in _families(now) for line in family]
    return HttpResponse("\n".join(lines) + "\n", content_type=CONTENT_TYPE)


def _from_this_machine(request: HttpRequest) -> bool:
    if any(name in request.headers for name in THROUGH_A_PROXY):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _by_key(request: HttpRequest, now: datetime) -> bool:
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    key = holder(text.strip(), now, get_adapter(request).get_client_ip(request))
    if key is None or key.user is None or not _watches(scope_of_key(key, shanghai_day(now))):
        return False
    note_use(key, now)
    return True


def _watches(seen: Scope) -> bool:
    return seen.sees_everything or Role.SUPPORT in seen.roles


# the numbers ----------------------------------------------------------------------------------------------------------


def _families(now: datetime) -> Iterator[list[str]]:
    lines = board(Endpoint.objects.exclude(state=Endpoint.State.RETIRED).order_by("pk"), now)
    yield _family("register_push_owed", "letters that are owed to an endpoint", _each(lines, "owed"))
    yield _family("register_push_overdue", "of these, owed for longer than 75 hours", _each(lines, "overdue"))
    yield _family(
        "register_push_oldest_seconds",
        "for how long the oldest has been owed",
        [(_of(line), (now - line.oldest).total_seconds() if line.oldest else 0) for line in lines],
    )
    yield _family(
        "register_push_tries_24h",
        "tries within 24 hours, by how they ended",
        [
            ({**_of(line), "outcome": outcome}, getattr(line, outcome))
            for line in lines
            for outcome in ("delivered", "failed")
        ],
    )
    yield _family(
        "register_endpoint_failures",
        "tries that failed in a row",
        [(_of(line), line.endpoint.failures) for line in lines],
    )
    yield _family(
        "register_endpoint_state",
        "1 for the state that an endpoint is in",
        [({**_of(line), "state": str(line.endpoint.state)}, 1) for line in lines],
    )
    yield _family(
        "register_mail_owed",
        "mails that are owed, by state",
        [({"state": state}, number) for state, number in owed_mails().items()],
    )
    yield _family(
        "register_last_look_seconds",
        "since a worker last looked whether there is something to do",
        [({"work": work}, (now - at).total_seconds()) for work, at in last_looks().items()],
    )
    newest = newest_list()
    yield _family(
        "register_status_list_holds_seconds",
        "for how long the newest offline list holds; a next one should come long before",
        [({}, (newest.expires_at - now).total_seconds())] if newest else [],
    )


def _of(line: Line) -> Labels:
    return {"endpoint": str(line.endpoint.uuid)}


def _each(lines: list[Line], name: str) -> list[Sample]:
    return [(_of(line), getattr(line, name)) for line in lines]


def _family(name: str, told: str, samples: list[Sample]) -> list[str]:
    head = [f"# HELP {name} {told}", f"# TYPE {name} gauge"]
    return [*head, *(f"{name}{{{_labels(labels)}}} {value:g}" for labels, value in samples)]


def _labels(labels: Labels) -> str:
    return ",".join(f'{name}="{value}"' for name, value in labels.items())
