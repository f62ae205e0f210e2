"""``manage.py check_register``: does the register say what the facts say?"""

import sys
from argparse import ArgumentParser
from contextlib import closing
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.config.hands import HandLost, hands
from registry.ledger.checking import differences
from registry.management.pace import Pace, add_jobs

MOST_SHOWN = 100


class Command(BaseCommand):
    """Differences go to standard output, one a line; progress goes to standard error."""

    help = (
        "Recompute everyone from the facts and compare: chains, histories, projection, codes, names, who is found in"
        " which region, who looked into which file, and the guards of the database. Writes nothing and holds nobody"
        " up; what is recorded meanwhile is"
        f" not looked at. Exit code 1 with the first {MOST_SHOWN} differences, 0 if there are none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_jobs(parser)

    def handle(self, *args: Any, jobs: int, **options: Any) -> None:
        """Print what differs. Raises SystemExit(1) if anything does."""
        try:
            shown, more = self._show(jobs)
        except HandLost as error:
            raise CommandError(f"{error} Not everything was looked at.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Not everything was looked at.", returncode=130) from None
        if not shown:
            self.stderr.write("The register says what the facts say.")
            return
        self.stderr.write(
            f"{shown}{' or more' if more else ''} differences. rebuild_register puts periods and days right;"
            " a broken chain or a missing guard needs a person to find out who did it."
        )
        sys.exit(1)

    def _show(self, jobs: int) -> tuple[int, bool]:
        """How many were shown, and whether there are more."""
        shown = 0
        progress = Pace(self.stderr.write, "checked")
        with hands(jobs) as spread, closing(differences(spread=spread, progress=progress, then=self._go_on)) as found:
            for difference in islice(found, MOST_SHOWN):
                self.stdout.write(difference)
                shown += 1
            more = shown > 0 and next(found, None) is not None
        return shown, more

    def _go_on(self) -> None:
        self.stderr.write("Now codes, names, who is found in which region and who looked into which file.")
