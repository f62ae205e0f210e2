"""Institutions and their service agreements."""

import re
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.periods import require_order, supersede
from registry.actions.requirements import LONGEST_REASON, required
from registry.actions.turns import take_turns
from registry.models import Agency, Institution, Region, ServiceAgreement, User
from registry.queries.explain import day


def open_institution(
    *,
    code: str,
    name: str,
    region: Region,
    agency: Agency,
    public: bool = False,
    grade: str = "",
    by: User | None,
    now: datetime,
) -> Institution:
    """Enter a designated institution; its kind follows from its code. The same institution twice is the same one."""
    if not re.fullmatch(r"[HP][0-9]{11}", code):
        raise Refused(
            "institution_code_malformed",
            _("“%(code)s” is no institution code: H (medical institution) or P (pharmacy) and 11 digits.")
            % {"code": code},
            field="code",
            value=code,
        )
    with transaction.atomic():
        take_turns(f"institution:{code}")
        if existing := Institution.objects.filter(code=code).first():
            if existing.name != name:
                raise Refused(
                    "institution_code_taken",
                    _("The code %(code)s belongs to %(name)s.") % {"code": code, "name": existing.name},
                    field="code",
                    value=code,
                )
            return existing
        kind = Institution.Kind.MEDICAL if code.startswith("H") else Institution.Kind.PHARMACY
        institution = Institution(
            code=code, name=name, kind=kind, region=region, agency=agency, public=public, grade=grade, recorded_at=now
        )
        keep(institution, by=by, now=now)
        return institution


def conclude_agreement(
    *,
    institution: Institution,
    number: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    now: datetime,
) -> ServiceAgreement:
    """A service agreement is in force over [starts_on, ends_on). The same agreement twice is the same one."""
    require_order(starts_on=starts_on, ends_on=ends_on)
    with transaction.atomic():
        Institution.objects.select_for_update(of=("self",), no_key=True).get(pk=institution.pk)
        present = ServiceAgreement.objects.filter(institution=institution, superseded_at=None)
        if existing := present.filter(number=number).first():
            if (existing.starts_on, existing.ends_on) == (starts_on, ends_on):
                return existing
            raise Refused(
                "agreement_exists",
                _("Agreement %(number)s is recorded from %(day)s. End or correct it instead of entering it again.")
                % {"number": number, "day": day(existing.starts_on)},
                field="number",
                value=number,
            )
        _require_free(present, starts_on, ends_on)
        agreement = ServiceAgreement(
            institution=institution, number=number, starts_on=starts_on, ends_on=ends_on, recorded_at=now
        )
        keep(agreement, by=by, now=now)
        return agreement


def end_agreement(
    *, agreement: ServiceAgreement, ends_on: date, reason: str, by: User | None, now: datetime
) -> ServiceAgreement:
    """The agreement ends: `ends_on` is the first day it is no longer in force."""
    reason = required(reason, most=LONGEST_REASON)
    require_order(starts_on=agreement.starts_on, ends_on=ends_on)
    with transaction.atomic():
        Institution.objects.select_for_update(of=("self",), no_key=True).get(pk=agreement.institution_id)
        of_institution = ServiceAgreement.objects.filter(institution=agreement.institution_id, superseded_at=None)
        present = of_institution.get(record=agreement.record)
        if present.ends_on == ends_on:
            return present
        _require_free(of_institution.exclude(pk=present.pk), present.starts_on, ends_on)
        return supersede(present, by=by, now=now, reason=reason, ends_on=ends_on)


def _require_free(present: QuerySet[ServiceAgreement], starts_on: date, ends_on: date | None) -> None:
    overlapping = present.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lt=ends_on)
    if other := overlapping.first():
        raise Refused(
            "agreement_overlaps",
            _("Agreement %(number)s is in force in these days (from %(day)s). End it first.")
            % {"number": other.number, "day": day(other.starts_on)},
            field="starts_on",
            value=starts_on,
        )
