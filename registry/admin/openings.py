"""Opening a person's file in the office: outside one's work a reason is asked first, and each opening is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from registry.actions.access_log import Kind, record_access
from registry.admin.moment import now, today
from registry.admin.roles import scope, user_of
from registry.models import Practitioner
from registry.queries.access_log import is_ones_work

STANDS = timedelta(minutes=30)
"""How long a reason is good for the file that it was given for, in the session in which it was given."""

_REASONS = "reasons_for_opening"


@dataclass(frozen=True, slots=True)
class Opening:
    """A file that may be opened now: whether it is part of the user's work, and the reason given if it is not."""

    request: HttpRequest
    person: Practitioner
    mine: bool
    reason: str

    def keep(self, kind: Kind) -> None:
        """Record it. Comes before anything is shown."""
        record_access(
            practitioner=self.person, by=user_of(self.request), key=None, kind=kind, reason=self.reason, now=now()
        )


def opening_of(request: HttpRequest, person: Practitioner) -> Opening | None:
    """How the user opens the file; None where a reason must be given first."""
    mine = is_ones_work(scope(request), person, today())
    reason = "" if mine else _reason(request, person)
    return Opening(request, person, mine, reason) if mine or reason else None


def ask_first(request: HttpRequest, person: Practitioner, *, to: str = "") -> HttpResponseRedirect:
    """To the page that asks for the reason, and from there to what was asked for."""
    query = request.GET.copy()
    query["to"] = to
    return HttpResponseRedirect(f"{reverse('admin:open_file', args=[person.pk])}?{query.urlencode()}")


def where_to(asked: QueryDict, person: Practitioner) -> str:
    """The page of the file that was asked for before the reason was."""
    query = asked.copy()
    to = "".join(query.pop("to", []))
    if to.startswith(reverse("admin:index")) and url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        return to
    page = reverse("admin:readings" if to == "readings" else "admin:registry_practitioner_change", args=[person.pk])
    return f"{page}?{query.urlencode()}" if query else page


def remember(request: HttpRequest, person: Practitioner, reason: str, at: datetime) -> None:
    """Let the reason stand for this file, and forget those that no longer do."""
    kept = request.session.get(_REASONS, {})
    standing = {file: given for file, given in kept.items() if _stands(given[1], at)}
    request.session[_REASONS] = {**standing, str(person.pk): [reason, at.isoformat()]}


def _reason(request: HttpRequest, person: Practitioner) -> str:
    reason, given_at = request.session.get(_REASONS, {}).get(str(person.pk), ("", ""))
    return str(reason) if given_at and _stands(given_at, now()) else ""


def _stands(given_at: str, at: datetime) -> bool:
    return at - datetime.fromisoformat(given_at) < STANDS
