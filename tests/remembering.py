"""What every story begins with is done by the register's own acts once in a process, and copied row by row afterwards.

Numbers of rows are never given out twice, and what a test wrote is rolled back: so the copies keep the numbers of the
first time. Whoever asks makes sure that nothing of it is there yet.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.db.models import AutoField, Max, Model
from django.utils import timezone

from registry.models import Whereabouts

T = TypeVar("T")


@dataclass(frozen=True)
class _Kept:
    made: bytes
    rows: bytes


_KEPT: dict[str, _Kept] = {}


def remembered(name: str, make: Callable[[], T]) -> T:
    """What `make` makes, with its rows: made the first time, copied later."""
    if (kept := _KEPT.get(name)) is None:
        before = _marks()
        made = make()
        _KEPT[name] = _Kept(pickle.dumps(made), pickle.dumps(_since(before)))
        return made
    with transaction.atomic():  # rows refer to each other in any order
        for label, rows in pickle.loads(kept.rows):  # noqa: S301 - our own, a moment ago
            model = apps.get_model(label)
            model._base_manager.bulk_create(model(**_by_now(values)) for values in rows)
    again: T = pickle.loads(kept.made)  # noqa: S301
    return again


def _by_now(values: dict[str, Any]) -> dict[str, Any]:
    """Histories that were written at the clock of another story are none of the future."""
    now = timezone.now()
    return {name: min(value, now) if name == "history_date" else value for name, value in values.items()}


def _models() -> list[type[Model]]:
    """Those whose rows are written here; PostgreSQL itself adds where people are registered."""
    return [model for model in apps.get_app_config("registry").get_models() if model is not Whereabouts]


def _marks() -> dict[type[Model], Any]:
    """How far each table goes: its last number, or, where rows have names, the names."""
    return {model: _last(model) if _is_numbered(model) else _names(model) for model in _models()}


def _since(before: dict[type[Model], Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What has come since, table by table, as the values of the columns."""
    found = []
    for model in _models():
        every = model._base_manager.order_by("pk").values()
        new = every.filter(pk__gt=before[model]) if _is_numbered(model) else every.exclude(pk__in=before[model])
        if rows := list(new):
            found.append((model._meta.label, rows))
    return found


def _is_numbered(model: type[Model]) -> bool:
    return isinstance(model._meta.pk, AutoField)


def _last(model: type[Model]) -> int:
    return int(model._base_manager.aggregate(last=Max("pk"))["last"] or 0)


def _names(model: type[Model]) -> list[Any]:
    return list(model._base_manager.values_list("pk", flat=True))
