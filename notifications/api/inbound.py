"""Where letters of other registers come in: no session and no key, each letter proves itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.actions.exchange.receiving import Taken, receive
from notifications.rules.exchange import LONGEST_LETTER
from notifications.waking import wake_taking_over
from registry.queries.sight import full_sight

STATUS = {
    Taken.NEW: 204,
    Taken.KNOWN: 204,
    Taken.MALFORMED: 400,
    Taken.TOO_LONG: 413,
    Taken.NOT_SIGNED: 401,
    Taken.UNKNOWN_REGISTER: 401,
}
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@csrf_exempt
@require_POST
def letters(request: HttpRequest, register: str) -> HttpResponse:
    """Take a letter. 204 once it is kept, also where it was before; 401 where it does not prove who wrote it, when."""
    length = request.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > LONGEST_LETTER:
        return HttpResponse(status=STATUS[Taken.TOO_LONG])
    headers = {name: request.headers.get(name, "") for name in _HEADERS}
    with full_sight():
        taken = receive(code=register, headers=headers, body=request.body, now=timezone.now())
    if taken is Taken.NEW:
        wake_taking_over()
    return HttpResponse(status=STATUS[taken])


urlpatterns = [path("<str:register>/letters/", letters, name="letters_of_a_register")]
