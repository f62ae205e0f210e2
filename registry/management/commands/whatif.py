"""``manage.py whatif``: everybody's history under another policy, written nowhere."""

import csv
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.config.hands import HandLost, hands
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.management.pace import Pace, add_jobs
from registry.models import Institution, Region, StandingStatus
from registry.queries.whatif import COLUMNS, Tally, compare_everybody, row_of
from registry.rules.policy import Policy


class Command(BaseCommand):
    """A shell around `registry.queries.whatif`."""

    help = (
        "Compute everybody's history as if every entry had been made under another policy, drafts included, and tell "
        "who would stand otherwise. Nothing is written. Blocked days are those of the year, up to the day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--policy", required=True, metavar="ID", help="the policy, for example cn-2023-draft")
        parser.add_argument(
            "--year", type=int, metavar="Y", help="compare the standings of 31 December of this year; default: of today"
        )
        parser.add_argument(
            "--region",
            metavar="R",
            help="six digits: only people registered there on the day; default: everywhere",
        )
        parser.add_argument(
            "--csv", type=Path, metavar="FILE", help="write one line for everybody who differs, by personal code"
        )
        add_jobs(parser)

    def handle(
        self, *_: Any, policy: str, year: int | None, region: str | None, csv: Path | None, jobs: int, **options: Any
    ) -> None:
        """Compare in one pass and print the counts; exit 1 for a policy, year or region that does not exist."""
        chosen, place, on = _policy(policy), _region(region), _day(year)
        asked = {"policy": chosen.id, "on": on, "region": place.code if place else None}
        try:
            tally = self._compare(asked, csv, jobs)
        except HandLost as error:
            raise CommandError(f"{error} Nobody was counted.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None
        self.stdout.write("\n".join(report(tally, chosen, on, place)))
        if csv:
            self.stdout.write(f"Written to {csv}: everybody who differs.")

    def _compare(self, asked: dict[str, Any], csv: Path | None, jobs: int) -> Tally:
        tally, progress = Tally(), Pace(self.stderr.write, "compared")
        with _table(csv) as table, hands(jobs) as spread:
            for portion in compare_everybody(**asked, spread=spread, progress=progress):
                tally.add(portion.tally)
                if table:
                    table.writerows(map(row_of, portion.differing))
        return tally


def report(tally: Tally, policy: Policy, on: date, region: Region | None) -> Iterator[str]:
    """What the command prints, line by line."""
    where = f" in {region.name_en or region.name_zh} ({region.code})" if region else ""
    yield f"Under {policy.id} ({policy.title['en']}), on {on}{where}:"
    yield f"  {'people with entries':32}{tally.people:8}"
    yield f"  {'standing otherwise on that day':32}{tally.stand_otherwise:8}"
    yield f"  {f'other blocked days in {on.year} only':32}{tally.blocked_otherwise:8}"
    yield f"  {'standing':32}{'is':>8}{'would be':>10}"
    for status in StandingStatus.values:
        yield f"  {status:32}{tally.before[status]:8}{tally.after[status]:10}"
    yield from _by_institution(tally)


def _by_institution(tally: Tally) -> Iterator[str]:
    differing = tally.institutions_that_differ()
    names = dict(Institution.objects.filter(code__in=differing).values_list("code", "name"))
    if differing:
        yield "Institutions that differ (suspended, terminated; is → would be):"
    for code in differing:
        before, after = tally.at_before[code], tally.at_after[code]
        counts = [f"{before[status]} → {after[status]}" for status in ("suspended", "terminated")]
        yield f"  {code}  {counts[0]:>9}  {counts[1]:>9}  {names[code]}"


@contextmanager
def _table(path: Path | None) -> Iterator[Any]:
    """A CSV writer with its heading written, or None without a path. Raises CommandError where it cannot be written."""
    if path is None:
        yield None
        return
    try:
        file: TextIO = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"--csv {path}: cannot be written: {error.strerror}.") from error
    with file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        yield table


def _policy(policy: str) -> Policy:
    known: Iterable[str] = policies()
    if policy not in known:
        raise CommandError(f"--policy {policy}: there is no such policy. Choose one of: {', '.join(sorted(known))}.")
    return policies()[policy]


def _region(code: str | None) -> Region | None:
    if code is None:
        return None
    region = Region.objects.filter(pk=code).first()
    if region is None:
        raise CommandError(f"--region {code}: the register has no such region. Give six digits, for example 430000.")
    return region


def _day(year: int | None) -> date:
    if year is None:
        return shanghai_day(timezone.now())
    if not 2000 <= year <= 2200:
        raise CommandError(f"--year {year}: give a year between 2000 and 2200.")
    return date(year, 12, 31)
