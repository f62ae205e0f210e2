"""Pages of rows by keyset, and the parameters that every search has."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.api.fhir.searching import Param, Search, bad
from registry.api.fhir.windows import within

Row = TypeVar("Row", bound=Model)

LAST_UPDATED = Param("date", _("when it was changed last: an instant or a day after gt, ge, lt, le or eq"))
ID = Param("token", _("the id; several with commas between them"))


def page_of(rows: QuerySet[Row], search: Search) -> tuple[list[Row], str]:
    """The rows of the page, in the order in which they were written, and where the next page begins."""
    rows = within(rows, search.windows).order_by("pk")
    if search.after:
        rows = rows.filter(pk__gt=int(search.after))
    found = list(rows[: search.count + 1])
    more = len(found) > search.count
    return found[: search.count], str(found[search.count - 1].pk) if more else ""


def uuids(search: Search, name: str) -> list[UUID]:
    """The ids that a parameter lists; what is no id is nobody's. Raises Problem for none."""
    values = search.several(name)
    if not values:
        raise bad(name)
    return [found for each in values if (found := _uuid(each))]


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
