"""What production collects: every static file that a page names is there under its hashed name."""

import re
from collections.abc import Iterator
from io import StringIO
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template.utils import get_app_template_dirs
from django.test import Client, override_settings

from registry.config import icons
from registry.config.bootstrap import HOUSE

HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
"""That of production without its compressing, which takes a minute."""

NOT_OURS = ("drf_spectacular_sidecar", "rest_framework")
"""Large, and shown on the page that describes the API only: looked for, not collected."""

NAMED = re.compile(r"""{% static ["']([^"'{}]+)["']""")
SHOWN = re.compile(r"""["'(]/static/([^"')?#]+)""")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """All of it with hashed names; a reference in a style sheet that leads nowhere fails here already."""
    root = tmp_path_factory.mktemp("static")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}
    with override_settings(STATIC_ROOT=root, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(NOT_OURS), stdout=StringIO())
        yield root


def named() -> set[str]:
    """What the templates name, ours and those of every package."""
    folders = [HOUSE / "templates", *map(Path, get_app_template_dirs("templates"))]
    pages = chain.from_iterable(folder.rglob("*.html") for folder in folders)
    return {name for page in pages for name in NAMED.findall(page.read_text(encoding="utf-8"))}


def test_every_file_that_a_template_names_is_collected(collected: Path) -> None:
    found = named()
    assert len(found) > 40
    for name in found:
        if name.startswith(NOT_OURS):
            assert finders.find(name), name
        else:
            assert (collected / staticfiles_storage.url(name).removeprefix("/static/")).is_file(), name


@pytest.mark.django_db
def test_every_file_that_a_page_shows_is_there_under_its_hashed_name(collected: Path) -> None:
    for page in ("/public/", "/account/login/"):
        answer = Client().get(page)
        assert answer.status_code == 200, page
        shown = SHOWN.findall(answer.content.decode())
        assert shown, page
        for name in shown:
            assert (collected / name).is_file(), f"{page}: {name}"
            assert re.search(r"\.[0-9a-f]{12}\.", name), f"{page}: {name}"


def test_the_small_font_of_icons_is_the_one_that_is_collected(collected: Path) -> None:
    whole = icons.theme() / "static" / icons.SERVED_AS
    assert (collected / icons.SERVED_AS).stat().st_size * 5 < whole.stat().st_size


def test_nothing_of_ours_names_a_static_file_by_hand() -> None:
    sources = (source for name in icons.OURS for kind in icons.SPOKEN_IN for source in (HOUSE / name).rglob(kind))
    assert [source.name for source in sources if SHOWN.search(source.read_text(encoding="utf-8"))] == []
