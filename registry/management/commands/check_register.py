"""``manage.py check_register``: does the register say what the facts say?"""

import sys
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand

from registry.ledger.checking import differences

MOST_SHOWN = 100


class Command(BaseCommand):
    """Differences go to standard output, one a line; progress goes to standard error."""

    help = (
        "Recompute everyone from the facts and compare: chains, histories, projection, codes, names, who looked into"
        " which file, and the guards of the database. Writes nothing. Exit code 1 with the first"
        f" {MOST_SHOWN} differences, 0 if there are none."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what differs. Raises SystemExit(1) if anything does."""
        found = differences(progress=self._progress)
        shown = 0
        for difference in islice(found, MOST_SHOWN):
            self.stdout.write(difference)
            shown += 1
        if not shown:
            self.stderr.write("The register says what the facts say.")
            return
        more = next(found, None) is not None
        self.stderr.write(
            f"{shown}{' or more' if more else ''} differences. rebuild_register puts periods and days right;"
            " a broken chain or a missing guard needs a person to find out who did it."
        )
        sys.exit(1)

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"{done} of {total} files checked")
