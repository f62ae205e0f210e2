"""The icons of the office: of the theme's font of thousands only those that are named somewhere, 292 kB less.

Every word that stands alone, in quotation marks or between tags, in our code or the theme's, and is the name of an icon
keeps its icon, so there is no list to forget. What only happens to be such a name costs 60 bytes. The small font is
made when static files are first looked for, by the web server or by ``collectstatic``, and kept in a private folder for
temporary files; where it cannot be made, the whole font is served.
"""

import hashlib
import logging
import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from os import geteuid
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from registry.config.bootstrap import HOUSE
from registry.config.folders import private
from registry.config.trouble import Trouble

SERVED_AS = "unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2"
SPOKEN_IN = ("*.html", "*.py", "*.js", "*.css")
WORD = re.compile(r"""(?<=[>}"'])\s*([a-z0-9_]{2,40})\s*(?=[<{"'])""")
OURS = ("templates", "registry", "appeals", "notifications")
NO_SPEAKERS = ("alpine", "chart", "htmx", "simplebar")
"""Folders of libraries in the theme: their words are no icons."""


def theme() -> Path:
    """The folder of the installed theme."""
    found = find_spec("unfold")
    assert found
    assert found.origin
    return Path(found.origin).parent


def words(folders: Iterable[Path]) -> set[str]:
    """Every word that stands alone in the sources below these folders, libraries left out."""
    return {
        word
        for folder in folders
        for kind in SPOKEN_IN
        for source in folder.rglob(kind)
        if source.parent.name not in NO_SPEAKERS
        for word in WORD.findall(source.read_text(encoding="utf-8"))
    }


def ligatures(font: Any) -> dict[str, str]:
    """The name of each icon in the font, and its glyph."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in (getattr(each, "ExtSubTable", each) for each in lookup.SubTable):
            for first, rest in getattr(table, "ligatures", {}).items():
                for each in rest:
                    found["".join(letters.get(glyph, "?") for glyph in (first, *each.Component))] = each.LigGlyph
    return found


def small(whole: bytes, spoken: set[str]) -> bytes:
    """The font with the icons that are spoken of, and the letters that their names are made of."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(whole))
    icons = ligatures(font)
    kept = {name for name in icons if name in spoken}
    options = Options(layout_closure=False, layout_features=["*"], flavor="woff2")
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={ord(letter) for name in kept for letter in name}, glyphs=[icons[n] for n in kept])
    subsetter.subset(font)
    font.flavor = "woff2"
    made = BytesIO()
    font.save(made)
    return made.getvalue()


@cache
def folder_of_icons() -> Path | None:
    """Where the small font lies under the name that it is served by; None where it cannot be made."""
    try:
        whole = (theme() / "static" / SERVED_AS).read_bytes()
        spoken = words([theme(), *(HOUSE / name for name in OURS)])
        digest = hashlib.sha256(whole + " ".join(sorted(spoken)).encode()).hexdigest()[:16]
        folder = private(Path(tempfile.gettempdir()) / f"register-icons-{geteuid()}") / digest
        file = folder / SERVED_AS
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as made:
                made.write(small(whole, spoken))
            Path(made.name).replace(file)
    except (ImportError, OSError, Trouble) as error:
        logging.getLogger(__name__).warning("The whole font of icons is served: %s", error)
        return None
    return folder


class SmallIcons(BaseFinder):
    """Finds the small font before the theme's."""

    def find(self, path: str, **kwargs: Any) -> Any:  # type: ignore[override]  # Django calls it with either name
        """Its place, when it is asked for."""
        folder = folder_of_icons() if path == SERVED_AS else None
        many = kwargs.get("find_all", kwargs.get("all", False))
        if folder is None:
            return []
        return [str(folder / path)] if many else str(folder / path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        """The one file."""
        if folder := folder_of_icons():
            yield SERVED_AS, FileSystemStorage(location=folder)
