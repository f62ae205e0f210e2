"""``manage.py seed``: fill an empty register with data to look at."""

import dataclasses
import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from registry.config.database import as_owner
from registry.management.numbers import number_of
from registry.models import Institution, Practitioner

MANY = 20_000
"""From so many people on the register is written straight into its tables: acts make some ten people a second."""
MOST = 20_000_000
"""The country has 13 to 16 million practitioners; codes and documents are made up for no more."""

NOT_EMPTY = (
    "There are people or institutions in this register. Name an empty one with DATABASE_URL and DATABASE_OWNER_URL"
    " (python3 manage.py migrate makes its tables)."
)


class Command(BaseCommand):
    """The outermost shell of registry.desks.demo_data and registry.desks.nation."""

    help = (
        "Fill an empty register with made-up data. The same --seed and --practitioners give the same people and points."
        f" Up to {MANY:,} people the history is made by the acts of officers, with objections, panels and repair;"
        " beyond, everything is written straight into the tables, in one transaction of their owner"
        " (DATABASE_OWNER_URL): a hundredth of the people is not normal, and nothing is disputed. 2.8 kB a person."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--practitioners",
            type=number_of("people", least=1, most=MOST, why="The country has no more practitioners."),
            default=2000,
            metavar="N",
            help="how many people (default: %(default)s)",
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=2025,
            metavar="N",
            help="another number makes other people (default: %(default)s)",
        )
        parser.add_argument(
            "--without-history",
            metavar="CODE",
            help="people and places only, and log-ins in the province with this code",
        )
        parser.add_argument(
            "--into",
            type=Path,
            metavar="FILE",
            help="write the log-ins there, readable by you only; default: standard output",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and tell the log-ins as JSON."""
        self._began = time.monotonic()
        from registry.desks import demo_data

        self._refuse(options, demo_data.homes())
        if options["practitioners"] > MANY and options["without_history"] is None:
            self._tell(self._nation(options), options["into"])
            return
        if options["practitioners"] < demo_data.FEWEST:
            raise CommandError(f"--practitioners {options['practitioners']}: at least {demo_data.FEWEST} are needed.")
        if Institution.objects.exists() or Practitioner.objects.exists():
            raise CommandError(NOT_EMPTY)
        wanted: dict[str, Any] = {name: options[name] for name in ("practitioners", "seed")}
        wanted |= {"now": timezone.now(), "progress": self._progress}
        if (home := options["without_history"]) is not None:
            loaded = demo_data.load_without_history(home=home, **wanted)
        else:
            loaded = demo_data.load(**wanted)
        self._tell(loaded, options["into"])

    def _refuse(self, options: dict[str, Any], homes: Sequence[str]) -> None:
        """Before hours of work, what they would fail by at their end."""
        home, into = options["without_history"], options["into"]
        if home is not None and home not in homes:
            raise CommandError(
                f"--without-history {home}: no institution is in a province with this code. Give one of"
                f" {', '.join(homes)}."
            )
        if into and (into.is_dir() or not into.parent.is_dir() or not os.access(into.parent, os.W_OK)):
            raise CommandError(f"--into {into}: no file can be written there. Name one in a folder that is yours.")

    def _nation(self, options: dict[str, Any]) -> Any:
        """As the owner of the tables. All or nothing: what was interrupted has left nothing."""
        from registry.desks import nation

        connection.close()
        with as_owner(connection.settings_dict):
            try:
                loaded = nation.load(
                    people=options["practitioners"],
                    seed=options["seed"],
                    now=timezone.now(),
                    progress=self._progress,
                )
                self._progress("everything is there; PostgreSQL looks at it")
                nation.analyze()
            except nation.NotEmpty:
                raise CommandError(NOT_EMPTY) from None
            finally:
                connection.close()
        return loaded

    def _tell(self, loaded: Any, into: Path | None) -> None:
        """The log-ins, as JSON."""
        told = json.dumps(dataclasses.asdict(loaded), ensure_ascii=False, default=str)
        if into is None:
            self.stdout.write(told)
        else:
            with os.fdopen(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(told)

    def _progress(self, line: str) -> None:
        seconds = time.monotonic() - self._began
        self.stderr.write(f"{seconds:7.1f} s  {line}")
