"""Signing in at the provider of identities: allauth's OpenID Connect, made strict. Loaded only where one is named.

The provider says who somebody is, and that alone: it makes no account, no link and no role, and it is no second factor.
It is asked only at the server of the settings, and every ID token is held against the keys of that server, the issuer,
the client, its end, and the nonce of the very browser that set out.
"""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import jwt
import requests
import structlog
from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from registry.actions import sign_in
from registry.ledger.days import shanghai_day
from registry.pages.sign_in.factors import needs_factor
from registry.queries.identities import account_of_identity
from registry.queries.scope import roles_of

NAMED: Any = settings.REGISTRY_OIDC
log = structlog.get_logger("registry.sign_in")
SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
PROVIDER_ID = "provider"
SLOW = 5  # seconds that the provider is waited for
CLOCKS_DIFFER = 30  # seconds

REFUSALS: dict[str, tuple[int, Promise]] = {
    "down": (503, _("%(provider)s does not answer, or not as it should. Try again in a few minutes, or sign in here.")),
    "unproved": (403, _("What %(provider)s answered does not prove who you are. Begin again here.")),
    "stale": (403, _("This way in was begun in another browser, or too long ago. Begin again here.")),
    "cancelled": (403, _("You were not signed in at %(provider)s.")),
    "unknown": (403, _("No active account belongs to who you are at %(provider)s. A security administrator links it.")),
    "no_office": (403, _("Your account holds no role of the office today. The own file opens with its own password.")),
}


class OneServer(requests.Session):
    """Asks the server of the settings and nobody else: no redirects, no proxies, no waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, method: str, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """The answer. Raises OAuth2Error for an address elsewhere, RequestException where the server fails."""
        _require_there(str(url))
        answer = super().request(method, url, *args, **{**kwargs, "timeout": SLOW, "allow_redirects": False})
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            answer.raise_for_status()
        answer.headers.setdefault("content-type", "")  # allauth reads it of every answer
        return answer


class Provided(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Providers come from the environment only, and every failure has a page of ours."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """The one that the settings name."""
        return [
            app for apps in _build_apps_from_settings(provider=provider, client_id=client_id).values() for app in apps
        ]

    def get_requests_session(self) -> requests.Session:
        """With what the provider is asked."""
        return OneServer()

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """What the form of the password looks at, too: attempts, an account that is open, its roles of today."""
        user = sociallogin.user
        if user is None:
            refuse(request, "unknown")
        name = user.get_username()
        _counted(request, sign_in.count_identified, name=name)
        if not needs_factor(roles_of(user, shanghai_day(timezone.now()))):
            refuse(request, "no_office")
        sign_in.sign_in_succeeded(name=name, address=_address(request))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **what: Any) -> NoReturn:
        """Say which of the few things it was."""
        failure = what.get("exception")
        if what.get("error") == AuthError.CANCELLED:
            refuse(request, "cancelled")
        if isinstance(failure, requests.RequestException):
            refuse(request, "down")
        refuse(request, "unproved" if failure or "error" in request.GET else "stale")


class Identified(SocialLogin):  # type: ignore[misc]  # allauth is untyped
    """Who came back. The account is one that a security administrator linked; none is made."""

    def lookup(self) -> None:
        """Find the account."""
        self._did_authenticate_by_email = None
        self.user = account_of_identity(NAMED.server, self.account.uid)


class AtTheServer(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth is untyped
    """What is asked of the server, and what its answers must be."""

    nonce = ""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """Where everything is. Raises OAuth2Error where that is another issuer, or not at the server."""
        with OneServer() as session:
            answer = session.get(self.get_provider().server_url)
        answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict) or found.get("issuer") != NAMED.server:
            raise OAuth2Error("another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _require_there(str(found.get(name, "")))
        return dict(found)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where the browser comes back to."""
        address: str = build_absolute_uri(request, reverse("provider_back"))
        return address

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """None is needed: nothing is asked there in anybody's name."""
        return SocialToken()

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Identified:
        """Who the ID token says it is. Raises OAuth2Error where it proves nothing."""
        identifier = self._claims(str(kwargs["response"].get("id_token"))).get(NAMED.claim)
        if not isinstance(identifier, str):
            raise OAuth2Error("nobody is named")
        return Identified(
            provider=self.get_provider(), account=SocialAccount(provider=self.provider_id, uid=identifier)
        )

    def _claims(self, id_token: str) -> dict[str, Any]:
        """What is claimed, once all of it is proved."""
        client = NAMED.client
        try:
            with OneServer() as session:
                keys = jwt.PyJWKSet.from_dict(session.get(self.openid_config["jwks_uri"]).json())
            claims: dict[str, Any] = jwt.decode(
                id_token,
                keys[jwt.get_unverified_header(id_token).get("kid", "")],
                algorithms=SIGNED_BY,
                audience=client,
                issuer=NAMED.server,
                leeway=CLOCKS_DIFFER,
                options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError, AttributeError) as error:
            raise OAuth2Error(type(error).__name__) from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else client) != client:
            raise OAuth2Error("for another party")
        if not constant_time_compare(str(claims["nonce"]), self.nonce):
            raise OAuth2Error("another nonce")
        return claims


class Strict(OpenIDConnectProvider):  # type: ignore[misc]  # allauth is untyped
    """Nothing of where the browser is sent comes from the browser, but the page it wants to see afterwards."""

    oauth2_adapter_class = AtTheServer

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """To sign in, and never to link what the browser brings with whoever is signed in."""
        wanted = super().get_redirect_from_request_kwargs(request).get("next_url")
        nonce = secrets.token_urlsafe(32)
        return {"next_url": wanted, "process": AuthProcess.LOGIN, "nonce": nonce, "auth_params": {"nonce": nonce}}


class Back(OAuth2CallbackView):  # type: ignore[misc]  # allauth is untyped
    """Coming back: counted before the provider is asked anything."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        if state:
            self.adapter.nonce = state["nonce"]
            _counted(request, sign_in.count_return, address=_address(request))
        return state, response


def begin(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the provider, by the button of the door only."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("account_login"))
    provider = Provided(request).get_provider(request, PROVIDER_ID)
    try:
        answer: HttpResponseBase = provider.redirect_from_request(request)
    except (requests.RequestException, OAuth2Error) as failure:
        answer = render_authentication_error(request, provider, exception=failure)
    return answer


def back(request: HttpRequest) -> HttpResponseBase:
    """The browser comes back from the provider."""
    answer: HttpResponseBase = Back.adapter_view(AtTheServer(request, PROVIDER_ID))(request)
    return answer


def refuse(request: HttpRequest, why: str) -> NoReturn:
    """Show one of REFUSALS."""
    status, words = REFUSALS[why]
    _show(request, why, str(words) % {"provider": NAMED.name}, status)


def _show(request: HttpRequest, why: str, words: str, status: int) -> NoReturn:
    log.info("not signed in at the provider", why=why)
    page = render(request, "account/provider_refused.html", {"words": words}, status=status)
    raise ImmediateHttpResponse(page)


def _counted(request: HttpRequest, count: Callable[..., None], **whom: str) -> None:
    try:
        count(**whom, now=timezone.now())
    except sign_in.TooManyAttempts as refusal:
        _show(request, refusal.code, str(refusal.message), 429)


def _address(request: HttpRequest) -> str:
    address: str = get_adapter(request).get_client_ip(request)
    return address


def _require_there(address: str) -> None:
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" != NAMED.origin:
        raise OAuth2Error("not at the server")
