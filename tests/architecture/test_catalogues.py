"""Everything a person reads is there in Chinese too."""

import gettext
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from registry.config.bootstrap import HOUSE
from tests.architecture.house import files, told

CATALOGUES = sorted(path for path in files() if path.name == "django.po")
TRANSLATED = ("registry", "appeals", "notifications", "templates")
EXTRACT = ["makemessages", "--locale", "zh_Hans", "--no-obsolete", "--no-location", "--verbosity", "0"]

pytestmark = pytest.mark.skipif(
    shutil.which("msgattrib") is None and "CI" not in os.environ, reason="the tools of gettext are not installed"
)


def messages(catalogue: Path, *options: str) -> list[str]:
    """The first lines of the messages of that kind."""
    command = ["msgattrib", "--no-location", "--no-wrap", *options, str(catalogue)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if line.startswith("msgid ") and line != 'msgid ""']


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=told)
def test_no_message_is_without_translation_and_none_is_a_guess(catalogue: Path) -> None:
    assert messages(catalogue, "--untranslated", "--no-obsolete") == []
    assert messages(catalogue, "--only-fuzzy", "--no-obsolete") == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=told)
def test_the_compiled_catalogue_is_that_of_the_source(catalogue: Path, tmp_path: Path) -> None:
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check", "--output-file", compiled, catalogue], check=True)
    with compiled.open("rb") as ours, catalogue.with_suffix(".mo").open("rb") as kept:
        assert gettext.GNUTranslations(ours)._catalog == gettext.GNUTranslations(kept)._catalog  # type: ignore[attr-defined]


@pytest.mark.skipif(not CATALOGUES, reason="there is no catalogue yet")
def test_extracting_again_finds_no_new_message(tmp_path: Path) -> None:
    copy = tmp_path / "house"
    copy.mkdir()
    for name in ("manage.py", "requirements.lock", "requirements-dev.lock", *TRANSLATED):
        source = HOUSE / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    subprocess.run([sys.executable, "manage.py", *EXTRACT], cwd=copy, check=True)
    for catalogue in copy.rglob("django.po"):
        original = HOUSE / catalogue.relative_to(copy)
        assert messages(catalogue, "--untranslated") == []
        assert messages(catalogue, "--only-fuzzy") == []
        assert original.exists(), f"{told(original)} is new"
