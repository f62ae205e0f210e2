"""Ways around a fair hearing that are closed: the panel is not avoided, and nobody ends an objection but its author."""

from datetime import date, timedelta

import pytest

from appeals.actions.experts import declare_conflict, leave_pool
from appeals.actions.objections import declare_out_of_scope, withdraw_objection
from appeals.actions.panels import fail_panel
from appeals.models import Panel
from registry.actions.procedure import for_agency, for_institution, for_practitioner
from tests.appeals.disputes import NEXT_DAY, decided, in_review, objected, refusal
from tests.appeals.peers import DRAWN, asked, cast, disputed, drawn, experts, referred
from tests.appeals.repairs import offered
from tests.casework import Desk, desk, received
from tests.town import at, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def test_a_panel_given_up_although_it_could_be_drawn_leaves_its_points_to_experts(here: Desk) -> None:
    experts(here)
    objection = disputed(here)
    panel = fail_panel(panel=referred(here, objection), reason="专业选错", by=here.reviewer, now=at(DRAWN))
    objection.refresh_from_db()
    assert (panel.state, objection.state) == ("cancelled", "in_review")
    assert refusal(decided, here, objection, "upheld", now=at(DRAWN, 12)).code == "peer_review_missing"
    assert referred(here, objection, on=DRAWN).state == "committed"


def test_without_enough_experts_the_points_may_be_decided_without_a_panel(here: Desk) -> None:
    experts(here, 2)
    objection = disputed(here)
    fail_panel(panel=referred(here, objection), reason="专家不足", by=here.another, now=at(DRAWN))
    decided(here, objection, "upheld", now=at(DRAWN, 12))


def test_a_panel_whose_seal_is_broken_is_given_up_all_the_same(here: Desk) -> None:
    experts(here)
    panel = referred(here, disputed(here))
    Panel.objects.filter(pk=panel.pk).update(sealed_seed=bytes(80))
    assert fail_panel(panel=panel, reason="种子损坏", by=here.another, now=at(DRAWN)).state == "cancelled"


def test_who_left_the_pool_keeps_the_seat_but_not_with_a_conflict(here: Desk) -> None:
    experts(here)
    first, second, _third = asked(drawn(here))
    for seat in (first, second):
        leave_pool(expert=seat.expert, reason="退休", by=here.town.officer, now=at(DRAWN))
    declare_conflict(expert=second.expert, institution=here.town.hospital, reason="受聘", by=None, now=at(DRAWN))
    assert cast(first, None).state == "voted"
    assert refusal(cast, second, None).code == "must_step_back"


def test_what_a_panel_has_judged_is_not_closed_as_out_of_scope(here: Desk) -> None:
    experts(here)
    panel = drawn(here)
    for seat in asked(panel):
        cast(seat, 0)
    objection, given = panel.objection, {"grounds": "与记分无关", "by": here.another, "now": at(DRAWN, 17)}
    assert refusal(declare_out_of_scope, objection=objection, **given).code == "panel_has_judged"
    withdraw_objection(objection=objection, acting=for_practitioner(), now=at(DRAWN, 18))


@pytest.mark.parametrize("who", ["scorer", "identifier"])
def test_who_had_a_part_in_the_points_records_no_withdrawal(here: Desk, who: str) -> None:
    objection = in_review(here, objected(received(here, 6), "不是我"))
    acting = for_agency(getattr(here, who), here.town.agency)
    given = {"objection": objection, "reason": "来信撤回", "acting": acting, "now": at(NEXT_DAY, 12)}
    assert refusal(withdraw_objection, **given).code == "had_a_part"


def test_a_withdrawal_on_paper_says_how_the_person_said_so(here: Desk) -> None:
    objection = objected(received(here, 6), "不是我")
    given = {"objection": objection, "acting": for_agency(here.another, here.town.agency), "now": at(NEXT_DAY, 12)}
    assert refusal(withdraw_objection, **given).code == "reason_missing"
    assert withdraw_objection(reason="3月11日来信", **given).state == "withdrawn"  # type: ignore[arg-type]


def test_an_institution_withdraws_nothing(here: Desk) -> None:
    objection = objected(received(here, 6), "不是我")
    acting = for_institution(here.town.officer, here.town.hospital)
    given = {"objection": objection, "reason": "医院撤回", "acting": acting, "now": at(NEXT_DAY, 12)}
    assert refusal(withdraw_objection, **given).code == "only_the_person_withdraws"


def test_an_activity_from_before_the_law_is_refused_in_words() -> None:
    town = build("510100")
    before = date(2024, 12, 1)
    told = refusal(offered, town, before, ends_on=DRAWN, now=at(DRAWN - timedelta(days=1)))
    assert (told.code, told.field) == ("activity_before_the_law", "starts_on")
