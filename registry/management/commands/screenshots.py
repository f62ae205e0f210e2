"""``manage.py screenshots``: a picture of every page of a demo, in both languages and at three widths."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.config import environment
from registry.config.bootstrap import HOUSE

FOLDER = HOUSE / "screenshots"


class Command(BaseCommand):
    """A demo of its own is gone through by its links, as each of its users, with the browser of the tests."""

    help = (
        "Take a picture of every page as each user sees it, to look at. Needs chromium; the pictures are not committed."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pictures go; default: screenshots/")
        parser.add_argument("--role", help="as whom: practitioner, compliance_officer, nobody ...; default: everybody")
        parser.add_argument("--language", choices=["zh-hans", "en"], action="append", help="default: both")
        parser.add_argument("--width", type=int, action="append", help="in pixels; default: 390, 820 and 1440")

    def handle(
        self,
        *args: Any,
        folder: Path,
        role: str | None,
        language: list[str] | None,
        width: list[int] | None,
        **options: Any,
    ) -> None:
        asks_no_database = {"DATABASE_URL": environment.NOWHERE}  # the demo that it starts has its own
        environ = {**asks_no_database, **environment.for_tests(), **environment.given(os.environ)}
        environ["DJANGO_SETTINGS_MODULE"] = os.environ["DJANGO_SETTINGS_MODULE"]
        words = [sys.executable, "-m", "tests.browser.screenshots", str(folder.absolute())]
        words += ["--role", role] if role else []
        words += [f"--language={each}" for each in language or []]
        words += [f"--width={each}" for each in width or []]
        done = subprocess.run(words, cwd=HOUSE, env=environ, check=False)
        if done.returncode:
            raise CommandError("The pictures could not be taken.", returncode=done.returncode)
