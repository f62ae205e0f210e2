"""manage.py verify_draw: a published draw of a panel made again, without a database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appeals.rules.verify import DESCRIPTION, NotVerified, add_arguments, run


class Command(BaseCommand):
    """A shell around `appeals.rules.verify`; exit code 1 with the first difference."""

    help = DESCRIPTION
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, simulate: int | None, **options: Any) -> None:
        try:
            run(self.stdout, simulated=simulate, **options)
        except NotVerified as error:
            raise CommandError(str(error)) from error
