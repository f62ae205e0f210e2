"""Through the pages of a demo as each of its users: by the links, every kind of page once."""

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, Request

from registry.config.bootstrap import HOUSE

FEW = ("--practitioners", "120", "--seed", "7")
NOT_WALKED = ("/account/logout", "/admin/logout", "/api/", "/fhir/", "/metrics", "/admin/jsi18n")
"""Where a link ends the walk, or no page is."""

SAME_PLACE = "links => links.filter(a => !a.hasAttribute('download')).map(a => a.getAttribute('href'))"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with an account, or nobody, and where the walk begins."""

    role: str
    username: str
    password: str
    starts: tuple[str, ...]


@dataclass
class Sight:
    """One page as it was met: its route, its address, and how many bytes came over the wire for it."""

    route: str
    path: str
    status: int
    page: Page
    wire: int


@dataclass
class Walk:
    """The walk of one visitor in one language at one width. `seen` holds the routes that need no further visit."""

    base: str
    page: Page
    visitor: Visitor
    seen: set[str] = field(default_factory=set)

    def sights(self) -> Iterator[Sight]:
        """Each page once, loaded without a cache. Where the walk begins is gone through for its links, seen or not."""
        waiting, begun = deque(self.visitor.starts), set(self.visitor.starts)
        while waiting:
            path = waiting.popleft()
            route = route_of(path)
            if route is None or (route in self.seen and path not in begun):
                continue
            begun.discard(path)
            found = self._load(path, route)
            if found is None:
                continue
            if route not in self.seen:
                yield found
            self.seen.add(route)
            waiting.extend(self._links())

    def _load(self, path: str, route: str) -> Sight | None:
        wire: list[Request] = []

        def note(request: Request) -> None:
            wire.append(request)

        self.page.on("requestfinished", note)
        try:
            answer = self.page.goto(self.base + path, wait_until="load")
        except Exception as error:  # a file that is handed out ends no page load
            if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
                return None
            raise
        finally:
            self.page.remove_listener("requestfinished", note)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            return None
        return Sight(route, path, answer.status, self.page, sum(_size(each) for each in wire))

    def _links(self) -> Iterator[str]:
        here = urlsplit(self.page.url)
        for link in self.page.eval_on_selector_all("a[href]", SAME_PLACE):
            parts = urlsplit(link)
            if parts.scheme not in ("", here.scheme) or parts.netloc not in ("", here.netloc):
                continue
            if parts.path.startswith("/") and not parts.path.startswith(NOT_WALKED):
                yield parts.path + (f"?{parts.query}" if parts.query else "")


def _size(request: Request) -> int:
    sizes = request.sizes()
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])


def route_of(path: str) -> str | None:
    """The route that answers at the path, without what is asked of it; None where nothing does."""
    try:
        return resolve(urlsplit(path).path).route
    except Resolver404:
        return None


def visitors(told: dict[str, Any]) -> list[Visitor]:
    """Nobody, then one of each role, and everybody with an own file."""
    found = [Visitor("nobody", "", "", ("/account/login/", "/account/enrol/"))]
    for each in told["accounts"]:
        starts = ("/my/",) if each["role"] == "practitioner" else ("/",)
        found.append(Visitor(each["role"], each["username"], each["password"], starts))
    return found


def enter(browser: Browser, base: str, visitor: Visitor, *, language: str, width: int) -> Page:
    """A window of that width in that language, signed in where there is somebody."""
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": "django_language", "value": language, "url": base}])
    page = context.new_page()
    wire = context.new_cdp_session(page)  # without it only the first page is measured whole
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    if visitor.username:
        page.goto(f"{base}/account/login/")
        page.fill("[name=login]", visitor.username)
        page.fill("[name=password]", visitor.password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/account/login" not in address)
    return page


@contextmanager
def demo(folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """A demo with servers of its own and these variables, and what it tells when it is up."""
    own = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    own |= variables or {}
    words = [sys.executable, "manage.py", "demo", "--data", str(folder), "--port", "0", "--json", *FEW]
    with subprocess.Popen(words, cwd=HOUSE, env=own, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield dict(json.loads(process.stdout.readline()))
        finally:
            process.kill()
