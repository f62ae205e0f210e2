"""The frame of every page of the office is the theme's, less what no page uses."""

import gzip
import re
from importlib.metadata import version
from pathlib import Path

import pytest
import unfold
from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.test import Client

from registry.config.bootstrap import HOUSE
from registry.models import User
from tests.admin.conftest import SignIn
from tests.admin.deeds import url
from tests.town import Town, handle

FRAME = Path("templates/unfold/layouts/skeleton.html")
LEFT_OUT = (
    "fonts/inter/styles.css",
    "alpine/alpine.anchor.js",
    "alpine/alpine.sort.js",
    "chart/chart.js",
    "simplebar/simplebar.css",
    "simplebar/simplebar.js",
    "htmx/htmx.js",
    "helpers/command.html",
)
NEEDS_WHAT_IS_LEFT_OUT = ("x-anchor", "hx-get", "hx-post", "<canvas")
ADDED = 'class="rg-skip'
MOST_BYTES, OF_HEADERS = 150_000, 600
ICONS = "/static/unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2"
PICKER = "registry/picker.js"


def test_our_frame_is_that_of_the_installed_theme_less_what_no_page_uses_and_with_a_link_past_the_menu() -> None:
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


def weight(client: Client, address: str) -> int:
    """What comes over the wire for the page without a cache: page and files compressed, icons, headers."""
    page = client.get(address, headers={"accept-encoding": "gzip"})
    assert page.status_code == 200, address
    assert page["Content-Encoding"] == "gzip"
    html = gzip.decompress(page.content).decode()
    files = {*re.findall(r'<script[^>]+src="(/static/[^"]+)"', html), *re.findall(r'<link[^>]+"(/static/[^"]+)"', html)}
    assert len(files) > 8, address
    found = sum(len(gzip.compress(read_static(each))) for each in files)
    return len(page.content) + found + len(read_static(ICONS)) + OF_HEADERS * (len(files) + 2)


def read_static(address: str) -> bytes:
    """The file that is served there."""
    found = finders.find(address.removeprefix(settings.STATIC_URL))
    assert isinstance(found, str), address
    return Path(found).read_bytes()


def test_the_heaviest_pages_are_light(sign_in: SignIn, security: User, administrator: User, town: Town) -> None:
    pages = {
        security: [url("registry_user_add"), url("registry_user_change", town.officer.pk)],
        administrator: [url("registry_phasein_add"), url("registry_handling_changelist")],
        town.officer: [url("registry_handling_changelist"), url("index"), url("identify", handle(town).case.pk)],
    }
    heavy = {each: weight(sign_in(user), each) for user, found in pages.items() for each in found}
    assert {page: found for page, found in heavy.items() if not 60_000 < found < MOST_BYTES} == {}


def test_no_page_needs_what_is_left_out(sign_in: SignIn, administrator: User, security: User, town: Town) -> None:
    forms = {
        administrator: [url("registry_region_add"), url("registry_agency_change", town.agency.pk)],
        security: [url("registry_user_add"), url("registry_user_change", town.officer.pk)],
        town.officer: [url("index"), url("registry_handling_changelist"), url("registry_practitioner_changelist")],
    }
    for user, pages in forms.items():
        client = sign_in(user)
        for each in pages:
            page = client.get(each).content.decode()
            assert "unfold/js/app.js" in page, each
            assert [name for name in NEEDS_WHAT_IS_LEFT_OUT if name in page] == [], each


@pytest.mark.parametrize("kind", ["practitioner", "case", "pointsentry"])
def test_a_list_loads_no_script_of_forms(sign_in: SignIn, town: Town, kind: str) -> None:
    page = sign_in(town.officer).get(url(f"registry_{kind}_changelist")).content.decode()
    assert "unfold/js/app.js" in page
    assert [name for name in ("xregexp", "urlify", "prepopulate.js", "actions.js", "chart.js") if name in page] == []


def test_a_list_that_is_filtered_by_institution_loads_what_searches(sign_in: SignIn, town: Town) -> None:
    page = sign_in(town.officer).get(url("registry_serviceagreement_changelist")).content.decode()
    assert PICKER in page
    assert "jquery" not in page


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
