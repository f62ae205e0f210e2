"""Every address of the register, found from the resolver: nothing that can be asked escapes the matrix."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")
OURS = ("api/v1/", "fhir/", "admin/")
PROGRAMS = ("api/", "fhir/")
"""Where a key says who asks, not a session."""

OUTSIDE = ("admin/login/", "admin/logout/", "admin/jsi18n/", "admin/password_change/", "admin/r/")
"""What is asked before or beside the sign-in, or belongs to one's own account."""


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """A method on an address; `path` has its parameters in angle brackets."""

    path: str
    method: str

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters."""
        return PARAMETER.findall(self.path)

    def at(self, ids: dict[str, str]) -> str:
        """The address with the ids in the place of the parameters."""
        return "/" + PARAMETER.sub(lambda found: ids[self._key(found[1])], self.path)

    def keys(self) -> list[str]:
        """By what the ids of the parameters are found."""
        return [self._key(name) for name in self.parameters]

    def _key(self, name: str) -> str:
        before = self.path.partition(f":{name}>")[0].rsplit("<", 1)[0] if f":{name}>" in self.path else self.path
        return f"{before.rstrip('/').rsplit('/', 1)[-1]}.{name}" if self.path.startswith("admin/") else name


def every_route() -> list[Route]:
    """All of them, in order."""
    return sorted(set(_routes(get_resolver().url_patterns, "")))


def _routes(patterns: list[Any], before: str) -> Iterator[Route]:
    for each in patterns:
        path = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, path)
        elif isinstance(each, URLPattern) and path.startswith(OURS) and not path.startswith(OUTSIDE):
            yield from (Route(path, method) for method in _methods(each) if _is_real(path))


def _is_real(path: str) -> bool:
    """Not the catch-all, nor what only leads on to another address of the matrix."""
    leads_on = path.endswith("<path:object_id>/") or "<path:content_type_id>" in path
    return "(?" not in path and path not in PROGRAMS and not path.endswith("/add/") and not leads_on


def _methods(pattern: URLPattern) -> list[str]:
    view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
    if view is None:
        return ["GET"]
    names = view.http_method_names
    return [name.upper() for name in ("get", "post") if name in names and hasattr(view, name)]
