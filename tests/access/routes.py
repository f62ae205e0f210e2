"""Every address of the register and every method that it answers, found from the resolver: nothing escapes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>|\(\[\^/\]\+\)")
"""A parameter of an address, with its name, or without one where Django's history pages write an expression."""

PROGRAMS = ("api/", "fhir/", "metrics", "registers/")
"""Where a key or a signature says who asks, not a session."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OF_PAGES = ("GET", "POST")
"""What a page of the office answers; `Office.admin_view` refuses every other method."""


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """A method on an address; `path` has its parameters in angle brackets."""

    path: str
    method: str

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"

    @property
    def is_for_programs(self) -> bool:
        """Whether a key says who asks."""
        return self.path.startswith(PROGRAMS)

    @property
    def kinds(self) -> list[str]:
        """The kinds of rows that the address names: over the API by the parameter, on pages with the word before it."""
        return [self._kind(found) for found in PARAMETER.finditer(self.path)]

    def at(self, ids: list[str]) -> str:
        """The address with the ids in the place of the parameters, in their order."""
        left = iter(ids)
        return "/" + PARAMETER.sub(lambda _found: next(left), self.path)

    def _kind(self, found: re.Match[str]) -> str:
        if self.is_for_programs:
            return found[1]
        return f"{self.path[: found.start()].rstrip('/').rsplit('/', 1)[-1]}.{found[1] or 'version'}"


@cache
def every_route() -> tuple[Route, ...]:
    """All of them, in order."""
    return tuple(sorted(set(_routes(get_resolver().url_patterns, ""))))


def _routes(patterns: list[Any], before: str) -> Iterator[Route]:
    for each in patterns:
        path = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, path)
        elif isinstance(each, URLPattern) and _is_one(path):
            yield from (Route(path, method) for method in _methods(each, path))


def _is_one(path: str) -> bool:
    """Not what catches every address at which there is nothing."""
    return "(?" not in path and not (path.endswith("/") and path in PROGRAMS)


def _methods(pattern: URLPattern, path: str) -> tuple[str, ...]:
    view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
    possible = OF_PAGES if path.startswith("admin/") else METHODS
    if view is None:
        return possible
    return tuple(name for name in possible if name.lower() in view.http_method_names and hasattr(view, name.lower()))
