"""``manage.py drill``: can the register be brought back from its backup?"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from registry.config import folders
from registry.config.backups.drill import drill
from registry.config.backups.dumping import back_up
from registry.config.database import parameters
from registry.config.trouble import Trouble


class Command(BaseCommand):
    """Makes a backup, or takes one, and restores it on a server of its own; the register that runs is only read."""

    help = (
        "Back up the register (or take FILE), restore it on an empty PostgreSQL that is thrown away afterwards, compare"
        " everything, run check_register there, and ask both the same settlement checks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a backup; default: one made now")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        """Go through it. CommandError says what failed."""
        settings_dict = connection.settings_dict
        keeper = parameters(settings_dict, "KEEPER") if settings_dict["KEEPER"] else None
        try:
            if file is not None:
                drill(file.absolute(), say=self._say)
                return
            with folders.temporary("backup") as folder:
                back_up(folder / "register.dump", keeper)
                self._say("Backed up")
                drill(folder / "register.dump", say=self._say)
        except Trouble as trouble:
            raise CommandError(str(trouble)) from None

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
