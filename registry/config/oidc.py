"""Sign-in at a provider of identities (OpenID Connect), where the environment names one; nothing of it otherwise."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

APPS = ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
NEEDED = ("REGISTRY_OIDC_SERVER", "REGISTRY_OIDC_CLIENT", "REGISTRY_OIDC_SECRET")


@dataclass(frozen=True, slots=True)
class Provider:
    """What the environment says: `server` is the issuer, `claim` the member of its ID token that says who it is."""

    name: str
    server: str
    client: str
    secret: str = field(repr=False)
    claim: str
    scope: tuple[str, ...]

    @property
    def origin(self) -> str:
        """Scheme, host and port: where alone it is asked, and where the browser is sent."""
        address = urlsplit(self.server)
        return f"{address.scheme}://{address.netloc}"


def named_provider(env: environ.Env, *, https: bool) -> Provider | None:
    """The provider, or None where none is named. Raises ImproperlyConfigured where only part of it is said, and for a
    server without TLS, unless the register itself is reached without.
    """
    said = {name: env.str(name, default="") for name in NEEDED}
    if not any(said.values()):
        return None
    if missing := [name for name, value in said.items() if not value]:
        raise ImproperlyConfigured(f"{missing[0]} is not set: sign-in at a provider needs {', '.join(NEEDED)}.")
    server, client, secret = said.values()
    address = urlsplit(server)
    if address.scheme not in ({"https"} if https else {"https", "http"}) or not address.hostname or address.query:
        raise ImproperlyConfigured(f"REGISTRY_OIDC_SERVER is {server!r}; it is an address such as https://id.example.")
    return Provider(
        name=env.str("REGISTRY_OIDC_NAME", default=address.hostname),
        server=server,
        client=client,
        secret=secret,
        claim=env.str("REGISTRY_OIDC_CLAIM", default="sub"),
        scope=tuple(env.str("REGISTRY_OIDC_SCOPE", default="openid").split()),
    )


def as_allauth_reads_it(provider: Provider) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS, with the strict provider of ours."""
    app = {
        "provider_id": "provider",
        "name": provider.name,
        "client_id": provider.client,
        "secret": provider.secret,
        "settings": {
            "server_url": f"{provider.server.rstrip('/')}/.well-known/openid-configuration",
            "scope": list(provider.scope),
            "oauth_pkce_enabled": True,
        },
    }
    return {"openid_connect": {"provider_class": "registry.pages.sign_in.provider.Strict", "APPS": [app]}}
