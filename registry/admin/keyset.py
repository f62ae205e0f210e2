"""Lists that stay quick at ten million rows: no counting, no offsets; a page is what comes after the last row seen."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from registry.admin.roles import scope
from registry.admin.table import Column, columns_of, rows_of
from registry.queries.sight import full_sight

AFTER, BEFORE = "after", "before"
FEW_DAYS = timedelta(days=31)


class KeysetChangeList(ChangeList):  # type: ignore[misc]  # the theme is untyped
    """A list in the order of one unique column, the admin's `keyset` (such as ``code`` or ``-id``)."""

    next_url: str | None = None
    previous_url: str | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = capfirst(self.opts.verbose_name_plural)

    @cached_property
    def columns(self) -> list[Column]:
        """What the list shows of its rows."""
        return columns_of(self)

    def drawn(self) -> Iterator[SafeString]:
        """The cells of each row of the page."""
        return rows_of(self, self.columns)

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """The parameters that filter, without those that page."""
        found: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in (AFTER, BEFORE)}

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Model]) -> list[str]:
        """Always the keyset: a page is only definite in one order."""
        return [self.model_admin.keyset]

    def get_results(self, request: HttpRequest) -> None:
        """One page and one row more, which tells whether there is a next one.

        First the numbers of the rows, by the scope of the user alone: the second wall would look at every row on the
        way. Then the rows themselves, behind the wall as everything that is shown.
        """
        before = request.GET.get(BEFORE)
        edge = before or request.GET.get(AFTER)
        column = self.model_admin.keyset.lstrip("-")
        descending = self.model_admin.keyset.startswith("-") != bool(before)
        try:
            with full_sight():
                found = self.numbers(request, column, edge, descending=descending)
                numbers = list(found[: self.list_per_page + 1])
        except (ValueError, ValidationError) as error:
            raise IncorrectLookupParameters(error) from error
        more = len(numbers) > self.list_per_page
        rows = self._with(numbers[: self.list_per_page])
        if before:
            rows.reverse()
        self._set_page(rows, has_next=more or bool(before), has_previous=more if before else bool(edge))

    def numbers(self, request: HttpRequest, column: str, edge: str | None, *, descending: bool) -> QuerySet[Any, Any]:
        """The numbers of the rows from the edge on, in the order of the column.

        PostgreSQL takes the rows that somebody sees to be strewn over a list and walks along it until a page is full;
        those of one city may lie at its end, and those of a week all together somewhere. Whoever sees a city or less,
        or asks for a few days, has the rows sorted that are in sight.
        """
        rows: QuerySet[Any, Any] = self.queryset
        if edge:
            rows = rows.filter(**{f"{column}__{'lt' if descending else 'gt'}": edge})
        sorts = column == "id" and (scope(request).is_narrow or self._asks_for_few_days())
        order = F(column) + 0 if sorts else F(column)
        return rows.order_by(order.desc() if descending else order.asc()).values_list("pk", flat=True)

    def _asks_for_few_days(self) -> bool:
        """Whether a filter by days names both ends, and they are not far from each other."""
        asked = self.get_filters_params()
        for name in asked:
            ends = [_day(asked.get(name.removesuffix("_from") + end)) for end in ("_from", "_to")]
            if name.endswith("_from") and ends[0] and ends[1] and ends[1] - ends[0] <= FEW_DAYS:
                return True
        return False

    def _with(self, numbers: list[Any]) -> list[Model]:
        """The rows with these numbers, in their order, as far as they are in sight."""
        found = {row.pk: row for row in self.queryset.filter(pk__in=numbers)} if numbers else {}
        return [found[number] for number in numbers if number in found]

    def _set_page(self, rows: list[Model], *, has_next: bool, has_previous: bool) -> None:
        column = self.model_admin.keyset.lstrip("-")
        self.result_list = rows
        self.result_count = len(rows)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = False
        self.can_show_all = False
        self.multi_page = False
        self.paginator = InfinitePaginator([], self.list_per_page)
        if rows and has_next:
            self.next_url = self.get_query_string({AFTER: getattr(rows[-1], column)}, [BEFORE])
        if rows and has_previous:
            self.previous_url = self.get_query_string({BEFORE: getattr(rows[0], column)}, [AFTER])


def _day(asked: Any) -> date | None:
    """The day of a parameter, which the theme keeps in a list; None for what is none."""
    try:
        return parse_date(str((asked or [""])[-1]))
    except ValueError:
        return None


class UncountedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Pages of a select box: fetches one row more than the page instead of counting all of them."""

    count = 10**9

    def page(self, number: int | str) -> "Page[Any]":
        """The page, knowing whether another follows."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page + 1])
        page: Page[Any] = Page(rows[: self.per_page], number, self)
        page.has_next = lambda: len(rows) > self.per_page  # type: ignore[method-assign]
        return page
