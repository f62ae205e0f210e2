"""The last twelve months, to be drawn."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.admin.chart import Chart, Series, chart
from registry.queries.trends import Trends


def charts_of(found: Trends) -> list[Chart]:
    """Points entries a month, and sanctions that began."""
    labels = [date_format(month, "M") for month in found.months]
    entries, sanctions = sum(found.entries), sum(found.suspensions) + sum(found.terminations)
    return [
        chart(
            labels,
            [Series(_("Points entries"), "good", found.entries)],
            title=_("Points entries a month"),
            says=ngettext(
                "%(number)s points entry in twelve months", "%(number)s points entries in twelve months", entries
            )
            % {"number": entries},
            axis=_("Month"),
        ),
        chart(
            labels,
            [
                Series(_("Suspensions"), "warn", found.suspensions),
                Series(_("Terminations"), "stop", found.terminations),
            ],
            title=_("Sanctions begun a month"),
            says=ngettext(
                "%(number)s sanction begun in twelve months", "%(number)s sanctions begun in twelve months", sanctions
            )
            % {"number": sanctions},
            axis=_("Month"),
        ),
    ]
