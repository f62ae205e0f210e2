"""manage.py replay: the standing of each history in a file, without a database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.rules.replay import DESCRIPTION, EXPLAIN_HELP, FILE_HELP, replay_file


class Command(BaseCommand):
    """A shell around `registry.rules.replay`; exit code 1 if any line is no valid history."""

    help = DESCRIPTION
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help=FILE_HELP)
        parser.add_argument("--explain", action="store_true", help=EXPLAIN_HELP)

    def handle(self, *_: Any, file: str, explain: bool, **__: Any) -> None:
        try:
            count = replay_file(file, self.stdout, explain=explain)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        if count.invalid:
            raise CommandError(str(count))
