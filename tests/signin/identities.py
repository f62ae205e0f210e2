"""A provider of identities on a port of its own: discovery, keys, authorization and tokens, and every way to lie."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

CLIENT, SECRET = "register", "known to provider and register alone"
GOOD_KEY, OTHER_KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())


class IdentityProvider:
    """Says that everybody is `person`, as a good provider does; tests change what it says."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        self.begin_anew()

    def begin_anew(self) -> None:
        """Good again, and nothing was asked."""
        self.person = "zhao.wei"
        self.claims: dict[str, Any] = {}
        self.described: dict[str, Any] = {}
        self.signs_with: tuple[Any, str, dict[str, str]] = (GOOD_KEY, "ES256", {"kid": "one"})
        self.fails_at = ""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def configuration(self) -> dict[str, Any]:
        """What the discovery tells."""
        places = {name: f"{self.address}/{path}" for name, path in PLACES.items()}
        methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        return {"issuer": self.address, **places, **methods, **self.described}

    def authorized(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to; the person has said yes."""
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> dict[str, Any] | None:
        """The answer for a code; None for a code, client, address or verifier that is not good."""
        begun = self._codes.pop(asked.get("code", ""), None)
        verifier = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        right = begun and begun["code_challenge"] == challenge and begun["redirect_uri"] == asked["redirect_uri"]
        if not right or (asked["client_id"], asked["client_secret"]) != (CLIENT, SECRET):
            return None
        assert begun
        now = int(time.time())
        usual = {"iss": self.address, "sub": self.person, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = {**usual, "nonce": begun["nonce"], **self.claims}
        key, algorithm, header = self.signs_with
        said = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(said, key, algorithm, headers=header)
        return {"access_token": "opens nothing", "token_type": "Bearer", "expires_in": 60, "id_token": signed}


PLACES = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}


class Handler(BaseHTTPRequestHandler):
    """Hands over to the provider of its server."""

    server: Any

    def do_GET(self) -> None:
        """Discovery, keys, and the browser of the person."""
        provider, path = self.server.provider, urlsplit(self.path).path
        provider.asked.append(path)
        if provider.fails_at == path:
            self._answer(503, {})
        elif path == "/authorize":
            self.send_response(302)
            self.send_header("Location", provider.authorized(dict(parse_qsl(urlsplit(self.path).query))))
            self.end_headers()
        elif path == "/keys":
            key = ECAlgorithm.to_jwk(GOOD_KEY.public_key(), as_dict=True)
            self._answer(200, {"keys": [{**key, "kid": "one", "use": "sig", "alg": "ES256"}]})
        else:
            self._answer(200, provider.configuration())

    def do_POST(self) -> None:
        """The register, with a code."""
        provider = self.server.provider
        provider.asked.append(self.path)
        typed = self.rfile.read(int(self.headers["Content-Length"])).decode()
        token = None if provider.fails_at == self.path else provider.token(dict(parse_qsl(typed)))
        status = 503 if provider.fails_at == self.path else 200 if token else 400
        self._answer(status, token or {"error": "invalid_grant"})

    def log_message(self, *args: Any) -> None:
        """Says nothing."""

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Within, it answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = IdentityProvider(server)
        server.provider = provider  # type: ignore[attr-defined]  # a server of ours
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
