"""Periods that are known from a time on: a correction adds a row and supersedes the older one."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.models import MeasurePeriod, Registration, ServiceAgreement, User
from registry.queries.explain import day

Known = TypeVar("Known", MeasurePeriod, Registration, ServiceAgreement)


def require_order(*, starts_on: date, ends_on: date | None) -> None:
    """Refuse a period that ends before it begins."""
    if ends_on is not None and ends_on < starts_on:
        raise Refused(
            "ends_before_it_starts",
            _("The end %(end)s lies before the start %(start)s.") % {"end": day(ends_on), "start": day(starts_on)},
            field="ends_on",
            value=ends_on,
        )


def supersede(present: Known, *, by: User | None, now: datetime, reason: str, **changes: Any) -> Known:
    """Add a corrected version of `present`; what was known before stays answerable as known before.

    Where clocks differ between machines, the correction is not known before what it corrects.
    """
    now = max(now, present.recorded_at)
    columns = {field.attname: getattr(present, field.attname) for field in present._meta.concrete_fields}
    del columns["id"]
    corrected = type(present)(**{**columns, "recorded_at": now, "reason": reason, **changes})
    present.superseded_at = now
    keep(present, by=by, now=now, why=reason)
    keep(corrected, by=by, now=now, why=reason)
    return corrected
