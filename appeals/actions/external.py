"""What a reconsideration or a court decided about entries: recorded with its document, and carried out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.findings import require_points
from appeals.actions.moving import OPEN
from appeals.actions.objections import close
from appeals.models import ExternalOutcome, ExternalPoint, Objection, Result
from appeals.queries.disputed import present_points
from registry.actions.corrections import Correction, Difference, correct_entries, preview_corrections
from registry.actions.errors import Refused
from registry.actions.procedure import Acting, for_agency, locked
from registry.actions.requirements import LONGEST_DOCUMENT_NUMBER, require_choice, required
from registry.actions.two_people import require_second
from registry.ledger.days import shanghai_day
from registry.ledger.writing import LockedPerson, lock
from registry.models import Agency, Fact, FactKind, Practitioner, StoredFile, User
from registry.queries.explain import day


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What the document says of one entry; `points` and `months` only where it is reduced."""

    entry: Fact
    result: str
    points: int | None = None
    months: int | None = None


def preview_external_outcome(
    *, practitioner: Practitioner, rulings: Sequence[Ruling], person: LockedPerson | None = None, now: datetime
) -> Difference | None:
    """What the document would change; None where it upholds everything. Raises Refused as the record would."""
    corrections = _corrections(rulings)
    if not corrections:
        return None
    return preview_corrections(practitioner=practitioner, corrections=corrections, person=person, now=now)


def record_external_outcome(
    *,
    practitioner: Practitioner,
    body: str,
    name: str,
    document_number: str,
    decided_on: date,
    rulings: Sequence[Ruling],
    grounds: str,
    file: StoredFile | None = None,
    agency: Agency,
    by: User | None,
    second: User | None = None,
    now: datetime,
) -> ExternalOutcome:
    """Record what a reconsideration or a court decided about entries of a person, and correct them with it.

    An annulment needs a second person. An open objection that is about nothing else than these entries is closed, with
    the document as the reason. The same document again is the same outcome; with other contents it is refused.
    """
    require_choice("body", body, ExternalOutcome.Body.values)
    number = required(document_number, field="document_number", most=LONGEST_DOCUMENT_NUMBER)
    name, grounds = required(name, field="name", most=200), required(grounds, field="grounds")
    with transaction.atomic():
        person = lock(practitioner)
        same = ExternalOutcome.objects.filter(practitioner__in=person.members, body=body, document_number=number)
        if existing := same.first():
            return _same(existing, decided_on, rulings)
        _require_day(decided_on, shanghai_day(now))
        if second is not None:
            require_second(by=by, second=second)
        for ruling in rulings:
            _require_entry(person, ruling.entry)
        corrections = _corrections(rulings)
        if corrections:
            annuls = any(correction.annuls for correction in corrections)
            correct_entries(
                corrections=corrections,
                reason=grounds,
                document_number=number,
                by=by,
                second=second if annuls else None,
                now=now,
            )
        outcome = ExternalOutcome.objects.create(
            body=body,
            name=name,
            document_number=number,
            decided_on=decided_on,
            practitioner=practitioner,
            agency=agency,
            grounds=grounds,
            file=file,
            recorded_at=now,
            recorded_by=by,
            second=second,
        )
        for ruling in rulings:
            ExternalPoint.objects.create(
                outcome=outcome, entry=ruling.entry, result=ruling.result, points=ruling.points
            )
        _close_objections(rulings, outcome, acting=for_agency(by, agency, second), now=now)
        return outcome


def _corrections(rulings: Sequence[Ruling]) -> list[Correction]:
    """What the ledger is to learn; an entry that has these points, or none, already needs no correction."""
    if not rulings:
        raise Refused("entry_missing", _("Name at least one entry and what was decided about it."), field="rulings")
    corrections = []
    for ruling in rulings:
        require_choice("result", ruling.result, Result.values)
        present = present_points(ruling.entry)
        if ruling.result == Result.ANNULLED and present:
            corrections.append(Correction(ruling.entry, None))
        elif ruling.result == Result.REDUCED:
            require_points(ruling.result, ruling.points, present, field="points")
            corrections.append(Correction(ruling.entry, ruling.points, ruling.months))
        else:
            require_points(ruling.result, ruling.points, present, field="points")
    return corrections


def _require_entry(person: LockedPerson, entry: Fact) -> None:
    if entry.kind != FactKind.POINTS_SCORED or entry.practitioner_id not in person.members:
        raise Refused(
            "no_entry_of_the_person",
            _("The outcome names an entry that is not a points entry of the person's own file. Choose it again."),
            field="rulings",
            value=str(entry.origin_id),
        )


def _require_day(decided_on: date, today: date) -> None:
    if decided_on > today:
        raise Refused(
            "decided_in_the_future",
            _("%(day)s is not yet; name the day on which it was decided.") % {"day": day(decided_on)},
            field="decided_on",
            value=decided_on,
        )


def _same(existing: ExternalOutcome, decided_on: date, rulings: Sequence[Ruling]) -> ExternalOutcome:
    recorded = {(point.entry_id, point.result, point.points) for point in existing.points.all()}
    given = {(ruling.entry.pk, str(ruling.result), ruling.points) for ruling in rulings}
    if existing.decided_on != decided_on or recorded != given:
        raise Refused(
            "recorded_otherwise",
            _("%(number)s of %(name)s is recorded already, with another day or other outcomes. Look at it first.")
            % {"number": existing.document_number, "name": existing.name},
            field="document_number",
            value=existing.document_number,
        )
    return existing


def _close_objections(rulings: Sequence[Ruling], outcome: ExternalOutcome, *, acting: Acting, now: datetime) -> None:
    """Close what is open about these entries alone; where more is disputed, the reviewer goes on with the rest."""
    decided = {ruling.entry.pk for ruling in rulings}
    about = Objection.objects.filter(points__entry__in=decided, state__in=OPEN).distinct()
    grounds = gettext("Decided by %(name)s, %(number)s.") % {"name": outcome.name, "number": outcome.document_number}
    for objection in about.order_by("pk"):
        if set(objection.points.values_list("entry", flat=True)) <= decided:
            close(locked(objection), "declare_out_of_scope", acting=acting, now=now, grounds=grounds)
