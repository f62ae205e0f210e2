"""Whether a notice on paper is genuine: for whoever holds the paper, without signing in, and nothing about anybody."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from notifications.models import Notice
from notifications.queries.inbox import corrected_by
from notifications.queries.printed import notice_of, number_of
from registry.actions.sign_in import TooManyAttempts, check_succeeded, count_check
from registry.ledger.days import shanghai_day
from registry.queries.sight import full_sight


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """That this register made a notice with that number on that day, and whether it was corrected since; 404 for a code
    that it never gave, 429 where too many of those were tried from one address.
    """
    address = get_adapter(request).get_client_ip(request)
    try:
        count_check(address=address, now=timezone.now())
    except TooManyAttempts as refused:
        return _answer(request, 429, refused=refused.message, wait=int(refused.wait.total_seconds()))
    with full_sight():
        notice = notice_of(code)
        if notice is None:
            return _answer(request, 404)
        check_succeeded(address=address)
        return _answer(request, 200, **_said(notice))


def _said(notice: Notice) -> dict[str, object]:
    later = corrected_by(notice)
    return {
        "number": number_of(notice),
        "made_on": shanghai_day(notice.made_at),
        "corrected_on": shanghai_day(later[0].made_at) if later else None,
        "asked_on": shanghai_day(timezone.now()),
    }


def _answer(request: HttpRequest, status: int, **shown: object) -> HttpResponse:
    answer = render(request, "notifications/verified.html", shown, status=status)
    answer["X-Robots-Tag"] = "noindex"
    if "wait" in shown:
        answer["Retry-After"] = str(shown["wait"])
    return answer
