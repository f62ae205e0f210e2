"""A case closes by itself once everybody in it has had a decision, and not while anybody waits for one."""

import pytest

from registry.actions.handlings import identify_responsibility
from registry.actions.proposals import propose, withdraw_proposal
from tests.casework import desk, identified, item
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db


def test_a_case_stays_open_for_whoever_is_proposed_again_after_a_withdrawal() -> None:
    here = desk()
    surgeon = identified(here)
    first = propose(responsibility=surgeon, items=[item(3)], by=here.scorer, now=at(TODAY, 10))
    withdraw_proposal(proposal=first, reason="情形有误", by=here.scorer, now=at(TODAY, 11))
    case = first.case
    case.refresh_from_db()
    assert case.state == "closed"
    nurse = identify_responsibility(handling=surgeon.handling, practitioner=here.nurse, grade="general", grounds="配合",
                                    identified_on=TODAY, by=here.identifier, now=at(TODAY, 12))  # fmt: skip
    again, other = (
        propose(responsibility=each, items=[item(3)], by=here.scorer, now=at(TODAY, 13)) for each in (surgeon, nurse)
    )
    states = []
    for proposal in (other, again):
        withdraw_proposal(proposal=proposal, reason="情形有误", by=here.scorer, now=at(TODAY, 14))
        case.refresh_from_db()
        states.append(case.state)
    assert states == ["open", "closed"]
