"""Who is registered where, from which day until which."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.periods import require_order, supersede
from registry.actions.requirements import LONGEST_REASON, required
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import LockedPerson, lock
from registry.models import Institution, Practitioner, Registration, User
from registry.queries.explain import day
from registry.rules import compute


def register_at(
    *,
    practitioner: Practitioner,
    institution: Institution,
    starts_on: date,
    department: str = "",
    by: User | None,
    now: datetime,
) -> Registration:
    """Register the person at the institution from `starts_on`; several institutions at once are normal.

    Already registered there on that day: that registration is returned. Refused while the person is terminated.
    """
    with transaction.atomic():
        person = lock(practitioner)
        _require_not_terminated(person, starts_on, shanghai_day(now))
        present = Registration.objects.filter(
            practitioner_id__in=person.members, institution=institution, superseded_at=None
        )
        covering = present.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))
        if existing := covering.filter(starts_on__lte=starts_on).first():
            return existing
        if later := covering.first():
            raise Refused(
                "registered_later",
                _("A registration there begins on %(day)s already. Correct that one instead.")
                % {"day": day(later.starts_on)},
                field="starts_on",
                value=starts_on,
            )
        registration = Registration(
            practitioner=practitioner,
            institution=institution,
            starts_on=starts_on,
            department=department,
            recorded_at=now,
        )
        keep(registration, by=by, now=now)
        return registration


def end_registration(
    *, registration: Registration, ends_on: date, reason: str, by: User | None, now: datetime
) -> Registration:
    """The registration ends: `ends_on` is the first day the person is no longer registered there."""
    reason = required(reason, most=LONGEST_REASON)
    require_order(starts_on=registration.starts_on, ends_on=ends_on)
    with transaction.atomic():
        lock(registration.practitioner)
        present = Registration.objects.get(record=registration.record, superseded_at=None)
        if present.ends_on == ends_on:
            return present
        if present.ends_on is not None and present.ends_on < ends_on:
            raise Refused(
                "already_ended",
                _("The registration already ended on %(day)s. Register the person again for later days.")
                % {"day": day(present.ends_on)},
                field="ends_on",
                value=ends_on,
            )
        return supersede(present, by=by, now=now, reason=reason, ends_on=ends_on)


def sign_commitment(*, registration: Registration, signed_on: date, by: User | None, now: datetime) -> Registration:
    """The person signed the service commitment (服务承诺), which the institution keeps."""
    if signed_on > shanghai_day(now):
        raise Refused(
            "signed_in_the_future",
            _("The day of signing, %(day)s, has not come yet. Enter the day on the paper, %(today)s at the latest.")
            % {"day": day(signed_on), "today": day(shanghai_day(now))},
            field="signed_on",
            value=signed_on,
        )
    with transaction.atomic():
        lock(registration.practitioner)
        present = Registration.objects.get(record=registration.record, superseded_at=None)
        if present.committed_on != signed_on:
            present.committed_on = signed_on
            keep(present, by=by, now=now)
        return present


def _require_not_terminated(person: LockedPerson, starts_on: date, today: date) -> None:
    standing = compute.standing(person.facts, max(starts_on, today), policies())
    if standing.status != "terminated":
        return
    until = day(standing.until or date.max)
    message = (
        _("The person is terminated; the bar has run out. Record the re-registration (it names the institutions).")
        if standing.may_reregister
        else _("The person is terminated and barred from registration until %(day)s.") % {"day": until}
    )
    raise Refused("terminated", message, field="starts_on", value=starts_on)
