"""``manage.py import_ledger``: points that a region recorded before it had this register."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.ledger.days import shanghai_day
from registry.models import Agency, User
from registry.rosters.errors import RosterRefused
from registry.rosters.legacy import LegacyReport, apply_ledger, check_ledger


class Command(BaseCommand):
    """Looks first; with --apply adds what is new, all or nothing. The same file again adds nothing."""

    help = (
        "Take over points from a spreadsheet (.xlsx or CSV): personal code, name, counted on, effective on, "
        "points, months, "
        "policy, document number, situation. Without --apply nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the points, .xlsx or CSV (UTF-8 or GB 18030)")
        parser.add_argument(
            "--agency", metavar="CODE", help="the agency that recorded them; may be left out where there is only one"
        )
        parser.add_argument("--apply", action="store_true", help="add them to the ledger if no row is wrong")
        parser.add_argument("--by", metavar="USERNAME", help="the user in whose name it is done")

    def handle(self, *args: Any, file: Path, apply: bool, **options: Any) -> None:
        now, agency = timezone.now(), _agency(options["agency"])
        by = User.objects.filter(username=options["by"]).first()
        if options["by"] and by is None:
            raise CommandError(_("There is no user “{name}”.").format(name=options["by"]))
        try:
            content = file.read_bytes()
            report = (
                apply_ledger(content, agency=agency, by=by, now=now)
                if apply
                else check_ledger(content, agency=agency, today=shanghai_day(now))
            )
        except OSError as error:
            raise CommandError(_("{file} cannot be read: {reason}").format(file=file, reason=error.strerror)) from error
        except RosterRefused as refused:
            raise CommandError(str(refused)) from refused
        self._tell(report, apply)

    def _tell(self, report: LegacyReport, apply: bool) -> None:
        counts = {outcome: len(report.having(outcome)) for outcome in ("new", "unchanged", "wrong")}
        self.stdout.write(_("New: {new}; unchanged: {unchanged}; wrong: {wrong}").format(**counts))
        for row in report.having("wrong"):
            told = " ".join(problem.sentence() for problem in row.problems)
            self.stdout.write(_("  row {number}: {told}").format(number=row.number, told=told))
        if counts["wrong"]:
            raise CommandError(_("Nothing was written. Correct the rows above and run the command again."))
        self.stdout.write(
            _("Applied.") if apply else _("Nothing was written. Add --apply to take the new entries over.")
        )


def _agency(code: str | None) -> Agency:
    found = list(Agency.objects.filter(code=code) if code else Agency.objects.all()[:2])
    if len(found) != 1:
        raise CommandError(
            _("No agency has the code {code}.").format(code=code)
            if code
            else _("Say with --agency which agency recorded the points.")
        )
    return found[0]
