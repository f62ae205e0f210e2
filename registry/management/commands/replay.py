"""manage.py replay: the standing of each history in a file, without a database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.rules.replay import (
    DESCRIPTION,
    EXPLAIN_HELP,
    FILE_HELP,
    READER_LEFT,
    UNWRITABLE,
    Unreadable,
    replay_file,
    stop_writing,
)


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
            self.stdout.flush()
        except Unreadable as unreadable:
            raise CommandError(str(unreadable)) from unreadable
        except BrokenPipeError:
            stop_writing()
            raise SystemExit(READER_LEFT) from None
        except OSError as error:
            stop_writing()
            raise CommandError(f"{UNWRITABLE}: {error.strerror}") from error
        if count.invalid:
            raise CommandError(str(count))
