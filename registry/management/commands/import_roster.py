"""``manage.py import_roster``: the staff list of an institution, looked at first and applied on request."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.models import Category, Institution, RosterJob, RosterRow, User
from registry.rosters import jobs
from registry.rosters.errors import RosterRefused

EXIT_NOT_APPLIED = 1


class Command(BaseCommand):
    """Runs the same job as an upload in the admin, in this process."""

    help = (
        "Import the staff roster (.xlsx or CSV) of an institution. Without --apply nothing is written to the register: "
        "the outcome of every row is told."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the staff list, .xlsx or CSV (UTF-8 or GB 18030)")
        parser.add_argument(
            "--institution", required=True, metavar="CODE", help="the institution's code, H or P and 11 digits"
        )
        parser.add_argument("--apply", action="store_true", help="apply it if no row is wrong or doubtful")
        parser.add_argument(
            "--rows", metavar="N,N,…", help="with --apply: only the rows with these numbers, doubtful ones included"
        )
        parser.add_argument(
            "--end-left", action="store_true", help="with --apply: end the registrations of those who left the roster"
        )
        parser.add_argument(
            "--category", choices=Category.values, default="", help="category of people whose row does not say it"
        )
        parser.add_argument(
            "--errors", type=Path, metavar="OUT.xlsx", help="write the sheet with what is wrong and what to do there"
        )
        parser.add_argument("--by", metavar="USERNAME", help="the user in whose name it is done")
        parser.add_argument(
            "--show", type=_count, default=20, metavar="N", help="rows told of each outcome (default: %(default)s)"
        )

    def handle(
        self, *args: Any, file: Path, institution: str, apply: bool, errors: Path | None, **options: Any
    ) -> None:
        if not apply and (options["rows"] is not None or options["end_left"]):
            raise CommandError(_("--rows and --end-left belong to --apply. Add it, or leave them out."))
        try:
            job = self._upload(file, institution, options)
            self._tell(job, options["show"])
            if errors is not None:
                self._write_errors(job, errors)
            if apply:
                self._apply(job, options)
            else:
                self.stdout.write(_("Nothing was written. Add --apply to apply the roster."))
        except RosterRefused as refused:
            raise CommandError(str(refused)) from refused

    def _upload(self, file: Path, code: str, options: dict[str, Any]) -> RosterJob:
        by = User.objects.filter(username=options["by"]).first()
        if options["by"] and by is None:
            raise CommandError(_("There is no user “{name}”.").format(name=options["by"]))
        institution = Institution.objects.filter(code=code.strip().upper()).first()
        if institution is None:
            raise CommandError(
                _("No institution has the code {code}. Open it in the register first, or check the code.").format(
                    code=code
                )
            )
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(_("{file} cannot be read: {reason}").format(file=file, reason=error.strerror)) from error
        self._by = by
        job = jobs.upload(
            institution=institution,
            filename=file.name,
            content=content,
            by=by,
            now=timezone.now(),
            category=options["category"],
        )
        return self._work(job)

    def _work(self, job: RosterJob) -> RosterJob:
        """Do the job here, or wait for the worker that was quicker to take it."""
        while (job := jobs.work(job, clock=timezone.now)).next_at is not None:
            time.sleep(0.2)
        if job.state in (RosterJob.State.REFUSED, RosterJob.State.FAILED):
            raise CommandError(job.problem_text)
        return job

    def _tell(self, job: RosterJob, show: int) -> None:
        report = jobs.report(job)
        for outcome in RosterRow.Outcome:
            self.stdout.write(f"{outcome.label}: {report.counts[outcome.value]}")
            for row in report.rows(outcome.value, size=show) if show else ():
                changes = (f"{change.label}: {change.old} → {change.new}" for change in row.changes)
                told = "; ".join([*changes, *row.problems])
                self.stdout.write(f"  {row.number or '–'}  {row.code} {row.name}  {told}".rstrip())
        if report.further:
            self.stdout.write(_("Further columns, kept as given: {names}").format(names=", ".join(report.further)))

    def _write_errors(self, job: RosterJob, file: Path) -> None:
        try:
            file.write_bytes(jobs.error_workbook(job))
        except OSError as error:
            raise CommandError(
                _("--errors {file}: cannot be written: {reason}.").format(file=file, reason=error.strerror)
            ) from error
        self.stderr.write(_("The sheet with the problems is in {file}.").format(file=file))

    def _apply(self, job: RosterJob, options: dict[str, Any]) -> None:
        rows = "all" if options["rows"] is None else _numbers(options["rows"])
        accepted = jobs.accept(job=job, rows=rows, end_left=options["end_left"], by=self._by, now=timezone.now())  # type: ignore[arg-type]
        applied = self._work(accepted)
        if applied.state != RosterJob.State.APPLIED:
            raise CommandError(
                _("The register changed while the roster was looked at. Nothing was written; run the command again."),
                returncode=EXIT_NOT_APPLIED,
            )
        self.stdout.write(_("Applied."))


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(_("{text} is no number of rows: give 0 or more.").format(text=text))
    return int(text)


def _numbers(text: str) -> list[int]:
    try:
        return [int(number) for number in text.replace("，", ",").rstrip(" ,").split(",")]
    except ValueError:
        raise CommandError(
            _("--rows {text}: give numbers of rows with commas, for example 2,5,9.").format(text=text)
        ) from None
