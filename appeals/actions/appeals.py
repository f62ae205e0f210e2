"""Appeals after the decision: against points on record, or against the standing that rests on them.

No source names a window, so there is none. An entry is appealed once: what was decided on appeal, or by a
reconsideration or a court, is looked at again only for new facts. An objection that silence overtook is no appeal in
this sense, although it is about entries: its author was never heard.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appeals.actions.disputes import Dispute, Disputed, add_points, itemised
from appeals.actions.filing import Filing, check_filing, optional
from appeals.actions.moving import OPEN, State, owe, start
from appeals.models import ExternalPoint, Objection
from appeals.queries.disputed import behind_the_standing, present_points
from registry.actions.errors import Refused
from registry.actions.numbering import next_number
from registry.ledger.days import shanghai_day
from registry.ledger.writing import LockedPerson, lock
from registry.models import Agency, Case, Fact, FactKind, Institution, Practitioner, StoredFile, Task, User
from registry.queries.explain import day
from registry.queries.wording import listed

Kind = Objection.Kind


def file_appeal(
    *,
    practitioner: Practitioner,
    entries: Sequence[Fact] = (),
    standing: bool = False,
    points: Sequence[Dispute] = (),
    statement: str = "",
    via: str,
    institution: Institution | None = None,
    signature: StoredFile | None = None,
    filed_by: User | None,
    received_on: date | None = None,
    new_facts: str = "",
    agency: Agency | None = None,
    uuid: UUID | None = None,
    now: datetime,
) -> Objection:
    """Appeal against `entries` on record, or against the `standing` of today: then against the entries it rests on.

    Entries without a point of their own are disputed by the statement. The agency that decided the entries handles the
    appeal; `agency` does for entries that no agency of this register decided. Raises Refused for an annulled entry, for
    one that was appealed before and has no `new_facts`, and for entries of several agencies.
    """
    filing = Filing(
        via=via, by=filed_by, now=now, institution=institution, signature=signature, received_on=received_on, uuid=uuid
    )
    statement, new_facts = optional(statement, field="statement"), optional(new_facts, field="new_facts")
    with transaction.atomic():
        person = lock(practitioner)
        about = _about(person, entries, standing=standing, today=shanghai_day(now))
        check_filing(filing, person, not_before=min(entry.effective_on for entry in about))
        for entry in about:
            _require_appealable(entry, new_facts)
        disputes = itemised(points, statement, list[Disputed](about), every=True)
        objection = _new(practitioner, about, filing, _agency(about, agency))
        objection.kind = Kind.STANDING if standing else Kind.RECORDED_POINTS
        objection.statement, objection.new_facts = statement, new_facts
        start(objection, act="appeal", acting=filing.acting(objection.agency), now=now, grounds=new_facts)
        add_points(objection, disputes, by=filed_by, now=now)
        owe(objection, Task.Kind.ASSIGN, "assignment", now=now)
        return objection


def _about(person: LockedPerson, entries: Sequence[Fact], *, standing: bool, today: date) -> list[Fact]:
    if standing:
        found = behind_the_standing(person, today)
        if not found:
            raise Refused(
                "nothing_to_appeal",
                _("The standing of %(day)s is normal with 0 points; there is nothing to appeal against.")
                % {"day": day(today)},
                field="standing",
            )
        return found
    if not entries:
        raise Refused("entry_missing", _("Choose the entries that the appeal is against."), field="entries")
    for entry in entries:
        if entry.kind != FactKind.POINTS_SCORED or entry.practitioner_id not in person.members:
            raise Refused(
                "no_entry_of_the_person",
                _("An appeal is against points entries of the person's own file. Choose them again."),
                field="entries",
                value=str(entry.origin_id),
            )
    return list(dict.fromkeys(entries))


def _require_appealable(entry: Fact, new_facts: str) -> None:
    told = {"points": entry.points, "day": day(entry.effective_on)}
    if not present_points(entry):
        raise Refused(
            "entry_annulled_already",
            _("The entry of %(points)s points of %(day)s is annulled already; there is nothing to appeal against.")
            % told,
            field="entries",
            value=str(entry.origin_id),
        )
    earlier = Objection.objects.filter(points__entry=entry)
    if waiting := earlier.filter(state__in=OPEN).first():
        raise Refused(
            "appeal_open",
            _("%(number)s about the entry of %(points)s points of %(day)s is open. Add evidence or words to it.")
            % {**told, "number": waiting.number},
            field="entries",
            value=waiting.number,
        )
    heard = earlier.filter(state=State.DECIDED, proposal=None).order_by("-id").first()
    elsewhere = ExternalPoint.objects.filter(entry=entry).select_related("outcome").order_by("-id").first()
    number = heard.number if heard else elsewhere.outcome.document_number if elsewhere else ""
    if number and not new_facts:
        raise Refused(
            "appealed_before",
            _(
                "The entry of %(points)s points of %(day)s was decided on by %(number)s. It is looked at again only"
                " for new facts: state them; or turn to reconsideration or a court."
            )
            % {**told, "number": number},
            field="new_facts",
            value=number,
        )


def _agency(entries: Sequence[Fact], chosen: Agency | None) -> Agency:
    agencies = list({entry.agency_id: entry.agency for entry in entries if entry.agency}.values())
    if len(agencies) > 1:
        raise Refused(
            "several_agencies",
            _("These entries were decided by several agencies: %(names)s. File an appeal for each of them.")
            % {"names": listed(agency.name for agency in agencies)},
            field="entries",
            value=listed(agency.code for agency in agencies),
        )
    found = agencies[0] if agencies else chosen
    if found is None:
        raise Refused(
            "agency_missing",
            _("No agency of this register decided the entries. Name the agency that handles the appeal."),
            field="agency",
        )
    return found


def _new(practitioner: Practitioner, entries: Sequence[Fact], filing: Filing, agency: Agency) -> Objection:
    cases = list(Case.objects.filter(proposals__items__entry__fact__in=entries).distinct()[:2])
    return Objection(
        number=next_number("O", agency.region_id, shanghai_day(filing.now)),
        practitioner=practitioner,
        case=cases[0] if len(cases) == 1 else None,
        agency=agency,
        policy=max(entries, key=lambda entry: (entry.effective_on, entry.pk)).policy,
        **filing.fields(),
    )
