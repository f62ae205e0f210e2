"""The pages of one person, panel or proposal ask the database little, and the same however much there is to show."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals.actions.ballots import begin_vote
from appeals.actions.release import release_evidence
from appeals.models import Evidence, Panel
from registry.actions.deliveries import notify, record_receipt
from registry.actions.files import keep_file
from registry.actions.procedure import for_agency
from registry.actions.proposals import Item, countersign, propose
from registry.models import Role
from tests.actions.deeds import revise
from tests.admin.conftest import SignIn, assign
from tests.admin.deeds import url
from tests.appeals import disputes
from tests.appeals.peers import DRAWN, REFERRED, appealed, asked, cast, drawn, experts, user_of
from tests.appeals.repairs import account, called, completed, filed, offered, pair
from tests.casework import Desk, identified, received
from tests.rules import sample_files
from tests.town import TODAY, at, score

MOST = 15
SITUATIONS = (("1-01", 1), ("1-99", 1), ("2-01", 4), ("2-02", 4), ("2-99", 4), ("3-99", 7), ("4-99", 10))


def questions(client: Client, page: str) -> int:
    """How many queries the page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def with_evidence(here: Desk, panel: Panel) -> Panel:
    """Two released pieces of evidence for each point."""
    for point in panel.points.all():
        for title in ("王伟的病历", "王伟的排班"):
            file = keep_file(name="证据.pdf", content=sample_files.pdf(), by=None, now=at(DRAWN))
            piece = Evidence.objects.create(point=point, file=file, title=title, handed_in_at=at(DRAWN))
            release_evidence(evidence=piece, file=None, by=here.reviewer, now=at(DRAWN))
    return panel


def asked_for_the_file(sign_in: SignIn, here: Desk, panel: Panel) -> dict[str, int]:
    """What each page that shows the file without names asks, for the reviewer and for an expert."""
    seat = asked(panel)[0]
    begin_vote(seat=seat, by=user_of(seat.expert), now=at(DRAWN, 15))
    expert = sign_in(user_of(seat.expert))
    found = {name: questions(expert, reverse(name, args=[seat.uuid])) for name in ("expert_case", "expert_vote")}
    return {**found, "panel_file": questions(sign_in(here.reviewer), url("panel_file", panel.pk))}


@pytest.mark.parametrize("points", [1, 8])
def test_the_file_without_names_is_read_once(sign_in: SignIn, here: Desk, points: int) -> None:
    experts(here)
    proposal = received(here, 3, 5)
    objection = disputes.in_review(here, disputes.objected(proposal, *["王伟没有主刀"] * points))
    with time_machine.travel(at(DRAWN, 15), tick=False):
        panel = with_evidence(here, drawn(here, objection=objection))
        found = asked_for_the_file(sign_in, here, panel)
        assert max(found.values()) <= MOST, found
        first = asked(panel)[0]
        for seat in asked(panel):
            cast(seat, None)
        assert questions(sign_in(user_of(first.expert)), reverse("expert_case", args=[first.uuid])) <= MOST


@pytest.mark.parametrize("entries", [1, 4])
def test_the_file_about_recorded_entries_is_read_once(sign_in: SignIn, here: Desk, entries: int) -> None:
    experts(here)
    scored = [score(here.town, 3, REFERRED, number=f"罚字{number}号") for number in range(entries)]
    for entry in scored:
        revise(here.town, entry, points=2, on=REFERRED)
    objection = appealed(here, *(entry.fact for entry in scored), on=REFERRED)
    with time_machine.travel(at(DRAWN, 15), tick=False):
        found = asked_for_the_file(sign_in, here, with_evidence(here, drawn(here, objection=objection)))
        found["assign_reviewer"] = questions(sign_in(here.another), url("assign_reviewer", objection.pk))
        assert max(found.values()) <= MOST, found


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


@pytest.mark.parametrize("activities", [1, 8])
def test_an_expert_reads_and_signs_an_opinion_with_few_questions(sign_in: SignIn, here: Desk, activities: int) -> None:
    score(here.town, 9, TODAY, who=here.nurse)
    parts = [completed(here.town, here.nurse, TODAY) for _ in range(activities)]
    lin, zheng = pair()
    application = called(here.town, filed(here.town, parts, TODAY), TODAY, lin, zheng)
    with time_machine.travel(at(TODAY, 15), tick=False):
        expert = sign_in(assign(account(lin), Role.EXPERT))
        found = {name: questions(expert, reverse(name)) for name in ("expert_cases", "expert_opinions")}
        for name in ("expert_opinion", "expert_sign", "expert_stand_aside"):
            found[name] = questions(expert, reverse(name, args=[application.uuid]))
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
