"""A panel is asked for, drawn, and voted on by the programs of three experts; and the pool that it is drawn from."""

import json
from datetime import date
from typing import Any

import pytest

from appeals.models import Panel, Seat
from appeals.rules.draw_file import parse
from appeals.rules.verify import Published, confirm
from tests.api.objecting import administrator, compliance, in_review, on_paper, proposed, results
from tests.api.officers import Program
from tests.api.papers import handed_in
from tests.api.settlement import problem
from tests.appeals.peers import NAMES, expert, experts, user_of
from tests.casework import Desk, desk
from tests.rules import sample_files
from tests.town import Town, build

QUESTION = "王伟在第一医院的手术指征是否成立？"
REFERRAL = {"points": [1], "question": QUESTION, "specialty": "surgery"}


@pytest.fixture
def here(town: Town) -> Desk:
    return desk(town)


def disputed(here: Desk) -> str:
    """The address of an objection in review, with evidence."""
    agency, proposal = Program(here.another), proposed(here, 6)
    sent = on_paper(proposal, "王伟认为手术指征明确")
    sent["points"][0] |= {"professional": True, "evidence": [{"file": handed_in(agency, "王伟病历.pdf")}]}
    made = agency.done(f"proposals/{proposal.uuid}/paper-objections/", sent)
    address = f"objections/{made['id']}/"
    in_review(here, address)
    return address


def referred(here: Desk, objection: str) -> str:
    made: str = Program(here.reviewer).done(f"{objection}panels/", REFERRAL)["id"]
    return f"panels/{made}/"


def seated(panel: str) -> list[tuple[Program, str]]:
    """The programs of the experts who sit, each with the address of the case on their desk."""
    rows = Seat.objects.filter(panel__uuid=panel.split("/")[1], state=Seat.State.SEATED).select_related("expert__user")
    return [(Program(user_of(row.expert)), f"my/seats/{row.uuid}/") for row in rows.order_by("pk")]


def ballot(result: str, points: int | None = None) -> dict[str, Any]:
    return {"votes": [{"point": 1, "result": result, "points": points, "reasons": "指征成立"}]}


def test_a_panel_is_drawn_and_voted_on_by_the_programs_of_three_experts(here: Desk) -> None:
    experts(here)
    objection, reviewing, drawing = disputed(here), Program(here.reviewer), Program(here.another)
    seen = reviewing.done(f"{objection}panel-previews/", REFERRAL)
    assert (seen["seats"], Panel.objects.count()) == (3, 0)
    panel = referred(here, objection)
    before = drawing.done(f"{panel}draw-previews/")
    assert (before["able"], before["excluded"]) == (len(NAMES), [])
    problem(drawing.get(f"{panel}draw.json"), 404, "not-found")
    refused = reviewing.post(f"{panel}draws/")
    assert problem(refused, 409, "refused")["code"] == "committed_does_not_draw"
    assert drawing.done(f"{panel}draws/")["state"]["code"] == "voting"

    published = drawing.get(f"{panel}draw.json")
    assert published["Content-Disposition"].startswith("attachment;")
    assert list(confirm(parse(published.content), Published()))
    assert before["commitment"] in published.content.decode()
    assert not any(name in published.content.decode() for name in ("王伟", "第一医院", *NAMES))
    assert len(drawing.read(f"{panel}lots/")["drawn"]) == len(NAMES)

    (evidence,) = reviewing.read(objection)["points"][0]["evidence"]
    voters = seated(panel)
    voting, case = voters[0]
    assert voting.read(case)["file"]["points"][0]["evidence"] == []
    released = reviewing.done(f"evidence/{evidence['id']}/releases/", {"names_nobody": True})
    assert released["released"] is True

    for (voting, case), vote in zip(
        voters, (ballot("reduced", 2), ballot("annulled"), ballot("reduced", 3)), strict=True
    ):
        file = voting.read(case)
        assert "王伟" not in json.dumps(file, ensure_ascii=False)
        assert file["votes"] == []
        (piece,) = file["file"]["points"][0]["evidence"]
        given = voting.get(f"{case}evidence/{piece['id']}/content/")
        assert given.content == sample_files.pdf()
        assert f"evidence-{piece['id']}.pdf" in given["Content-Disposition"]
        assert voting.done(f"{case}votes/", vote)["state"]["code"] == "voted"
        problem(voting.post(f"{case}votes/", vote), 404, "not-found")

    (judged,) = reviewing.read(panel)["outcome"]
    assert (judged["point"], judged["result"]["code"], judged["points"], len(judged["votes"])) == (1, "reduced", 2, 3)
    (own,) = voting.read(case)["votes"]
    assert (own["points"], own["dissenting"]) == (3, True)
    told = {"results": results("upheld"), "decision": "维持"}
    problem(reviewing.post(f"{objection}decisions/", told), 409, "value-refused")
    follows = {"results": [{"point": 1, "result": "reduced", "points": 2, "grounds": "按专家评议"}], "decision": "从轻"}
    assert reviewing.done(f"{objection}decisions/", follows)["state"]["code"] == "decided"
    year = drawing.read("experts/honoraria/?year=2026")
    assert [each["panels"] for each in year["items"]] == [1, 1, 1]


def test_nobody_sees_a_vote_before_all_are_in(here: Desk) -> None:
    experts(here)
    panel = referred(here, disputed(here))
    Program(here.another).done(f"{panel}draws/")
    (first, case), *_rest = seated(panel)
    first.done(f"{case}votes/", ballot("annulled"))
    assert first.read(case)["votes"] == []
    for officer in (here.reviewer, here.another):
        shown = Program(officer).read(panel)
        assert shown["outcome"] == []
        assert "annulled" not in json.dumps(shown)


def test_a_vote_is_cast_once_under_one_key(here: Desk) -> None:
    experts(here)
    panel = referred(here, disputed(here))
    Program(here.another).done(f"{panel}draws/")
    (voting, case), *_rest = seated(panel)
    first, again = (voting.post(f"{case}votes/", ballot("annulled"), idempotency_key="my-only-vote") for _ in range(2))
    assert (first.status_code, first.content) == (200, again.content)
    other = voting.post(f"{case}votes/", ballot("upheld"), idempotency_key="my-only-vote")
    problem(other, 422, "idempotency-key-reused")


def test_an_expert_sees_the_own_cases_only(here: Desk) -> None:
    pool = experts(here)
    panel = referred(here, disputed(here))
    Program(here.another).done(f"{panel}draws/")
    (mine, case), (_other, others), *_rest = seated(panel)
    assert [f"my/seats/{each['id']}/" for each in mine.read("my/seats/")["items"]] == [case]
    problem(mine.get(others), 404, "not-found")
    problem(mine.post(f"{others}votes/", ballot("annulled")), 404, "not-found")
    for address in (panel, f"{panel}file/", f"{panel}lots/", f"{panel}draw.json", "panels/", "experts/"):
        problem(mine.get(address), 403, "forbidden")
    unseated = next(each for each in pool if not each.seats.exists())
    idle = Program(user_of(unseated))
    assert idle.read("my/seats/")["items"] == []
    problem(idle.get(case), 404, "not-found")
    problem(Program(here.another).get("my/seats/"), 403, "forbidden")


def test_an_expert_steps_back_and_a_reserve_is_asked(here: Desk) -> None:
    experts(here)
    panel = referred(here, disputed(here))
    Program(here.another).done(f"{panel}draws/")
    (mine, case), *_rest = seated(panel)
    assert mine.done(f"{case}recusals/", {"reason": "认识本人"})["state"]["code"] == "recused"
    assert mine.read(case)["file"] is None
    shown = Program(here.another).read(panel)
    assert [each["state"]["code"] for each in shown["seats"]] == ["recused", "seated", "seated", "seated"]


def test_a_panel_without_experts_is_given_up(here: Desk) -> None:
    expert(here, "方静")
    panel, drawing = referred(here, disputed(here)), Program(here.another)
    assert drawing.done(f"{panel}draw-previews/")["able"] == 1
    assert problem(drawing.post(f"{panel}draws/"), 409, "refused")["code"] == "too_few_experts"
    assert drawing.done(f"{panel}failures/", {"reason": "无专家"})["state"]["code"] == "failed"


@pytest.mark.parametrize(("number", "code"), [(2, "not_known"), (10**25, "too_large")])
def test_a_point_that_the_objection_does_not_have_is_named(here: Desk, number: int, code: str) -> None:
    objection, reviewing = disputed(here), Program(here.reviewer)
    for address in (f"{objection}panel-previews/", f"{objection}panels/"):
        status, kind = (409, "value-refused") if code == "not_known" else (400, "malformed")
        (error,) = problem(reviewing.post(address, {**REFERRAL, "points": [number]}), status, kind)["errors"]
        assert (error["field"], error["code"]) == ("points[0]", code)


def test_the_reviewer_sees_the_file_as_the_experts_do(here: Desk) -> None:
    experts(here)
    objection = disputed(here)
    panel = referred(here, objection)
    file = Program(here.reviewer).read(f"{panel}file/")
    assert "王伟" not in json.dumps(file, ensure_ascii=False)
    assert file["points"][0]["points"] == 6
    (evidence,) = Program(here.reviewer).read(objection)["points"][0]["evidence"]
    neither = Program(here.reviewer).post(f"evidence/{evidence['id']}/releases/", {})
    assert problem(neither, 409, "value-refused")["code"] == "copy_or_declaration"


def test_a_panel_of_another_region_is_not_there_and_a_hospital_sees_none(here: Desk) -> None:
    experts(here)
    objection = disputed(here)
    panel = referred(here, objection)
    elsewhere = Program(desk(build("320100")).another)
    for address in (panel, f"{panel}file/", f"{panel}lots/", f"{panel}draw.json"):
        problem(elsewhere.get(address), 404, "not-found")
        problem(Program(here.town.officer).get(address), 401, "unauthenticated")
    for address in (f"{panel}draws/", f"{panel}failures/", f"{panel}draw-previews/"):
        problem(elsewhere.post(address, {"reason": "–"} if "failures" in address else {}), 404, "not-found")
    problem(elsewhere.post(f"{objection}panels/", REFERRAL), 404, "not-found")
    hospital = Program(compliance(here))
    problem(hospital.get(panel), 403, "forbidden")
    problem(hospital.post(f"{panel}draws/"), 403, "forbidden")
    overseer = Program(administrator())
    assert overseer.read(panel)["state"]["code"] == "committed"
    problem(overseer.post(f"{panel}draws/"), 403, "forbidden")


def test_the_pool_is_kept_over_the_api(here: Desk) -> None:
    keeping = Program(administrator())
    user = user_of(expert(here, "方静"))
    made = keeping.done("experts/", {"name": "方静", "specialties": ["surgery", "ent"], "username": user.username})
    address = f"experts/{made['id']}/"
    work = {"institution": here.town.clinic.code, "starts_on": "2020-01-01"}
    place = keeping.done(f"{address}workplaces/", work)
    ended = keeping.done(f"experts/workplaces/{place['id']}/endings/", {"ends_on": "2026-01-01"})
    assert ended["ends_on"] == "2026-01-01"
    assert keeping.done(f"{address}specialties/", {"specialties": ["ent"]})["specialties"] == ["ent"]
    assert [each["name"] for each in keeping.read("experts/?specialty=ent")["items"]] == ["方静"]
    assert keeping.read("experts/?specialty=surgery")["items"] == []
    assert keeping.done(f"{address}leavings/", {"reason": "退休"})["active"] is False
    assert keeping.read("experts/?active=true")["items"] == []
    unknown = keeping.post("experts/", {"name": "某", "specialties": ["ent"], "username": "nobody"})
    (error,) = problem(unknown, 409, "value-refused")["errors"]
    assert (error["field"], error["code"]) == ("username", "not_known")
    problem(Program(compliance(here)).get("experts/"), 403, "forbidden")


def test_an_expert_keeps_the_own_days_and_conflicts_and_nobody_elses(here: Desk) -> None:
    one, other = expert(here, "方静"), expert(here, "郭强")
    mine = Program(user_of(one))
    record = mine.read("my/record/")
    assert (record["id"], record["name"]) == (str(one.uuid), "方静")
    days = mine.done(f"experts/{one.uuid}/availability/", {"starts_on": "2027-01-01"})
    assert (
        mine.done(f"experts/availability/{days['id']}/endings/", {"ends_on": "2027-02-01"})["ends_on"] == "2027-02-01"
    )
    conflict = {"practitioner": here.surgeon.code, "reason": "师生"}
    declared = mine.done(f"experts/{one.uuid}/conflicts/", conflict)
    assert declared["practitioner"]["name"] == "王伟"
    theirs = other.availability.get()
    problem(mine.post(f"experts/{other.uuid}/conflicts/", conflict), 404, "not-found")
    problem(mine.post(f"experts/availability/{theirs.pk}/endings/", {"ends_on": "2027-02-01"}), 404, "not-found")
    problem(mine.post(f"experts/{one.uuid}/leavings/", {"reason": "–"}), 403, "forbidden")
    assert date(2027, 1, 1) in {each.starts_on for each in one.availability.all()}
