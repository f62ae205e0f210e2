"""``manage.py diagrams``: draw the procedures into the texts about them."""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from appeals.rules import procedures as of_appeals
from notifications.rules import procedures as of_notifications
from registry.config.bootstrap import HOUSE
from registry.rules import procedures as of_registry
from registry.rules.diagrams import drawn
from registry.rules.procedure import Procedure

TEXTS: Mapping[Path, Sequence[Procedure]] = {
    HOUSE / "registry" / "README.md": of_registry.PROCEDURES,
    HOUSE / "appeals" / "README.md": of_appeals.PROCEDURES,
    HOUSE / "notifications" / "README.md": of_notifications.PROCEDURES,
}


class Command(BaseCommand):
    """Writes between the marks ``<!-- diagram NAME -->`` and ``<!-- end -->``, and nowhere else."""

    help = "Draw the procedures into the READMEs. With --check nothing is written: exit code 1 if a text is outdated."
    requires_system_checks: list[str] | tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or compare; each text that differs is named. Raises SystemExit(1) where --check finds one."""
        outdated = [(path, new) for path, new in _now_and_then() if path.read_text("utf-8") != new]
        for path, new in outdated:
            self.stdout.write(path.relative_to(HOUSE).as_posix())
            if not check:
                path.write_text(new, "utf-8")
        if check and outdated:
            sys.exit(1)


def _now_and_then() -> list[tuple[Path, str]]:
    return [(path, drawn(path.read_text("utf-8"), procedures)) for path, procedures in TEXTS.items()]
