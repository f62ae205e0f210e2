"""``manage.py backup``: the whole database as one file, with a paper that says what must be in it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from registry.config.backups.dumping import back_up
from registry.config.backups.manifest import beside
from registry.config.database import parameters
from registry.config.trouble import Trouble

KEYS = (
    "The keys are not in it (SECRET_KEY and REGISTRY_DOCUMENT_KEY, _INDEX_KEY, _CHAIN_KEY, _CERTIFICATE_KEY): keep them"
    " elsewhere, under the hands of other people, for as long as the backup. Without them it cannot be restored."
)


class Command(BaseCommand):
    """Logs in by DATABASE_BACKUP_URL, as a role that reads every row and writes nothing."""

    help = (
        "Dump the database into FILE, in the custom format of pg_dump, with FILE.manifest.json beside it: rows and"
        f" digests by table, ends of the chains, schema, guards and roles. Both show one moment. {KEYS}"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="where to; nothing may be there yet")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Make it and say what is in it. CommandError says what is wrong and what to do."""
        settings_dict = connection.settings_dict
        keeper = parameters(settings_dict, "KEEPER") if settings_dict["KEEPER"] else None
        try:
            manifest = back_up(file.absolute(), keeper)
        except Trouble as trouble:
            raise CommandError(str(trouble)) from None
        held = manifest.contents
        rows = sum(rows for rows, _digest in held.tables.values())
        self.stdout.write(
            f"{file} and {beside(file).name}: {len(held.tables)} tables, {rows:,} rows, {manifest.made_at}"
        )
        self.stderr.write(KEYS)
