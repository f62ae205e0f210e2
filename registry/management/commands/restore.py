"""``manage.py restore``: a backup into an empty database, compared with its manifest."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from registry.config.backups.dumping import restore
from registry.config.database import parameters
from registry.config.trouble import Trouble
from registry.management.numbers import number_of
from registry.management.pace import MOST_JOBS


class Command(BaseCommand):
    """Logs in by DATABASE_OWNER_URL."""

    help = (
        "Restore FILE, as `backup` made it, into the database of DATABASE_OWNER_URL, which must be empty, and compare"
        " rows, chains, guards and roles with its manifest. Refuses other keys, another register, a newer schema."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the dump; its manifest lies beside it")
        parser.add_argument(
            "--jobs",
            type=number_of("connections", least=1, most=MOST_JOBS),
            default=1,
            metavar="N",
            help="so many connections at once; with more than one it is not all or nothing (default: %(default)s)",
        )

    def handle(self, *args: Any, file: Path, jobs: int, **options: Any) -> None:
        """Restore it and say so. CommandError says what is wrong and what to do."""
        connection.close()
        try:
            manifest = restore(file.absolute(), parameters(connection.settings_dict, "OWNER"), jobs=jobs)
        except Trouble as trouble:
            raise CommandError(str(trouble)) from None
        self.stdout.write(f"Restored as of {manifest.made_at}, and all of it is there.")
        self.stderr.write("Now run migrate, where the register is newer than the backup, and check_register.")
