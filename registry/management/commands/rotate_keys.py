"""``manage.py rotate_keys``: seal everything under the first key of the settings."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from appeals.actions import resealing as appeals
from registry.actions.resealing import PLACES, Place, counts_of, remaining, seal_anew
from registry.config.database import as_owner
from registry.pages.sign_in import resealing as sign_in

EVERYWHERE: tuple[Place, ...] = (*PLACES, *appeals.PLACES, *sign_in.PLACES)


class Command(BaseCommand):
    """As the owner of the tables: the application may renew no seal in an append-only table."""

    help = (
        "Seal everything anew under the first keys of REGISTRY_DOCUMENT_KEY and REGISTRY_INDEX_KEY, in steps of a"
        " moment each, while web and workers go on; started again after a stop, it goes on where it was."
        " The order of things: (1) add the new key behind the old one (1:old,2:new) and restart every process;"
        " (2) put it first (2:new,1:old) and restart them; (3) run this; (4) when --check finds nothing, take the old"
        " key away. REGISTRY_CHAIN_KEY is never changed: the ledger's hashes were made with it."
        " Exit code 1 while anything needs an older key."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--check."""
        parser.add_argument("--check", action="store_true", help="only count what is sealed under which key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many rows each key seals. Raises CommandError while one of them is not the present one."""
        connection.close()
        with as_owner(connection.settings_dict):
            try:
                left = self._carry_out(only_check=options["check"])
            finally:
                connection.close()
        if left:
            raise CommandError(
                f"{left} seals still need an older key: leave it in the settings, and run this again."
                " The log names what does not open."
            )
        self.stdout.write("Everything is sealed under the present keys.")

    def _carry_out(self, *, only_check: bool) -> int:
        if not only_check:
            seal_anew(EVERYWHERE, progress=self._progress)
        for place in EVERYWHERE:
            self._tell(place)
        return remaining(EVERYWHERE)

    def _progress(self, name: str, done: int) -> None:
        self.stderr.write(f"{name}: {done} sealed anew")

    def _tell(self, place: Place) -> None:
        counts = counts_of(place)
        said = [
            f"{count} under key {number}" if number else f"{count} under a key without a number"
            for number, count in sorted(counts.items(), key=lambda each: each[0] or 0)
        ]
        self.stdout.write(f"{place.name}: {', '.join(said) or 'nothing'} (present key: {place.present_key})")
