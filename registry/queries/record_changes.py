"""What was changed in the record of a person: when, by whom, why, and what stood there before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.models import Practitioner
from registry.queries.explain import name_of

TRACKED = ("code", "name", "sex", "birth_date", "category")
MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of the person's record that was changed."""

    column: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A change of the person's record: when, by whom, why, and what."""

    at: datetime
    by: str
    why: str
    differences: tuple[Difference, ...]


def record_changes(person: Practitioner, known: datetime | None) -> tuple[RecordChange, ...]:
    """The changes known at `known` (None: all), the newest first; at most twenty. One query."""
    versions = person.history.select_related("history_user").order_by("-history_date", "-history_id")
    if known:
        versions = versions.filter(history_date__lte=known)
    versions = list(versions[: MOST_CHANGES + 1])
    olders = [*versions[1:], None]
    pairs = zip(versions, olders, strict=True)
    return tuple(_record_change(new, old) for new, old in list(pairs)[:MOST_CHANGES])


def _record_change(new: Any, old: Any) -> RecordChange:
    differences = [
        Difference(_label(column), _shown(old, column), _shown(new, column))
        for column in TRACKED
        if old is not None and getattr(new, column) != getattr(old, column)
    ]
    by = name_of(new.history_user) if new.history_user else ""
    return RecordChange(new.history_date, by, new.history_change_reason or "", tuple(differences))


def _label(column: str) -> str:
    field: Any = Practitioner._meta.get_field(column)
    return str(field.verbose_name)


def _shown(version: Any, column: str) -> Any:
    display = getattr(version, f"get_{column}_display", None)
    return display() if display else getattr(version, column)
