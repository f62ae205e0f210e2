"""manage.py verify_draw: a published draw of a panel made again, without a database; or that of a panel on record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appeals.rules.verify import DESCRIPTION, NotVerified, Published, add_arguments, run, verify_content


class Command(BaseCommand):
    """A shell around `appeals.rules.verify`; exit code 1 with the first difference."""

    help = DESCRIPTION
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)
        parser.add_argument(
            "--panel",
            type=UUID,
            metavar="UUID",
            help="the draw on record of this panel, against the commitment published before (asks the database)",
        )

    def handle(self, *_: Any, simulate: int | None, panel: UUID | None, **options: Any) -> None:
        try:
            if panel is None:
                run(self.stdout, simulated=simulate, **options)
            else:
                self.verify_panel(panel, simulate=simulate, **options)
        except NotVerified as error:
            raise CommandError(str(error)) from error

    def verify_panel(self, uuid: UUID, **options: Any) -> None:
        """Draw again what is kept of a panel. Raises NotVerified."""
        from appeals.models import Panel
        from appeals.queries.panels import draw_json

        if given := next((name for name in ("file", "simulate", "experts", "seed") if options[name] is not None), None):
            raise NotVerified(f"--panel {uuid}: give either a panel or {given}.")
        panel = Panel.objects.filter(uuid=uuid).first()
        if panel is None or panel.draw is None:
            raise NotVerified(f"--panel {uuid}: there is no such panel, or it has not been drawn.")
        told = {field: options[field] for field in Published._fields if options[field] is not None}
        verify_content(draw_json(panel).encode(), Published(**{"commitment": panel.commitment, **told}), self.stdout)
