"""``manage.py clocks``: let the clocks of the procedures run once."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registry.actions.clockwork import FAILED, run_clocks


class Command(BaseCommand):
    """The same that beat asks for every five minutes, by hand."""

    help = (
        "Let the clocks of the procedures run once: due days, unopened notices, decisions by silence, what the day"
        " brought, talks, measures, and what is overdue. Does nothing twice, however often it runs. Exit code 1 if"
        " anything failed; the log says what."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what each part came to. Raises SystemExit(1) if anything failed."""
        came = run_clocks(now=timezone.now())
        for part, count in came.items():
            self.stdout.write(f"{part}: {count}")
        if came[FAILED]:
            sys.exit(1)
