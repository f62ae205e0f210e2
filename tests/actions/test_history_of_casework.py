"""Every act of casework on a mutable record leaves a row of history with who did it and when."""

from datetime import date
from typing import Any

import pytest

from registry.actions.cases import add_case_file, close_case, open_case
from registry.actions.decisions import Finding, Outcome, decide_held, decide_reviewed
from registry.actions.deliveries import notify, open_notice, record_receipt
from registry.actions.files import keep_file
from registry.actions.many import (
    Identified,
    Proposed,
    countersign_many,
    identify_many,
    notify_many,
    propose_many,
    record_receipts_many,
)
from registry.actions.measures import decide_measure, drop_measure, end_measure, propose_measure
from registry.actions.police import record_police_answer, transfer_to_police
from registry.actions.procedure import for_agency, for_institution, for_practitioner
from registry.actions.proposals import countersign, object_to, propose, release, withdraw_proposal
from registry.actions.silence import decide_by_silence
from registry.actions.talks import finish_talk, finish_talks, open_talks
from registry.models import Case, InstitutionMeasure, Task
from tests import town as towns
from tests.actions.measuring import hire
from tests.actions.transferring import LETTER, paper
from tests.actions.watch import Watch, acts
from tests.casework import Desk, desk, identified, item
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LATER = date(2025, 5, 6)


def test_no_act_of_casework_changes_a_record_without_its_history() -> None:
    here = desk(towns.build("510100"))
    watch = Watch()
    one_person_at_a_time(here, watch)
    everybody_at_once(here, watch)
    with_the_police(here, watch)
    talks_and_measures(here, watch)
    assert watch.done == acts(casework=True), "an act was added: let it be watched here too"


def one_person_at_a_time(here: Desk, watch: Watch) -> None:
    agency = for_agency(here.scorer, here.town.agency)
    person = for_practitioner(here.another)
    first, second = (identified(here, number=f"罚字{each}号") for each in (1, 2))
    watch.seen = watch._rows()
    watch.do(open_case, handling=first.handling, by=here.scorer, now=at(TODAY))
    stored = watch.do(keep_file, name="决定书.pdf", content=PDF, by=here.scorer, now=at(TODAY))
    watch.do(add_case_file, case=Case.objects.first(), file=stored, title="决定书", by=here.scorer, now=at(TODAY))
    proposal = watch.do(propose, responsibility=first, items=[item(12)], by=here.scorer, now=at(TODAY))
    watch.do(countersign, proposal=proposal, by=here.second, now=at(TODAY, 11))
    watch.do(notify, proposal=proposal, channel="portal", by=here.scorer, now=at(TODAY, 12))
    watch.do(open_notice, proposal=proposal, acting=person, by=here.another, now=at(TODAY, 13))
    watch.do(object_to, proposal=proposal, acting=person, by=here.another, now=at(TODAY, 14))
    watch.do(release, proposal=proposal, acting=person, by=here.another, now=at(TODAY, 15))
    watch.do(object_to, proposal=proposal, acting=person, by=here.another, now=at(TODAY, 16))
    findings = {proposal.items.get().pk: Finding(Outcome.REDUCED, 3)}
    review = for_agency(here.reviewer, here.town.agency)
    done: dict[str, Any] = {"findings": findings, "grounds": "情节较轻", "acting": review, "by": here.reviewer}
    watch.do(decide_reviewed, proposal=proposal, now=at(TODAY, 17), **done)
    other = watch.do(propose, responsibility=second, items=[item(3)], by=here.scorer, now=at(TODAY, 18))
    watch.do(withdraw_proposal, proposal=other, reason="有误", by=here.scorer, now=at(TODAY, 19))
    other = watch.do(propose, responsibility=second, items=[item(3)], by=here.scorer, now=at(TODAY, 20))
    watch.do(notify, proposal=other, channel="by_hand", by=here.scorer, now=at(TODAY, 20))
    given: dict[str, Any] = {
        "channel": "by_hand",
        "received_on": TODAY,
        "remark": "回执存卷",
        "acting": agency,
        "by": here.scorer,
    }
    watch.do(record_receipt, proposal=other, now=at(TODAY, 21), **given)
    towns.score(here.town, 9, TODAY, number="另案")
    decide_by_silence(now=at(LATER))
    watch.seen = watch._rows()
    watch.do(decide_held, proposal=other, second=here.second, by=here.reviewer, now=at(LATER, 11))


def with_the_police(here: Desk, watch: Watch) -> None:
    case = towns.handle(here.town, number="移送", made_on=LATER).case
    letter = {**LETTER, "transferred_on": LATER, "document": paper(here), "second": here.second}
    answer = {
        "outcome": "accepted",
        "answered_on": LATER,
        "document_number": "受1",
        "document": paper(here, "回执.pdf"),
    }
    watch.seen = watch._rows()
    transfer = watch.do(transfer_to_police, case=case, by=here.scorer, now=at(LATER, 12), **letter)
    watch.do(record_police_answer, transfer=transfer, by=here.another, now=at(LATER, 13), **answer)


def everybody_at_once(here: Desk, watch: Watch) -> None:
    handling = towns.handle(here.town, number="科室", made_on=LATER)
    case = Case.objects.get(handling=handling)
    empty = Case.objects.get(handling=towns.handle(here.town, number="无人负责", made_on=LATER))
    watch.seen = watch._rows()
    watch.do(close_case, case=empty, reason="无人负有责任", by=here.scorer, now=at(LATER, 12))
    row = Identified(number=2, practitioner=here.nurse, grade="principal", grounds="签字", identified_on=LATER)
    parts = watch.do(identify_many, case=case, rows=[row], by=here.identifier, now=at(LATER, 12))
    rows = [Proposed(number=2, responsibility=parts[0], items=[item(12)])]
    found = watch.do(propose_many, case=case, rows=rows, by=here.scorer, now=at(LATER, 13))
    found = watch.do(countersign_many, case=case, proposals=found, by=here.second, now=at(LATER, 14))
    found = watch.do(notify_many, case=case, proposals=found, channel="by_hand", by=here.scorer, now=at(LATER, 15))
    given: dict[str, Any] = {"channel": "by_hand", "received_on": LATER, "remark": "回执存卷", "by": here.scorer}
    given["acting"] = for_agency(here.scorer, here.town.agency)
    watch.do(record_receipts_many, case=case, proposals=found, now=at(LATER, 16), **given)


def talks_and_measures(here: Desk, watch: Watch) -> None:
    open_talks(now=at(LATER, 17))
    first, *others = Task.objects.filter(kind__in=["talk", "interview", "training"], institution=here.town.hospital)
    held = {"held_on": LATER, "result": "已约谈", "acting": for_institution(here.another, here.town.hospital)}
    watch.do(finish_talk, task=first, by=here.another, now=at(LATER, 18), **held)
    watch.do(finish_talks, tasks=others, by=here.another, now=at(LATER, 18), **held)
    hire(here.town, 3)
    watch.seen = watch._rows()
    given = {
        "institution": here.town.hospital,
        "kind": InstitutionMeasure.Kind.SETTLEMENT_PAUSED,
        "agency": here.town.agency,
    }
    for number in (1, 2):
        measure = watch.do(propose_measure, grounds="超过比例", by=here.scorer, now=at(LATER, 19), **given)
        if number == 1:
            watch.do(drop_measure, measure=measure, reason="已整改", by=here.another, now=at(LATER, 20))
    decided = {"starts_on": LATER, "document_number": "措1", "second": here.second}
    measure = watch.do(decide_measure, measure=measure, by=here.reviewer, now=at(LATER, 21), **decided)
    watch.do(
        end_measure, measure=measure, ends_on=date(2025, 6, 1), reason="整改到位", by=here.scorer, now=at(LATER, 22)
    )
