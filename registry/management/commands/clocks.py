"""``manage.py clocks``: let the clocks of the procedures run once."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appeals.actions import clockwork as appeals
from registry.actions import clockwork as register
from registry.actions.clockwork import FAILED


class Command(BaseCommand):
    """The same that beat asks for every five minutes, by hand."""

    help = (
        "Let the clocks of the procedures run once: due days, unopened notices, decisions by silence, what the day"
        " brought, talks, measures, what is overdue, and silent experts. Does nothing twice, however often it runs."
        " Exit code 1 if anything failed; the log says what."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what each part came to. Raises SystemExit(1) if anything failed."""
        now = timezone.now()
        of_register, of_appeals = register.run_clocks(now=now), appeals.run_clocks(now=now)
        failed = of_register.pop(FAILED) + of_appeals.pop(FAILED)
        for part, count in {**of_register, **of_appeals, FAILED: failed}.items():
            self.stdout.write(f"{part}: {count}")
        if failed:
            sys.exit(1)
