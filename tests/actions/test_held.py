"""What waits for an officer: who decides it, and who signs where it terminates."""

from datetime import date

import pytest

from registry.actions.decisions import decide_held, hold
from registry.actions.errors import Refused
from registry.actions.procedure import CLOCK
from registry.actions.proposals import countersign
from registry.actions.silence import decide_by_silence
from registry.ledger.reading import standing_of
from registry.models import Fact, Proposal, Task
from tests import town
from tests.casework import Desk, desk, morning_after, received
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db

LATER = at(date(2025, 4, 1))


def waiting(here: Desk) -> Proposal:
    """Six points that terminate by now, and that nobody countersigned."""
    proposal = received(here, 6)
    town.score(here.town, 6, TODAY, number="另案")
    decide_by_silence(now=morning_after(proposal))
    proposal.refresh_from_db()
    assert proposal.state == "held"
    return proposal


def test_who_identified_the_responsibility_neither_decides_what_waits_nor_signs_it() -> None:
    here = desk()
    proposal = waiting(here)
    for by, second, field in ((here.identifier, here.scorer, "by"), (here.scorer, here.identifier, "second")):
        with pytest.raises(Refused) as refused:
            decide_held(proposal=proposal, by=by, second=second, now=LATER)
        assert (refused.value.code, refused.value.field) == ("identified_and_decides", field)
    assert Fact.objects.count() == 1


def test_who_proposed_it_may_decide_it_with_somebody_who_had_no_part() -> None:
    here = desk()
    decide_held(proposal=waiting(here), by=here.scorer, second=here.another, now=LATER)
    assert standing_of(here.surgeon, LATER.date()).status == "terminated"


def test_nobody_signs_their_own_decision_second_even_where_one_signature_is_enough() -> None:
    here = desk()
    proposal = received(here, 6)
    hold(proposal, "policy_wants_an_officer", acting=CLOCK, now=LATER)
    with pytest.raises(Refused) as refused:
        decide_held(proposal=proposal, by=here.scorer, second=here.scorer, now=LATER)
    assert (refused.value.code, refused.value.field) == ("second_person_same", "second")
    decide_held(proposal=proposal, by=here.scorer, now=LATER)
    assert standing_of(here.surgeon, LATER.date()).points == 6


def test_what_is_countersigned_while_it_waits_still_waits_for_its_decision_and_for_nothing_else() -> None:
    here = desk()
    proposal = countersign(proposal=waiting(here), by=here.second, now=LATER)
    assert (proposal.state, proposal.countersigned_by) == ("held", here.second)
    assert [task.kind for task in Task.objects.filter(subject=proposal.uuid, state="open")] == ["decide"]
    decide_held(proposal=proposal, by=here.reviewer, now=LATER)
    assert standing_of(here.surgeon, LATER.date()).status == "terminated"
