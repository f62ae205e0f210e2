"""A suspected crime is passed on to the police with its document, and what came back is kept beside it.

It changes nothing about points or standing, tells nobody, and stands in the steps of the case, never in those of the
person: a criminal investigation is not announced to the person by this register.
"""

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.cases import answering_in
from registry.actions.errors import Refused
from registry.actions.procedure import advance, for_agency, locked
from registry.actions.requirements import LONGEST_DOCUMENT_NUMBER, optional_number, require_choice, required
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of
from registry.models import Case, PoliceAnswer, PoliceTransfer, Practitioner, StoredFile, User
from registry.queries.explain import day
from registry.queries.police import FOLLOWING, STANDING, with_answers
from registry.rules.procedures import CASE

Outcome = PoliceAnswer.Outcome
Row = TypeVar("Row", PoliceTransfer, PoliceAnswer)


def transfer_to_police(
    *,
    case: Case,
    practitioner: Practitioner | None = None,
    organ: str,
    document_number: str,
    transferred_on: date,
    legal_basis: str,
    grounds: str,
    document: StoredFile,
    by: User,
    second: User | None,
    now: datetime,
) -> PoliceTransfer:
    """Record that the case, or one person who answers in it, was transferred to a public security organ.

    `transferred_on` is the day of the document. It takes two people. The same document again is the same transfer;
    with other contents it is refused, and so is what was transferred already and waits or was accepted.
    """
    said: dict[str, Any] = {
        "organ": required(organ, field="organ", most=200),
        "transferred_on": transferred_on,
        "legal_basis": required(legal_basis, field="legal_basis", most=200),
        "grounds": required(grounds, field="grounds"),
    }
    number = required(document_number, field="document_number", most=LONGEST_DOCUMENT_NUMBER)
    with transaction.atomic():
        case = locked(case, "agency", "handling", "trigger")
        earlier = list(_of(case, practitioner))
        same = [each for each in earlier if each.document_number == number]
        if existing := next((each for each in same if each.state != PoliceAnswer.Outcome.MISTAKEN), None):
            return _same(existing, {**said, "document": document})
        require_transferable(case, practitioner, transferred_on, now=now)
        signing = require_second(by=by, second=second)
        transfer = PoliceTransfer.objects.create(
            case=case,
            practitioner=practitioner,
            document_number=number,
            entered=1 + len(same),
            document=document,
            agency=case.agency,
            recorded_at=now,
            recorded_by=by,
            second=signing,
            **said,
        )
        advance(
            CASE,
            case,
            "transfer_to_police",
            acting=for_agency(by, case.agency, signing),
            now=now,
            case=case,
            grounds=said["grounds"],
            document_number=number,
        )
        return transfer


def require_transferable(case: Case, practitioner: Practitioner | None, transferred_on: date, *, now: datetime) -> None:
    """Refuse a person who does not answer in the case, a day that cannot be, and what was transferred already."""
    if practitioner is not None and not _answers(case, practitioner):
        raise Refused(
            "not_in_the_case",
            _("%(person)s does not answer in this case. Identify the responsibility first.")
            % {"person": practitioner.name},
            field="practitioner",
            value=practitioner.code,
        )
    _require_day("transferred_on", transferred_on, case.cause.conduct_from, shanghai_day(now))
    if standing := next((each for each in _of(case, practitioner) if each.state in STANDING), None):
        raise Refused(
            "transferred_already",
            _("This is with the police already, by %(number)s of %(day)s. Record first what came back.")
            % {"number": standing.document_number, "day": day(standing.transferred_on)},
            field="practitioner",
            value=standing.document_number,
        )


def record_police_answer(
    *,
    transfer: PoliceTransfer,
    outcome: str,
    answered_on: date,
    document_number: str = "",
    reason: str = "",
    document: StoredFile | None = None,
    by: User,
    second: User | None = None,
    now: datetime,
) -> PoliceAnswer:
    """Record what the police answered: accepted, or not accepted and why, with the document that says so.

    `mistaken` takes back a transfer that was recorded by mistake: with a reason and a second person, and without a
    document. The same answer again is the same. Raises Refused for an answer that cannot follow the last one.
    """
    require_choice("outcome", outcome, Outcome.values)
    said: dict[str, Any] = {
        "answered_on": answered_on,
        "document_number": optional_number(document_number),
        "reason": reason.strip() if outcome == Outcome.ACCEPTED else required(reason),
        "document": document,
    }
    with transaction.atomic():
        case = locked(transfer.case, "agency")
        transfer = with_answers(PoliceTransfer.objects.all()).get(pk=transfer.pk)
        if existing := next((each for each in transfer.answers.all() if each.outcome == outcome), None):
            return _same(existing, said)
        require_answerable(transfer, outcome, answered_on, now=now)
        if outcome != Outcome.MISTAKEN:
            _require_document(document_number, document)
        needed = require_second(by=by, second=second) if outcome == Outcome.MISTAKEN else None
        answer = PoliceAnswer.objects.create(
            transfer=transfer, outcome=outcome, recorded_at=now, recorded_by=by, second=needed, **said
        )
        advance(
            CASE,
            case,
            {"accepted": "police_accept", "not_accepted": "police_decline", "mistaken": "undo_transfer"}[outcome],
            acting=for_agency(by, case.agency, needed),
            now=now,
            case=case,
            grounds=said["reason"],
            document_number=answer.document_number,
        )
        return answer


def require_answerable(transfer: PoliceTransfer, outcome: str, answered_on: date, *, now: datetime) -> None:
    """Refuse an answer that cannot follow what came back last, and a day before that or ahead."""
    if outcome not in FOLLOWING[transfer.state]:
        raise Refused(
            "cannot_follow",
            _("“%(answer)s” cannot follow what came back of %(number)s already. Look at it first.")
            % {"answer": Outcome(outcome).label, "number": transfer.document_number},
            field="outcome",
            value=outcome,
        )
    days = [transfer.transferred_on, *(each.answered_on for each in transfer.answers.all())]
    _require_day("answered_on", answered_on, max(days), shanghai_day(now))


def _of(case: Case, practitioner: Practitioner | None) -> list[PoliceTransfer]:
    """What was transferred already: the whole case, or this person under any file that was merged with theirs."""
    files = family_of(practitioner.pk).files if practitioner else None
    theirs = {"practitioner": None} if files is None else {"practitioner__in": files}
    return list(with_answers(case.police_transfers.filter(**theirs)).order_by("pk"))


def _answers(case: Case, practitioner: Practitioner) -> bool:
    return answering_in(case).filter(practitioner__in=family_of(practitioner.pk).files).exists()


def _require_day(field: str, on: date, first: date, today: date) -> None:
    if not first <= on <= today:
        raise Refused(
            f"{field}_refused",
            _("It cannot be of %(day)s: choose a day from %(first)s until today.")
            % {"day": day(on), "first": day(first)},
            field=field,
            value=on,
        )


def _require_document(number: str, document: StoredFile | None) -> None:
    required(number, field="document_number")
    if document is None:
        raise Refused("document_missing", _("Hand in the document with which the police answered."), field="document")


def _same(existing: Row, said: dict[str, Any]) -> Row:
    """The row that is there, if it says the same; a document handed in once more is the same by its content."""
    document = said.pop("document")
    same_paper = existing.document == document or (
        existing.document and document and bytes(existing.document.digest) == bytes(document.digest)
    )
    if not same_paper or any(getattr(existing, field) != value for field, value in said.items()):
        raise Refused(
            "recorded_otherwise",
            _("%(number)s is recorded already with other contents. Look at it first; what is recorded stays.")
            % {"number": existing.document_number},
            field="document_number",
            value=existing.document_number,
        )
    return existing
