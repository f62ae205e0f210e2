"""The last day of an endpoint as bars, one an hour: what came through below, what failed above it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from notifications.queries.delivery import Line
from registry.ledger.days import SHANGHAI

SLOT, BAR, HEIGHT = 10, 8, 48
"""Units of the drawing: of an hour, of its bar, and of the highest bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour in units of the drawing, with what it says."""

    x: int
    delivered_y: float
    delivered: float
    failed_y: float
    failed: float
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, and the sentence that says the same."""

    bars: tuple[Bar, ...]
    width: int
    says: str
    first: datetime
    most: int


def chart_of(line: Line) -> Chart:
    """The last day of the endpoint, to be drawn."""
    bars = tuple(_bar(line, number) for number in range(len(line.hours)))
    says = _("In 24 hours %(delivered)s came through and %(failed)s tries failed.")
    told = {"delivered": line.delivered, "failed": line.failed}
    return Chart(bars, SLOT * len(bars), says % told, line.hours[0].begins, line.most)


def _bar(line: Line, number: int) -> Bar:
    hour = line.hours[number]
    delivered, failed = (HEIGHT * each / line.most for each in (hour.delivered, hour.failed))
    says = _("%(hour)s: %(delivered)s came through, %(failed)s failed") % {
        "hour": hour.begins.astimezone(SHANGHAI).strftime("%H:%M"),
        "delivered": hour.delivered,
        "failed": hour.failed,
    }
    top = HEIGHT - delivered
    return Bar(SLOT * number + 1, round(top, 1), round(delivered, 1), round(top - failed, 1), round(failed, 1), says)
