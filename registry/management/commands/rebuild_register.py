"""``manage.py rebuild_register``: periods and days as the facts say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.ledger.checking import rebuild
from registry.rules.facts import InvalidHistory


class Command(BaseCommand):
    """Facts are only read; rows that are right stay as they are."""

    help = (
        "Recompute the periods and days of everyone from the facts and put right those that differ. All or nothing; "
        "checks go on meanwhile with the old answers, and whoever records something waits."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say for how many people. CommandError names a file whose facts are no valid history."""
        try:
            changed = rebuild(progress=self._progress)
        except InvalidHistory as error:
            raise CommandError(f"{error.reason}. Nothing was changed; check_register shows all of them.") from None
        self.stdout.write(f"{changed} files put right.")

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"{done} of {total} files computed")
