"""The country of the matrix: two towns in two provinces with one of everything, and somebody for each column."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import time_machine
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import override_settings
from drf_spectacular.generators import SchemaGenerator

from appeals.models import Expert
from registry.models import Region
from tests.access.callers import CALLERS, caller
from tests.access.furnishing import furnish
from tests.access.rows import OWN_KEY, Rows
from tests.api.officers import key_for
from tests.casework import desk
from tests.fuzz.things import Things
from tests.notifications.other_register import a_doubtful_letter
from tests.town import LAW_BEGINS, at, build

if TYPE_CHECKING:
    from tests.access.callers import Caller
    from tests.access.routes import Route

HOME, ABROAD = "430100", "510100"
NOW = at(date(2025, 4, 2), 12)


class World:
    """The two towns, and who asks."""

    def __init__(self) -> None:
        for code in (HOME, ABROAD):
            Region.objects.get_or_create(code=f"{code[:2]}0000", defaults={"name_zh": "某省"})
        a_doubtful_letter(at(LAW_BEGINS))
        self.abroad = _town(ABROAD)
        with _nobody_in_the_pool():
            self.home = _town(HOME)
        self.here, self.there = Rows(self.home), Rows(self.abroad)
        self.callers = {name: caller(name, self.home) for name in CALLERS}

    def address(self, route: Route, asking: Caller, foreign: bool) -> str | None:
        """The address with one's own rows, or with those of the other town; None where there is no such row."""
        if route.path.startswith(OWN_KEY) and route.kinds and not foreign and asking.user:
            return route.at([str(Authenticator.objects.get(user=asking.user).pk)])
        try:
            return (self.there if foreign else self.here).at(route, asking.name)
        except KeyError:
            return None


@contextmanager
def _nobody_in_the_pool() -> Iterator[None]:
    """Within, none of the experts there are is drawn: each town is judged by its own."""
    pool = Expert.objects.filter(pk__in=list(Expert.objects.filter(active=True).values_list("pk", flat=True)))
    pool.update(active=False)
    yield
    pool.update(active=True)


def _town(code: str) -> Things:
    things = Things(desk(build(code)))
    key_for(things.here.town.officer)
    furnish(things)
    return things


@contextmanager
def the_world() -> Iterator[World]:
    """The country at noon of its day; nothing of it stays. The description of the API is drawn up once."""
    described: dict[str, Any] = {}
    draw_up: Any = SchemaGenerator.get_schema

    def once(generator: Any, *args: Any, **given: Any) -> Any:
        described.setdefault("", draw_up(generator, *args, **given) if not described else None)
        return described[""]

    freely = override_settings(REGISTRY_REQUESTS_PER_MINUTE=10_000_000)
    drawn_up_once = patch.object(SchemaGenerator, "get_schema", once)
    with time_machine.travel(NOW, tick=False), freely, drawn_up_once, transaction.atomic():
        yield World()
        transaction.set_rollback(True)
