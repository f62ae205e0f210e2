"""A panel from the committed seed to the opened votes."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from appeals.actions.experts import declare_conflict
from appeals.actions.panels import draw_panel, fail_panel, preview_draw, refer_to_panel
from appeals.models import Expert, Panel, Seat
from appeals.queries.panels import draw_json, lots_of
from appeals.queries.pool import names_of, seed_of
from appeals.rules.draw import commitment_to
from registry.actions.errors import Refused
from registry.ledger.law import policies
from registry.models import Assignment, ProcedureStep, Role, Task
from tests.actions.deeds import merge
from tests.appeals.peers import (
    DRAWN,
    QUESTION,
    REFERRED,
    appealed,
    asked,
    cast,
    disputed,
    drawn,
    expert,
    experts,
    referred,
    shown,
    task_of,
    user_of,
)
from tests.casework import Desk, desk
from tests.town import LAW_BEGINS, at, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def test_the_reviewer_asks_a_panel_and_the_clock_of_the_review_stops(here: Desk) -> None:
    objection = disputed(here)
    panel = referred(here, objection)
    objection.refresh_from_db()
    assert (objection.state, panel.state, panel.size, panel.years_apart) == ("with_panel", "committed", 3, 3)
    assert list(panel.points.values_list("professional", flat=True)) == [True]
    assert not Task.objects.filter(kind="review", state="open").exists()
    assert Task.objects.get(kind="draw", state="open").due_on == date(2025, 3, 20)


def test_the_commitment_is_that_of_a_seed_which_no_table_shows(here: Desk) -> None:
    panel = referred(here, disputed(here))
    seed = seed_of(panel)
    assert panel.commitment == commitment_to(seed)
    assert seed not in bytes(shown(panel).sealed_seed)
    assert "sealed_seed" not in {field.name for field in Panel.history.model._meta.fields}


def test_two_panels_have_other_seeds_and_no_name_in_common(here: Desk) -> None:
    experts(here)
    first = drawn(here)
    second = drawn(here, objection=appealed(here, score(here.town, 2, REFERRED).fact, on=REFERRED))
    assert first.commitment != second.commitment
    assert first.draw
    assert second.draw
    names = [{each["id"] for each in draw["pool"]} for draw in (first.draw, second.draw)]
    assert names[0].isdisjoint(names[1])


def test_only_the_reviewer_refers_and_only_points_of_the_objection(here: Desk) -> None:
    objection = disputed(here)
    told = {"objection": objection, "question": QUESTION, "specialty": "surgery", "now": at(REFERRED)}
    points = list(objection.points.all())
    for wrong, code in (
        ({"points": points, "by": here.another}, "not_the_reviewer"),
        ({"points": [], "by": here.reviewer}, "points_missing"),
        ({"points": points, "by": here.reviewer, "question": " "}, "question_missing"),
        ({"points": points, "by": here.reviewer, "specialty": "外科"}, "specialty_unknown"),
    ):
        with pytest.raises(Refused) as refused:
            refer_to_panel(**{**told, **wrong})  # type: ignore[arg-type]
        assert refused.value.code == code
    assert not Panel.objects.exists()


def test_who_committed_the_seed_does_not_draw(here: Desk) -> None:
    experts(here)
    panel = referred(here, disputed(here))
    with pytest.raises(Refused) as refused:
        draw_panel(panel=panel, by=here.reviewer, now=at(DRAWN))
    assert refused.value.code == "committed_does_not_draw"
    assert shown(panel).state == "committed"


def test_the_drawn_experts_have_until_the_clock_of_the_policy_to_vote(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    assert (panel.state, len(asked(panel)), len(panel.reserves)) == ("voting", 3, 5)
    for seat in asked(panel):
        task = task_of(seat)
        assert (task.holder, task.user, task.due_on) == ("expert", seat.expert.user, date(2025, 4, 14))
    assert not Task.objects.filter(kind="draw", state="open").exists()


def test_the_stored_draw_verifies_against_what_was_published_and_a_changed_one_does_not(
    here: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experts(here)
    panel = drawn(here)
    file = tmp_path / "draw.json"
    file.write_text(draw_json(shown(panel)), "utf-8")
    call_command("verify_draw", str(file), commitment=panel.commitment)
    assert "Verified" in capsys.readouterr().out
    changed = json.loads(file.read_text("utf-8"))
    changed["result"]["panel"].reverse()
    file.write_text(json.dumps(changed), "utf-8")
    with pytest.raises(CommandError, match="Not as drawn: the panel"):
        call_command("verify_draw", str(file), commitment=panel.commitment)


def test_the_draw_on_record_is_verified_by_the_name_of_its_panel(
    here: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    experts(here)
    panel = drawn(here)
    call_command("verify_draw", panel=panel.uuid)
    told = capsys.readouterr().out
    assert "The commitment is the one published." in told
    assert "Verified" in told
    with pytest.raises(CommandError, match="Not as published: the commitment"):
        call_command("verify_draw", panel=panel.uuid, commitment="0" * 64)
    with pytest.raises(CommandError, match="there is no such panel"):
        call_command("verify_draw", panel=panel.objection.uuid)
    with pytest.raises(CommandError, match="either a panel or file"):
        call_command("verify_draw", "draw.json", panel=panel.uuid)
    Panel.objects.filter(pk=panel.pk).update(draw={**(panel.draw or {}), "size": 5})
    with pytest.raises(CommandError, match="Not as drawn: the digest of the case"):
        call_command("verify_draw", panel=panel.uuid)


def test_the_seats_are_those_of_the_draw_and_the_published_draw_names_nobody(here: Desk) -> None:
    pool = experts(here)
    panel = drawn(here)
    assert panel.draw is not None
    names = names_of(panel)
    assert [names.expert(seat.expert.uuid) for seat in asked(panel)] == panel.draw["result"]["panel"]
    text = draw_json(panel)
    known = [here.surgeon.code, here.town.hospital.code, here.surgeon.name, str(here.surgeon.uuid)]
    assert not [
        each for each in [*known, *(str(one.uuid) for one in pool), *(one.name for one in pool)] if each in text
    ]


def test_experts_of_the_case_are_excluded_and_it_says_why(here: Desk) -> None:
    able = experts(here, 3)
    kept_out = {
        "同院": expert(here, "同院", works_at=here.town.hospital),
        "内科": expert(here, "内科", specialties=["internal_medicine"]),
        "本人": expert(here, "本人"),
        "同案": expert(here, "同案"),
        "经办": expert(here, "经办"),
        "回避": expert(here, "回避"),
        "停用": expert(here, "停用"),
    }
    panel = referred(here, disputed(here))
    Expert.objects.filter(name="本人").update(practitioner=here.surgeon)
    Expert.objects.filter(name="经办").update(user=here.scorer)
    user_of(kept_out["停用"]).assignments.update(ends_on=DRAWN)
    declare_conflict(expert=kept_out["同案"], practitioner=here.surgeon, reason="亲属", by=None, now=at(REFERRED))
    declare_conflict(expert=kept_out["回避"], institution=here.town.hospital, reason="合作", by=None, now=at(REFERRED))
    drawn_panel = draw_panel(panel=panel, by=here.another, now=at(DRAWN))
    drawn_lots, excluded = lots_of(drawn_panel)
    assert {lot.expert for lot in drawn_lots} == set(able)
    told = {lot.expert.name: [str(reason) for reason in lot.reasons] for lot in excluded if lot.expert}
    assert told.keys() == kept_out.keys()
    assert drawn_panel.draw is not None
    codes = {each["expert"]: each["reasons"] for each in drawn_panel.draw["result"]["excluded"]}
    names = names_of(drawn_panel)
    assert {name: codes[names.expert(each.uuid)] for name, each in kept_out.items()} == {
        "同院": ["same_institution_now"],
        "内科": ["other_specialty"],
        "本人": ["part_in_the_case"],
        "同案": ["declared_conflict"],
        "经办": ["part_in_the_case", "unavailable"],
        "回避": ["declared_conflict"],
        "停用": ["unavailable"],
    }


def test_the_reviewer_and_whoever_draws_do_not_sit(here: Desk) -> None:
    experts(here, 3)
    for name, user in (("评审", here.reviewer), ("抽签", here.second)):
        expert(here, name)
        Expert.objects.filter(name=name).update(user=user)
        Assignment.objects.create(user=user, role=Role.EXPERT, starts_on=LAW_BEGINS)
    panel = draw_panel(panel=referred(here, disputed(here)), by=here.second, now=at(DRAWN))
    assert (len(asked(panel)), panel.reserves) == (3, [])
    assert {each.user for each in Expert.objects.exclude(seats__panel=panel)} == {here.reviewer, here.second}


def test_with_too_few_experts_nothing_is_drawn_and_the_refusal_says_what_is_missing(here: Desk) -> None:
    experts(here, 2)
    expert(here, "同院", works_at=here.town.hospital)
    panel = referred(here, disputed(here))
    found = preview_draw(panel=panel, by=here.another, now=at(DRAWN))
    assert (found.able, found.seats, len(found.excluded)) == (2, 3, 1)
    with pytest.raises(Refused) as refused:
        draw_panel(panel=panel, by=here.another, now=at(DRAWN))
    assert refused.value.code == "too_few_experts"
    assert "1" in str(refused.value.message)
    assert (shown(panel).state, shown(panel).draw, Seat.objects.count()) == ("committed", None, 0)
    expert(here, "新人")
    assert draw_panel(panel=panel, by=here.another, now=at(DRAWN)).state == "voting"


def test_a_panel_that_cannot_be_drawn_is_given_up_and_the_review_goes_on(here: Desk) -> None:
    objection = disputed(here)
    panel = fail_panel(panel=referred(here, objection), reason="本专业专家不足", by=here.another, now=at(DRAWN))
    objection.refresh_from_db()
    assert (panel.state, objection.state) == ("failed", "in_review")
    review = Task.objects.get(kind="review", state="open")
    assert (review.user, review.starts_on) == (here.reviewer, DRAWN)
    assert ProcedureStep.objects.get(subject=panel.uuid, act="fail").grounds == "本专业专家不足"
    assert not Task.objects.filter(kind="draw", state="open").exists()
    assert referred(here, objection, on=DRAWN).state == "committed"


def test_a_panel_that_votes_is_not_given_up_because_somebody_wants_another(here: Desk) -> None:
    experts(here)
    with pytest.raises(Refused) as refused:
        fail_panel(panel=drawn(here), reason="重抽", by=here.another, now=at(DRAWN))
    assert refused.value.code == "not_possible_now"


def test_every_act_on_a_panel_leaves_its_step(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    for seat in asked(panel):
        cast(seat, None)
    steps = ProcedureStep.objects.filter(subject=panel.uuid).order_by("pk")
    assert list(steps.values_list("act", "actor", "state_after")) == [
        ("commit", here.reviewer.pk, "committed"),
        ("draw", here.another.pk, "voting"),
        ("conclude", None, "concluded"),
    ]
    assert policies()[panel.objection.policy].get("panel.outcome") == "median"


def test_who_judged_the_case_in_a_merged_file_judges_it_for_no_file_of_the_person(here: Desk) -> None:
    experts(here)
    first = drawn(here, objection=disputed(here, who=here.nurse))
    for seat in asked(first):
        cast(seat, None)
    judged = set(first.seats.values_list("expert", flat=True))
    second, now = referred(here, disputed(here)), at(DRAWN, 16)
    assert preview_draw(panel=second, by=here.another, now=now).able == 8
    merge(here.town, here.surgeon, here.nurse, DRAWN)
    preview = preview_draw(panel=second, by=here.another, now=now)
    assert (preview.able, {each.reasons for each in preview.excluded}) == (5, {("part_in_the_case",)})
    draw_panel(panel=second, by=here.another, now=now)
    assert judged.isdisjoint(second.seats.values_list("expert", flat=True))
