"""The decision on an application: granted by two officers with the caps checked again, or refused with the grounds."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actions.applications import Kind, about_the_amount, preview, refuse, require_agency
from appeals.models import Application
from appeals.rules.procedures import APPLICATION
from registry.actions.corrections import Difference
from registry.actions.errors import Refused
from registry.actions.procedure import Acting, advance, locked, require_possible
from registry.actions.remediation import relieve_points, shorten_period
from registry.actions.requirements import optional_number, required
from registry.actions.tasks import close_tasks
from registry.ledger.writing import LockedPerson, lock
from registry.models import Fact, FactKind

REPAIRS = (FactKind.POINTS_RELIEVED, FactKind.PERIOD_SHORTENED)


def preview_grant(*, application: Application, now: datetime) -> Difference:
    """What granting the application would do to the standing of today. Raises Refused as grant_application would."""
    return preview(
        kind=application.kind,
        practitioner=application.practitioner,
        amount=application.amount,
        activities=application.attendances.count(),
        agency=application.agency,
        now=now,
    )


def grant_application(
    *, application: Application, grounds: str, document_number: str = "", acting: Acting, now: datetime
) -> Application:
    """Grant what the experts were in favour of: the caps are checked again, and the ledger gets its fact.

    Needs a second officer (`acting.second`); neither may be one of the experts who signed. Without a `document_number`
    the decision goes by the number of the application.
    """
    grounds = required(grounds, field="grounds")
    number = optional_number(document_number) or application.number
    with transaction.atomic():
        person = lock(application.practitioner)
        application = locked(application)
        require_agency(application, acting)
        require_possible(APPLICATION, application, "grant")
        _require_uninvolved(application, acting)
        _require_new_decision(person, number)
        with about_the_amount():
            fact = _in_the_ledger(application, grounds, number, acting, now)
        application.document_number = number
        advance(
            APPLICATION,
            application,
            "grant",
            acting=acting,
            now=now,
            practitioner=application.practitioner,
            grounds=grounds,
            document_number=number,
            fact=fact,
            decision=grounds,
            decided_at=now,
        )
        close_tasks(application.uuid, now=now, by=acting.by)
        return application


def refuse_application(
    *, application: Application, grounds: str, document_number: str = "", acting: Acting, now: datetime
) -> Application:
    """Refuse, with the grounds; possible until it is decided. The activities are free for another application."""
    grounds = required(grounds, field="grounds")
    number = optional_number(document_number)
    with transaction.atomic():
        lock(application.practitioner)
        application = locked(application)
        require_agency(application, acting)
        _require_uninvolved(application, acting)
        refuse(application, grounds, number, acting=acting, now=now)
        return application


def _in_the_ledger(application: Application, grounds: str, number: str, acting: Acting, now: datetime) -> Fact:
    if application.kind == Kind.RELIEF:
        return relieve_points(
            practitioner=application.practitioner,
            points=application.amount,
            activities=application.attendances.count(),
            reason=grounds,
            document_number=number,
            agency=application.agency,
            by=acting.by,
            second=acting.second,
            now=now,
        )
    return shorten_period(
        practitioner=application.practitioner,
        days=application.amount,
        reason=grounds,
        document_number=number,
        agency=application.agency,
        by=acting.by,
        second=acting.second,
        now=now,
    )


def _require_uninvolved(application: Application, acting: Acting) -> None:
    """Who deliberated as an expert does not decide as an officer."""
    deciding = [user.pk for user in (acting.by, acting.second) if user is not None]
    if application.opinions.filter(expert__user__in=deciding).exists():
        raise Refused(
            "decided_by_a_deliberator",
            _("Who deliberated on the application does not decide on it. Leave it to another officer."),
            field="second",
        )


def _require_new_decision(person: LockedPerson, number: str) -> None:
    """One decision is one fact: a number that brought something already brings nothing more."""
    same = Fact.objects.filter(practitioner_id__in=person.members, kind__in=REPAIRS, document_number=number)
    if same.exists():
        raise Refused(
            "decision_already_recorded",
            _("Decision %(number)s relieved or shortened something already. Give the number of this decision.")
            % {"number": number},
            field="document_number",
            value=number,
        )
