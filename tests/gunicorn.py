"""The register as it is served in earnest: gunicorn with its own configuration and two processes."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.db import connection

from registry.config.crew import HOST, Crew, reserved
from registry.config.demonstration import WEB


class Browser:
    """Keeps cookies and fills in forms; goes no further by itself."""

    def __init__(self, house: str, language: str = "en") -> None:
        self.house = house
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["accept-language"] = language

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> requests.Response:
        """The page at the address, of this house unless it names another."""
        return self.session.get(urljoin(self.house, address), headers=headers, allow_redirects=False, timeout=20)

    def send(self, address: str, *, page: str = "", **fields: str) -> requests.Response:
        """The form to the address, filled in; it stands on the page, which is at the same address unless told."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page or address).text)
        typed = {**fields, "csrfmiddlewaretoken": token[1] if token else ""}
        return self.session.post(urljoin(self.house, address), typed, allow_redirects=False, timeout=20)


@contextmanager
def gunicorn(logs: Path, **variables: str) -> Iterator[str]:
    """Within, the register answers at this address from the database of the tests; its log is `web.log` in `logs`."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    logs.mkdir(exist_ok=True)
    crew = Crew(logs, {**os.environ, "DATABASE_URL": urlunsplit(address), **variables})
    with reserved(0) as listener:
        try:
            crew.start("web", [*WEB, "--bind", f"fd://{listener.fileno()}"], pass_fds=[listener.fileno()])
            crew.wait_until_ready()
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            crew.end()


def hashed(password: str) -> str:
    """The password as a process with the hashers of production reads it."""
    return make_password(password, hasher=PBKDF2PasswordHasher())
