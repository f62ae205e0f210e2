"""What was done to an institution, findings against one person, and who answers for what."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.cases import answered, open_case
from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.requirements import LONGEST_DOCUMENT_NUMBER, require_choice, required
from registry.ledger.days import shanghai_day
from registry.ledger.writing import LockedPerson, lock
from registry.models import (
    Agency,
    Authority,
    Case,
    Grade,
    Handling,
    HandlingKind,
    Institution,
    PersonalTrigger,
    Practitioner,
    Responsibility,
    TriggerKind,
    User,
)
from registry.queries.explain import day
from registry.rules.procedures import PROPOSAL


def record_handling(
    *,
    institution: Institution,
    kind: str,
    document_number: str,
    made_on: date,
    conduct_from: date,
    conduct_until: date,
    agency: Agency,
    authority: Authority | None = None,
    legal_basis: str,
    amount: Decimal | None = None,
    department: str = "",
    facts: str = "",
    by: User | None,
    now: datetime,
) -> Handling:
    """Record an administrative penalty or agreement handling; one that opens points opens its case.

    The same document of an institution is the same handling.

    `conduct_until` is the last day of the conduct; `agency` records the points, and its region decides the policy.
    """
    require_choice("kind", kind, HandlingKind.values)
    document_number = required(document_number, field="document_number", most=LONGEST_DOCUMENT_NUMBER)
    _require_days(made_on=made_on, conduct_from=conduct_from, conduct_until=conduct_until, today=shanghai_day(now))
    if amount is not None and amount < 0:
        raise Refused(
            "amount_negative",
            _("The amount %(amount)s is below zero.") % {"amount": amount},
            field="amount",
            value=amount,
        )
    with transaction.atomic():
        Institution.objects.select_for_update(of=("self",), no_key=True).get(pk=institution.pk)
        if existing := Handling.objects.filter(institution=institution, document_number=document_number).first():
            return _same_handling(existing, kind, made_on, (conduct_from, conduct_until))
        handling = Handling(
            institution=institution,
            kind=kind,
            document_number=document_number,
            made_on=made_on,
            conduct_from=conduct_from,
            conduct_until=conduct_until,
            agency=agency,
            authority=authority,
            legal_basis=legal_basis,
            amount=amount,
            department=department,
            facts=facts,
            recorded_at=now,
            recorded_by=by,
        )
        keep(handling, by=by, now=now)
        if handling.opens_the_gate:
            open_case(handling=handling, by=by, now=now)
        return handling


def record_trigger(
    *,
    practitioner: Practitioner,
    kind: str,
    document_number: str,
    made_on: date,
    conduct_from: date,
    conduct_until: date,
    agency: Agency,
    institution: Institution | None = None,
    by: User | None,
    now: datetime,
) -> PersonalTrigger:
    """Record a notification, impersonated settlement or revoked licence; `made_on` is the day of that document."""
    require_choice("kind", kind, TriggerKind.values)
    document_number = required(document_number, field="document_number", most=LONGEST_DOCUMENT_NUMBER)
    _require_days(made_on=made_on, conduct_from=conduct_from, conduct_until=conduct_until, today=shanghai_day(now))
    with transaction.atomic():
        lock(practitioner)
        same = PersonalTrigger.objects.filter(practitioner=practitioner, kind=kind, document_number=document_number)
        if existing := same.first():
            return _same_trigger(existing, made_on)
        trigger = PersonalTrigger(
            practitioner=practitioner,
            kind=kind,
            document_number=document_number,
            made_on=made_on,
            conduct_from=conduct_from,
            conduct_until=conduct_until,
            agency=agency,
            institution=institution,
            recorded_at=now,
            recorded_by=by,
        )
        keep(trigger, by=by, now=now)
        open_case(trigger=trigger, by=by, now=now)
        return trigger


def identify_responsibility(
    *,
    handling: Handling | None = None,
    trigger: PersonalTrigger | None = None,
    practitioner: Practitioner,
    grade: str,
    grounds: str,
    identified_on: date,
    by: User | None,
    now: datetime,
) -> Responsibility:
    """Say which part the person had. One person has one grade in one handling; the same twice is the same.

    Another grade replaces the earlier one as long as no points were recorded on it; the earlier one stays in the
    history, and whoever gave either does not score the person for it.
    """
    with transaction.atomic():
        responsibility = identify_locked(
            lock(practitioner),
            handling=handling,
            trigger=trigger,
            practitioner=practitioner,
            grade=grade,
            grounds=grounds,
            identified_on=identified_on,
            by=by,
            now=now,
        )
        case = Case.objects.filter(handling=handling, trigger=trigger).first()
        if case is not None and responsibility.recorded_at == now:
            answered(case, by=by, now=now)
        return responsibility


def identify_locked(
    person: LockedPerson,
    *,
    handling: Handling | None,
    trigger: PersonalTrigger | None,
    practitioner: Practitioner,
    grade: str,
    grounds: str,
    identified_on: date,
    by: User | None,
    now: datetime,
) -> Responsibility:
    """The same for a person who is locked already; whether the case is open is the caller's part."""
    require_choice("grade", grade, Grade.values)
    grounds = required(grounds, field="grounds")
    _require_cause(handling, trigger, practitioner, identified_on, shanghai_day(now))
    of_person = Responsibility.objects.filter(practitioner_id__in=person.members)
    present = of_person.filter(handling=handling, trigger=trigger).order_by("pk").first()
    if present and (present.grade, present.grounds) == (grade, grounds):
        return present
    if present and present.points_entries.exists():
        raise Refused(
            "responsibility_has_points",
            _("%(person)s is already scored as “%(grade)s” in this handling. Correct the points entry instead.")
            % {"person": practitioner.name, "grade": Grade(present.grade).label},
            field="grade",
            value=grade,
        )
    _require_not_proposed(present)
    responsibility = present or Responsibility(handling=handling, trigger=trigger, practitioner=practitioner)
    responsibility.grade, responsibility.grounds = grade, grounds
    responsibility.identified_on = identified_on
    responsibility.recorded_at, responsibility.recorded_by = now, by
    keep(responsibility, by=by, now=now)
    return responsibility


def _require_not_proposed(present: Responsibility | None) -> None:
    if present is None:
        return
    proposal = present.proposals.exclude(state__in=PROPOSAL.ends).first()
    if proposal is not None:
        raise Refused(
            "responsibility_has_proposal",
            _("Points are proposed for %(person)s as “%(grade)s”. Withdraw that proposal before changing the grade.")
            % {"person": present.practitioner.name, "grade": Grade(present.grade).label},
            field="grade",
            value=present.grade,
        )


def _same_handling(existing: Handling, kind: str, made_on: date, conduct: tuple[date, date]) -> Handling:
    recorded = (existing.kind, existing.made_on, (existing.conduct_from, existing.conduct_until))
    if recorded != (kind, made_on, conduct):
        raise Refused(
            "document_already_recorded",
            _(
                "Document %(number)s is recorded for this institution as “%(kind)s” of %(day)s,"
                " about conduct from %(start)s to %(end)s."
            )
            % {
                "number": existing.document_number,
                "kind": HandlingKind(existing.kind).label,
                "day": day(existing.made_on),
                "start": day(existing.conduct_from),
                "end": day(existing.conduct_until),
            },
            field="document_number",
            value=existing.document_number,
        )
    return existing


def _same_trigger(existing: PersonalTrigger, made_on: date) -> PersonalTrigger:
    if existing.made_on != made_on:
        raise Refused(
            "document_already_recorded",
            _("Document %(number)s is recorded for this person with the day %(day)s.")
            % {"number": existing.document_number, "day": day(existing.made_on)},
            field="document_number",
            value=existing.document_number,
        )
    return existing


def _require_days(*, made_on: date, conduct_from: date, conduct_until: date, today: date) -> None:
    if made_on > today:
        raise Refused(
            "made_in_the_future",
            _("The day of the document, %(day)s, has not come yet. Enter the day on it, %(today)s at the latest.")
            % {"day": day(made_on), "today": day(today)},
            field="made_on",
            value=made_on,
        )
    if conduct_until < conduct_from:
        raise Refused(
            "conduct_ends_before_it_begins",
            _("The conduct ends on %(end)s, before it begins on %(start)s.")
            % {"end": day(conduct_until), "start": day(conduct_from)},
            field="conduct_until",
            value=conduct_until,
        )
    if made_on < conduct_until:
        raise Refused(
            "document_before_the_conduct",
            _("The document of %(made)s cannot be about conduct until %(end)s.")
            % {"made": day(made_on), "end": day(conduct_until)},
            field="made_on",
            value=made_on,
        )


def _require_cause(
    handling: Handling | None,
    trigger: PersonalTrigger | None,
    practitioner: Practitioner,
    identified_on: date,
    today: date,
) -> None:
    if (handling is None) == (trigger is None):
        raise ValueError("a responsibility is for a handling or for a personal trigger, not for both or none")
    if trigger is not None and trigger.practitioner_id != practitioner.pk:
        raise Refused(
            "trigger_of_another_person",
            _("Document %(number)s is about another person.") % {"number": trigger.document_number},
            field="practitioner",
            value=practitioner.code,
        )
    if identified_on > today:
        raise Refused(
            "identified_in_the_future",
            _("The day of identification, %(day)s, has not come yet. Enter %(today)s or the earlier day on the record.")
            % {"day": day(identified_on), "today": day(today)},
            field="identified_on",
            value=identified_on,
        )
