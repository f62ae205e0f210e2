"""The frame of every page of the office is the theme's, less what no page uses."""

from importlib.metadata import version
from pathlib import Path

import pytest
import unfold
from django.contrib import admin
from django.test import Client

from registry.config.bootstrap import HOUSE
from registry.models import User
from tests.admin.conftest import SignIn
from tests.admin.deeds import url
from tests.town import Town

FRAME = Path("templates/unfold/layouts/skeleton.html")
LEFT_OUT = ("fonts/inter/styles.css", "alpine/alpine.sort.js", "chart/chart.js")
ADDED = 'class="rg-skip'
SEARCHED = ("select2.full.min.js", "select2.css", "jquery.init.js")


def test_our_frame_is_that_of_the_installed_theme_less_three_lines_and_with_a_link_past_the_menu() -> None:
    ours = (HOUSE / FRAME).read_text()
    theirs = (Path(unfold.__file__).parent / FRAME).read_text().splitlines()
    left = [line for line in theirs if not any(each in line for each in LEFT_OUT)]
    assert len(theirs) - len(left) == len(LEFT_OUT)
    lines = ours.partition("{% endcomment %}\n")[2].splitlines()
    assert [line for line in lines if ADDED not in line] == left
    assert len(lines) == len(left) + 1
    assert f"django-unfold {version('django-unfold')} " in ours


def test_no_list_is_sorted_by_hand() -> None:
    assert [page for page in admin.site._registry.values() if getattr(page, "ordering_field", None)] == []


@pytest.mark.parametrize("kind", ["practitioner", "case", "pointsentry"])
def test_a_list_loads_no_script_of_forms(sign_in: SignIn, town: Town, kind: str) -> None:
    page = sign_in(town.officer).get(url(f"registry_{kind}_changelist")).content.decode()
    assert "unfold/js/app.js" in page
    assert [name for name in ("xregexp", "urlify", "prepopulate.js", "actions.js", "chart.js") if name in page] == []


def test_a_list_that_is_filtered_by_institution_loads_what_searches(sign_in: SignIn, town: Town) -> None:
    page = sign_in(town.officer).get(url("registry_serviceagreement_changelist")).content.decode()
    assert [name for name in SEARCHED if name not in page] == []


def test_what_picks_a_day_comes_after_what_it_stands_on(sign_in: SignIn, town: Town) -> None:
    page = sign_in(town.officer).get(url("registry_pointsentry_changelist")).content.decode()
    assert -1 < page.find("admin/js/core.js") < page.find("js/DateTimeShortcuts.js")


def test_who_made_a_change_is_a_link_only_for_those_who_read_accounts(
    sign_in: SignIn, administrator: User, town: Town
) -> None:
    client: Client = sign_in(administrator)
    told = {"code": town.agency.code, "name": "改名", "region": town.agency.region_id}
    client.post(url("registry_agency_change", town.agency.pk), told)
    history = client.get(url("registry_agency_history", town.agency.pk))
    assert history.status_code == 200
    assert "guan" in history.content.decode()
    assert "/registry/user/" not in history.content.decode()
