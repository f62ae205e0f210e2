"""Looking up what a request is about, inside what the asker may see; what is not theirs is not there."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound

from registry.api.given import NOT_KNOWN
from registry.api.problems import VALUE_REFUSED, Problem
from registry.queries.sight import as_the_asker

Row = TypeVar("Row", bound=Model)


def one(rows: QuerySet[Row], **where: Any) -> Row:
    """The row at an address. Raises NotFound where there is none, or none for the asker."""
    try:
        with as_the_asker():
            found = rows.filter(**where).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound
    return found


def named(field: str, rows: QuerySet[Row], **where: Any) -> Row:
    """The row that a member of the body names. Raises Problem on that member."""
    (value,) = where.values()
    with as_the_asker():
        found = rows.filter(**where).first()
    if found is None:
        raise Problem(VALUE_REFUSED, errors=[NOT_KNOWN.of(field, str(value))])
    return found


def all_named(field: str, rows: QuerySet[Row], by: str, values: Iterable[Any]) -> list[Row]:
    """The rows that a list of the body names, in its order. Raises Problem with each one that is not known."""
    wanted = list(values)
    with as_the_asker():
        found = {getattr(row, by): row for row in rows.filter(**{f"{by}__in": wanted})}
    missing = [NOT_KNOWN.of(f"{field}[{n}]", str(each)) for n, each in enumerate(wanted) if each not in found]
    if missing:
        raise Problem(VALUE_REFUSED, errors=missing)
    return [found[each] for each in wanted]
