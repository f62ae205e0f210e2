"""Which day it is in the register: legal days are days of Shanghai, whatever the server's zone."""

from datetime import date, datetime, time

from registry.rules.clocks import SHANGHAI

__all__ = ["SHANGHAI", "beginning_of", "shanghai_day"]


def shanghai_day(instant: datetime) -> date:
    """The calendar day in Shanghai at `instant` (which knows its zone): 2026-12-31T16:00Z is 2027-01-01."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone; the register reckons with instants only")
    return instant.astimezone(SHANGHAI).date()


def beginning_of(day: date) -> datetime:
    """The instant at which the day begins in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)
