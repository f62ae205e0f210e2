"""``manage.py replicas``: settlement checks asked of a read replica, shown on this machine."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from registry.config import folders
from registry.config.backups.drill import on, restored
from registry.config.backups.dumping import back_up
from registry.config.database import parameters
from registry.config.following import show
from registry.config.trouble import Trouble


class Command(BaseCommand):
    """Works on a copy of the register; the one that runs is only read."""

    help = (
        "Restore a backup of the register (or FILE) on a PostgreSQL that is thrown away, start a second one that"
        " follows it by streaming replication, and show what a settlement check answers while the replica follows,"
        " stands still, is too far behind, and is gone. A register is given one by REGISTRY_CHECK_DATABASE_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a backup; default: one made now")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        """Show it. CommandError says what is wrong."""
        settings_dict = connection.settings_dict
        keeper = parameters(settings_dict, "KEEPER") if settings_dict["KEEPER"] else None
        try:
            with folders.temporary("backup") as folder:
                dump = file.absolute() if file else folder / "register.dump"
                if file is None:
                    back_up(dump, keeper)
                with restored(dump, say=self._say, streaming=True) as copy, on(copy):
                    show(copy, say=self._say)
        except Trouble as trouble:
            raise CommandError(str(trouble)) from None

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
