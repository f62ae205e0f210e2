"""How one address is asked by one caller, and what the answer means for a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.access.rows import is_placed

if TYPE_CHECKING:
    from tests.access.callers import Caller
    from tests.access.routes import Route
    from tests.access.world import World

AWAY = ("/admin/login/", "/account/login/")
OWN = ("my/", "expert/")
NOT_REACHED = {401, 403, 404, 405}
REACHED, NOT, NONE = "y", "n", "."
HEADERS = {"idempotency-key": "matrix-0001", "accept-language": "en"}
REASON = {"access-reason": "every-address-for-every-caller"}


BY_PROGRAM = {"accept": "application/json, */*;q=0.5"}

_client = Client(raise_request_exception=False)
"""One for everybody, so that the middleware is loaded once; its cookies are those of whoever asks."""


def cell(route: Route, asking: Caller, world: World) -> str:
    """What the caller reaches there: on a row of one's own place and on one of another province, else at all."""
    return "".join(reached(route, world.address(route, asking, foreign), asking) for foreign in relations(route))


def relations(route: Route) -> tuple[bool, ...]:
    """Whether rows are foreign: both where the address names a row of a place."""
    return (False, True) if is_placed(route) else (False,)


def reached(route: Route, address: str | None, asking: Caller) -> str:
    """`y` where the request came to what it asks for, whatever was then wrong with it."""
    if address is None:
        return NONE
    answer = ask(route, address, asking)
    assert answer.status_code < 500, (route, address, asking.name, answer.status_code)
    return NOT if answer.status_code in NOT_REACHED or _is_away(route, answer) else REACHED


def _is_away(route: Route, answer: Any) -> bool:
    """Sent to the door, or, from pages of one's own of whoever has none, to the beginning."""
    if answer.status_code != 302:
        return False
    return answer["Location"].startswith(AWAY) or (route.path.startswith(OWN) and answer["Location"] == "/")


def ask(route: Route, address: str, asking: Caller) -> Any:
    """The answer, read to its end; nothing of what the request did stays."""
    headers = {**HEADERS, **(BY_PROGRAM if route.is_for_programs else {}), **(REASON if asking.says_why else {})}
    if route.path == "metrics":
        headers["x-forwarded-for"] = "203.0.113.9"  # who asks from the machine itself needs no key
    _client.cookies.clear()
    if route.is_for_programs and asking.key:
        headers["authorization"] = f"Bearer {asking.key}"
    elif asking.session and not route.is_for_programs:
        _client.cookies[settings.SESSION_COOKIE_NAME] = asking.session
    body = {"data": "{}", "content_type": "application/json"} if route.is_for_programs else {}
    with transaction.atomic():
        send = getattr(_client, route.method.lower())
        answer = send(address, headers=headers, **(body if route.method != "GET" else {}))
        answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer
