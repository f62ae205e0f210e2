"""``manage.py notices``: announce and push once."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.actions import background
from registry.actions.one_by_one import SomeFailed


class Command(BaseCommand):
    """The same that beat asks for every few seconds, by hand."""

    help = (
        "Announce what the register has that nobody was told of, and send what is due to the systems that receive"
        " and by e-mail."
        " Does nothing twice, however often it runs. Exit code 1 if anything failed; the log says what."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many events were made, letters and mails tried. Raises SystemExit(1) if anything failed."""
        failed = 0
        try:
            made = background.announce(clock=timezone.now)
        except SomeFailed as some:
            made, failed = some.moved, some.failed
        background.digests(clock=timezone.now)
        pushed, mailed = background.push(clock=timezone.now), background.mail(clock=timezone.now)
        self.stdout.write(f"announced: {made}\nfailed: {failed}\ntried: {pushed}\nmails: {mailed}")
        if failed:
            sys.exit(1)
