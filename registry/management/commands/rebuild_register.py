"""``manage.py rebuild_register``: periods and days as the facts say."""

from argparse import ArgumentParser
from functools import partial
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.config.hands import HandLost, hands
from registry.ledger.rebuilding import Busy, rebuild
from registry.management.pace import Pace, add_jobs
from registry.rules.facts import InvalidHistory


class Command(BaseCommand):
    """Facts are only read; rows that are right stay as they are."""

    help = (
        "Recompute the periods and days of everyone from the facts and put right those that differ. All or nothing; "
        "checks go on meanwhile with the old answers. Whoever records something waits only for a file that differs, and"
        " only while those are written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_jobs(parser)

    def handle(self, *args: Any, jobs: int, **options: Any) -> None:
        """Rebuild and say how many files were wrong. CommandError names a file whose facts are no valid history."""
        locked: list[float] = []
        progress = Pace(self.stderr.write, "computed")
        try:
            changed = rebuild(
                hands=partial(hands, jobs), progress=progress, locking=lambda _files: locked.append(monotonic())
            )
        except InvalidHistory as error:
            raise CommandError(f"{error.reason}. Nothing was changed; check_register shows all of them.") from None
        except HandLost as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        except Busy as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was changed.", returncode=130) from None
        self.stdout.write(f"{changed} files put right.")
        if locked:
            self.stderr.write(f"Whoever wrote to these files waited for at most {monotonic() - locked[0]:.2f} s.")
