"""Watching what acts leave in the histories of mutable records."""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.apps import apps

from registry import actions
from registry.models import User

PARTS_OF_ACTS = frozenset({"keeping", "two_people", "procedure", "tasks"})
"""Modules whose functions are parts of acts and none themselves."""

CASEWORK = frozenset({"cases", "proposals", "deliveries", "decisions", "files", "many", "measures", "police", "talks"})
"""Modules of casework, whose acts are watched by themselves."""

PARTS_OF_CASEWORK = frozenset(
    {"answered", "close_if_done", "close_with", "reopen", "hold", "leave_unopened", "decide_unobjected", "move",
     "lock_for_decision", "require_another", "require_other_signature", "may_finish",
     "check_identifying", "preview_decision"}
)  # fmt: skip


PARTS_OF_ACCESS = frozenset({"require_assignable", "require_endable", "count_showing"})


def recorded() -> list[type[Any]]:
    """The mutable records: those with a history."""
    return [model for model in apps.get_app_config("registry").get_models() if hasattr(model, "history")]


def acts(*, casework: bool) -> set[str]:
    """Every function of the register's actions that somebody does: it asks by whom."""
    modules = [import_module(f"registry.actions.{each.name}") for each in pkgutil.iter_modules(actions.__path__)]
    return {
        name
        for module in modules
        for name, act in inspect.getmembers(module, inspect.isfunction)
        if act.__module__ == module.__name__ and {"by", "acting"} & set(inspect.signature(act).parameters)
        if not name.startswith("_") and not name.endswith("_locked")
        if (last := module.__name__.rpartition(".")[2]) not in PARTS_OF_ACTS and (last in CASEWORK) == casework
        if name
        not in {
            "supersede",
            "write_entry",
            "require_assignable",
            "require_endable",
            "count_showing",
            *PARTS_OF_CASEWORK,
        }
    }


class Watch:
    """Does acts and looks after each whether what changed has a row of history, with the actor and the time."""

    def __init__(self) -> None:
        self.done: set[str] = set()
        self.seen = self._rows()

    def do(self, act: Callable[..., Any], /, *, by: User, now: Any, **arguments: Any) -> Any:
        given = {"acting": arguments["acting"]} if "acting" in arguments else {"by": by}
        self.done.add(act.__name__)
        answer = act(now=now, **{**arguments, **given})
        rows = self._rows()
        changed = {key for key in rows if rows[key] != self.seen.get(key)}
        assert not set(self.seen) - set(rows), "a record was deleted"
        for model, pk in changed:
            last = model.history.filter(pk__isnull=False, **{model._meta.pk.attname: pk}).latest("history_id")
            kept = {name: value for name, value in vars(last).items() if name in rows[model, pk]}
            assert kept == {name: rows[model, pk][name] for name in kept}, f"{act.__name__}: {model.__name__}"
            assert (last.history_user, last.history_date) == (by, now), f"{act.__name__}: {model.__name__}"
        self.seen = rows
        return answer

    @staticmethod
    def _rows() -> dict[tuple[type[Any], Any], dict[str, Any]]:
        return {(model, row[model._meta.pk.attname]): row for model in recorded() for row in model.objects.values()}
