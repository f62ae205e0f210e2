"""``manage.py seed``: fill an empty register with data to look at."""

import dataclasses
import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone


class Command(BaseCommand):
    """The outermost shell of registry.desks.demo_data."""

    help = (
        "Fill an empty register with made-up data. The same --seed and --practitioners give the same people and points."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--practitioners", type=int, default=2000, metavar="N", help="how many people (default: %(default)s)"
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
        from registry.desks import demo_data

        if options["practitioners"] < demo_data.FEWEST:
            raise CommandError(f"--practitioners {options['practitioners']}: at least {demo_data.FEWEST} are needed.")
        wanted: dict[str, Any] = {name: options[name] for name in ("practitioners", "seed")}
        wanted |= {"now": timezone.now(), "progress": self._progress}
        if home := options["without_history"]:
            loaded = demo_data.load_without_history(home=home, **wanted)
        else:
            loaded = demo_data.load(**wanted)
        told = json.dumps(dataclasses.asdict(loaded), ensure_ascii=False, default=str)
        if options["into"] is None:
            self.stdout.write(told)
        else:
            with os.fdopen(os.open(options["into"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(told)

    def _progress(self, line: str) -> None:
        self.stderr.write(str(line))
