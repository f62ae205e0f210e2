"""The pages of one person, panel or proposal ask the database little, and the same however much there is to show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.actions.deliveries import notify, record_receipt
from registry.actions.procedure import for_agency
from registry.actions.proposals import Item, countersign, propose
from tests.admin.conftest import SignIn
from tests.admin.deeds import url
from tests.appeals import disputes
from tests.appeals.repairs import completed, filed, offered
from tests.casework import Desk, identified
from tests.town import TODAY, at, score

MOST = 15
SITUATIONS = (("1-01", 1), ("1-99", 1), ("2-01", 4), ("2-02", 4), ("2-99", 4), ("3-99", 7), ("4-99", 10))


def questions(client: Client, page: str) -> int:
    """How many queries the page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


@pytest.mark.parametrize("activities", [1, 8])
def test_what_repair_could_bring_is_read_once(sign_in: SignIn, here: Desk, activities: int) -> None:
    score(here.town, 9, TODAY, who=here.nurse)
    parts = [completed(here.town, here.nurse, TODAY) for _ in range(activities + 1)]
    for number in range(activities):
        offered(here.town, TODAY + timedelta(days=number))
    client, whose = sign_in(here.town.officer), here.nurse.pk
    found = {name: questions(client, url(name, whose)) for name in ("prospects", "file_application")}
    filed(here.town, parts[:1], TODAY)
    found["prospects, pending"] = questions(client, url("prospects", whose))
    assert max(found.values()) <= MOST, found


@pytest.mark.parametrize("items", [1, 7])
def test_a_proposal_and_the_choice_of_its_reviewer_ask_little(sign_in: SignIn, here: Desk, items: int) -> None:
    proposed = [Item(situation=code, points=points, departure_reason="按情节") for code, points in SITUATIONS[-items:]]
    proposal = propose(responsibility=identified(here), items=proposed, by=here.scorer, now=at(TODAY))
    page = url("registry_proposal_change", proposal.pk)
    found = {"proposed": questions(sign_in(here.second), page)}
    if items > 1:
        proposal = countersign(proposal=proposal, by=here.second, now=at(TODAY, 11))
    told = notify(proposal=proposal, channel="by_hand", by=here.scorer, now=at(TODAY, 12))
    by_hand = {"channel": "by_hand", "received_on": TODAY, "remark": "回执存卷", "now": at(TODAY, 13)}
    proposal = record_receipt(proposal=told, acting=for_agency(here.scorer, here.town.agency), **by_hand)  # type: ignore[arg-type]
    found["received"] = questions(sign_in(here.another), page)
    objection = disputes.objected(proposal, *["不是我"] * items)
    found["objected"] = questions(sign_in(here.another), page)
    found["assign_reviewer"] = questions(sign_in(here.another), url("assign_reviewer", objection.pk))
    disputes.decided(here, disputes.in_review(here, objection), *["upheld"] * items)
    found["decided"] = questions(sign_in(here.another), page)
    assert max(found.values()) <= MOST, found
