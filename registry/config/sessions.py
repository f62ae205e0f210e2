"""How long a session lasts, and what somebody has to do before anything else."""

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.admin.moment import today
from registry.admin.roles import scope
from registry.models import User
from registry.pages.sign_in.adapter import BEGUN
from registry.pages.sign_in.factors import WITHOUT, lacks_factor
from registry.pages.sign_in.passwords import has_to_be_changed
from registry.queries.scope import Scope, scope_of

LONGEST = timedelta(hours=8).total_seconds()
"""Of an officer's session. Fifteen minutes without a request end every one: SESSION_COOKIE_AGE."""

WRITE_EVERY = 60  # seconds
HELD, SEEN, FACTOR = "registry_held", "registry_seen_at", "registry_factor"
ALWAYS = ("account_logout", "admin:logout", "set_language")
SETTING_UP = (*ALWAYS, "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate")
CHANGING = (*ALWAYS, "account_change_password")
Respond = Callable[[HttpRequest], HttpResponse]


class WatchedSession:
    """Ends a session that lasted too long or whose roles changed; leads to the second factor and the new password."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (why := self._over(request)):
            logout(request)
            messages.info(request, str(why))
            return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("home"))
        first = self._to_be_done_first(request) if request.user.is_authenticated else None
        response = self.get_response(request) if first is None else HttpResponseRedirect(reverse(first))
        if isinstance(request.user, User):  # a program asks without a session
            self._mark(request)
        return response

    def _over(self, request: HttpRequest) -> Promise | None:
        begun = request.session.get(BEGUN)
        if begun is None:
            return None
        if _is_officer(request) and time.time() - begun >= LONGEST:
            return _("You were signed in for eight hours. Sign in again.")
        if request.session.get(HELD) != _fingerprint(scope(request)):
            return _("What your account may do has changed. Sign in again.")
        return None

    def _to_be_done_first(self, request: HttpRequest) -> str | None:
        user = cast(User, request.user)
        if settings.REGISTRY_SECOND_FACTOR and FACTOR not in request.session:
            if lacks_factor(user, scope(request).roles):
                return None if _is_at(request, SETTING_UP) else "mfa_index"
            request.session[FACTOR] = True  # asked once: the last one cannot be removed while somebody is signed in
        if has_to_be_changed(user, timezone.now()):
            return None if _is_at(request, CHANGING) else "account_change_password"
        return None

    def _mark(self, request: HttpRequest) -> None:
        """Note the beginning, what is held, and every minute that the session is still used."""
        session, now = request.session, time.time()
        if BEGUN not in session:
            held = scope_of(cast(User, request.user), today())  # whom the request began with may be somebody else
            session[BEGUN], session[HELD] = now, _fingerprint(held)
        if now - session.get(SEEN, 0) >= WRITE_EVERY:
            session[SEEN] = now


def _is_officer(request: HttpRequest) -> bool:
    return any(role.value != WITHOUT for role in scope(request).roles)


def _fingerprint(held: Scope) -> str:
    """The assignments in force and what they say, in brief."""
    said = sorted(
        [(field.attname, str(getattr(row, field.attname))) for field in row._meta.concrete_fields]
        for row in held.assignments
    )
    return hashlib.sha256(repr((sorted(role.value for role in held.roles), said)).encode()).hexdigest()


def _is_at(request: HttpRequest, names: tuple[str, ...]) -> bool:
    return request.path in {reverse(name) for name in names}
