"""The table of a list: what its columns are called, and of each row what they say.

The theme's own would work out the heads again for each row; a page of fifty rows would take half as long again.
"""

from collections.abc import Iterator
from datetime import date, time
from typing import Any, NamedTuple

from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import DateField, ForeignKey, Model, TimeField
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from unfold.templatetags.unfold_list import LINK_CLASSES, ROW_CLASSES
from unfold.utils import display_for_field, display_for_value

_CELL, _LINK = " ".join(ROW_CLASSES), " ".join(LINK_CLASSES)


class Column(NamedTuple):
    """A column: the name of what it shows, what stands above it, and how a cell of it begins."""

    name: str
    head: str
    begins: str


class Cell(NamedTuple):
    """What a row says in a column; a day or a name of another row is not broken over lines."""

    text: Any
    whole: bool


def columns_of(changes: Any) -> list[Column]:
    """The columns of a change list, in order."""
    return [_column(name, changes) for name in changes.list_display]


def rows_of(changes: Any, columns: list[Column]) -> Iterator[SafeString]:
    """The cells of each row of the page. The first column that links to the row is its head."""
    linked = {*(changes.list_display_links or ())}
    head = next((column.name for column in columns if column.name in linked), None)
    kept = f"?{changes.preserved_filters}" if changes.preserved_filters else ""
    for row in changes.result_list:
        address = changes.url_for_result(row) + kept if linked else ""
        cells = ((column, _cell(column.name, row, changes.model_admin)) for column in columns)
        yield mark_safe(  # noqa: S308 - put together of what is escaped
            "".join(
                _drawn(column, cell, address if column.name in linked else "", "th" if column.name == head else "td")
                for column, cell in cells
            )
        )


def _column(name: str, changes: Any) -> Column:
    head = capfirst(str(label_for_field(name, changes.model, model_admin=changes.model_admin)))
    return Column(name, head, f' data-label="{escape(head)}" class="field-{name} {_CELL}')


def _drawn(column: Column, cell: Cell, address: str, tag: str) -> str:
    shown = conditional_escape(cell.text)
    if address:
        shown = format_html('<a href="{}" class="{}">{}</a>', address, _LINK, shown)
    scope = ' scope="row"' if tag == "th" else ""
    return f'<{tag}{scope}{column.begins}{" nowrap" if cell.whole else ""}">{shown}</{tag}>'


def _cell(name: str, row: Model, admin: Any) -> Cell:
    try:
        field, attribute, value = lookup_field(name, row, admin)
    except ObjectDoesNotExist:
        return Cell(admin.get_empty_value_display(), whole=False)
    empty = getattr(attribute, "empty_value_display", admin.get_empty_value_display())
    if field is None or field.auto_created:
        boolean = getattr(attribute, "boolean", False)
        return Cell(display_for_value(value, empty, boolean), whole=isinstance(value, (date, time)))
    if isinstance(field, ForeignKey):
        named = getattr(row, field.name)
        return Cell(empty if named is None else named, whole=True)
    return Cell(display_for_field(value, field, empty), whole=isinstance(field, (DateField, TimeField)))
