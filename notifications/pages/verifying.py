"""Whether a notice on paper is genuine: for whoever holds the paper, without signing in, and nothing about anybody."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from notifications.queries.inbox import corrected_by
from notifications.queries.printed import notice_of, number_of
from registry.ledger.days import shanghai_day
from registry.pages.public.extensions import Paper
from registry.pages.public.verifying import PaperForm, answered


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """That this register made a notice with that number on that day, and whether it was corrected since; 404 for a code
    that it never gave, 429 where too many of those were tried from one address.
    """
    return answered(request, lambda: _said(code), form=PaperForm())


def notice_on_paper(number: str, code: str) -> Paper | None:
    """The same for who types both."""
    return _said(code, number.strip().upper())


def _said(code: str, number: str | None = None) -> Paper | None:
    notice = notice_of(code.strip())
    if notice is None or number not in {None, number_of(notice)}:
        return None
    later = corrected_by(notice)
    shown = {
        "number": number_of(notice),
        "made_on": shanghai_day(notice.made_at),
        "corrected_on": shanghai_day(later[0].made_at) if later else None,
        "asked_on": shanghai_day(timezone.now()),
    }
    return Paper("notifications/verified.html", shown)
