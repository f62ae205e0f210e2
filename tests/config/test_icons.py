"""The small font of icons: every icon that is named anywhere, and little else."""

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from registry.admin.theme import NAVIGATION, UNFOLD
from registry.config import icons
from registry.config.bootstrap import HOUSE

MARK = re.compile(r'material-symbols-outlined[^>]*>\s*([a-z0-9_]+)\s*<|icon="([a-z0-9_]+)"|"icon": "([a-z0-9_]+)"')


@pytest.fixture(autouse=True)
def _made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fonts are looked for in a place of this test."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    icons.folder_of_icons.cache_clear()
    yield
    icons.folder_of_icons.cache_clear()


def whole() -> bytes:
    return (icons.theme() / "static" / icons.SERVED_AS).read_bytes()


def names(font: bytes) -> set[str]:
    from fontTools.ttLib import TTFont

    return set(icons.ligatures(TTFont(BytesIO(font))))


def named_in_sources() -> set[str]:
    """What stands where an icon stands, in our templates and the theme's, and in the side bar."""
    groups: Any = NAVIGATION
    items = [item for group in groups for item in group["items"]]
    found = {UNFOLD["SITE_SYMBOL"], *(item["icon"] for item in items)}
    for folder in (HOUSE / "templates", icons.theme() / "templates", *(HOUSE / name for name in icons.OURS)):
        for source in (each for kind in ("*.html", "*.py") for each in folder.rglob(kind)):
            found |= {name for marks in MARK.findall(source.read_text()) for name in marks if name}
    return found


def test_the_font_that_is_served_holds_every_icon_that_is_named_and_is_a_fifth_of_the_theme_s() -> None:

    path = finders.find(icons.SERVED_AS)
    assert isinstance(path, str)
    served = Path(path).read_bytes()
    asked = named_in_sources()
    assert {"badge", "chevron_right", "dark_mode"} <= asked
    assert sorted(asked - names(whole())) == []
    assert sorted(asked - names(served)) == []
    assert "rocket_launch" in names(whole()) - names(served)
    assert len(served) < len(whole()) / 5
    assert Path(finders.find("unfold/css/styles.css") or "").is_relative_to(icons.theme())


def test_it_is_made_once_and_again_when_the_words_change(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[set[str]] = []

    def small(font: bytes, spoken: set[str]) -> bytes:
        made.append(spoken)
        return b"small"

    monkeypatch.setattr(icons, "small", small)
    first = icons.folder_of_icons()
    icons.folder_of_icons.cache_clear()
    assert (icons.folder_of_icons(), len(made)) == (first, 1)
    icons.folder_of_icons.cache_clear()
    monkeypatch.setattr(icons, "words", lambda folders: {"rocket_launch"})
    assert icons.folder_of_icons() != first
    assert made[1:] == [{"rocket_launch"}]


def test_where_it_cannot_be_made_the_whole_font_is_served(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(font: bytes, spoken: set[str]) -> bytes:
        raise OSError("no room")

    monkeypatch.setattr(icons, "small", broken)
    with caplog.at_level(logging.WARNING):
        path = finders.find(icons.SERVED_AS)
    assert Path(str(path)).read_bytes() == whole()
    assert "no room" in caplog.text
