"""The last day of an endpoint as bars, one an hour: what came through below, what failed above it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from notifications.queries.delivery import Line
from registry.admin.chart import Chart, Series, chart
from registry.ledger.days import SHANGHAI


@dataclass(frozen=True, slots=True)
class LastDay:
    """The bars, from when they are, and the number of the highest hour."""

    bars: Chart
    first: datetime
    most: int


def chart_of(line: Line) -> LastDay:
    """The last day of the endpoint, to be drawn."""
    says = _("In 24 hours %(delivered)s came through and %(failed)s tries failed.")
    told = {"delivered": line.delivered, "failed": line.failed}
    drawn = chart(
        [hour.begins.astimezone(SHANGHAI).strftime("%H:%M") for hour in line.hours],
        [
            Series(_("came through"), "good", [hour.delivered for hour in line.hours]),
            Series(_("failed"), "stop", [hour.failed for hour in line.hours]),
        ],
        title=says % told,
        says=says % told,
        axis=_("Hour"),
        numbered=False,
    )
    return LastDay(drawn, line.hours[0].begins, line.most)
