"""``manage.py purge``: forget what the policy keeps no longer."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registry.actions.retention import purge


class Command(BaseCommand):
    """The same that beat asks for, by hand."""

    help = (
        "Forget what the national policy keeps no longer (`retention` in its file): files and rows of rosters, attempts"
        " to sign in, codes of access. Append-only tables and histories are kept for ever."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="only count what would be forgotten")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many records of each kind."""
        for kind, count in purge(now=timezone.now(), dry_run=options["dry_run"]).items():
            self.stdout.write(f"{kind}: {count}")
