"""``manage.py sweep``: tell what the day brought."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.actions.sweep import tell_what_day_brought
from registry.ledger.days import shanghai_day


class Command(BaseCommand):
    """The same that beat asks for every hour, by hand."""

    help = (
        "Tell the suspensions that began or ended and the bars that ran out because a day came. Each is told once,"
        " however often this runs; no answer of the register depends on it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            metavar="DAY",
            help="first day to look at, such as 2025-03-01 (default: the last day of which something was told)",
        )

    def handle(self, *args: Any, since: str | None, **options: Any) -> None:
        """Catch up until today and say how many changes were told."""
        now = timezone.now()
        told = tell_what_day_brought(today=shanghai_day(now), now=now, since=_day(since) if since else None)
        self.stdout.write(f"{told} changes told.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--since {text}: that is no day. Write it as year-month-day, such as 2025-03-01.") from None
