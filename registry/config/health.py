"""Whether this process can answer, and whether the register does its work: asked by load balancers and by the demo."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notifications.queries.looks import nobody_looks

_migrated = [False]
"""Once they are applied they stay so for the life of this process, whose code does not change."""


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 when it does not; plain text, no reason given to strangers."""
    if _reachable():
        return HttpResponse("ok\n", content_type="text/plain")
    return HttpResponse("database unreachable\n", status=503, content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, has every table, and workers look for what is to be done; else 503 and which of
    these is missing.
    """
    for what, holds in _CHECKS:
        if not holds():
            return HttpResponse(f"{what}\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def _reachable() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _all_applied() -> bool:
    if not _migrated[0]:
        executor = MigrationExecutor(connection)
        _migrated[0] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated[0]


def _somebody_looks() -> bool:
    return not nobody_looks(timezone.now())


_CHECKS: tuple[tuple[str, Callable[[], bool]], ...] = (
    ("database unreachable", _reachable),
    ("migrations missing", _all_applied),
    ("no worker looks for notices", _somebody_looks),
)


_IN_WORDS = (
    (_("The register answers"), _reachable),
    (_("Its records are as this version needs them"), _all_applied),
    (_("Letters about changes go out"), _somebody_looks),
)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The same for everybody, in words: what holds and what does not, and nothing of how it is built."""
    answers = _reachable()
    states = [{"words": words, "holds": answers and holds()} for words, holds in _IN_WORDS]
    well = all(state["holds"] for state in states)
    shown = {"states": states, "well": well, "answers": answers and states[1]["holds"], "at": timezone.now()}
    return render(request, "public/status.html", shown, status=200 if well else 503)
