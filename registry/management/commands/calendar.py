"""``manage.py calendar``: the official notice of a year, looked at first and entered on request."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.actions.calendar import YearPreview, enter_year, preview_year
from registry.actions.errors import Refused
from registry.actions.notices import Announced, read_notice, title_of_notice
from registry.models import CalendarDay, User
from registry.queries.wording import listed


class Command(BaseCommand):
    """A shell around `registry.actions.calendar`."""

    help = (
        "Enter the official notice of a calendar year: one day a line, such as 2027-01-01,holiday,元旦 or "
        "2027-02-14,make_up,春节; the first line may name the notice after a #. Without --apply nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv", help="the days of one year, in UTF-8")
        parser.add_argument(
            "--source", default="", metavar="TEXT", help="the notice and its number; default: the first line after #"
        )
        parser.add_argument("--apply", action="store_true", help="enter the year if nothing is refused")
        parser.add_argument("--by", metavar="USERNAME", help="the user in whose name it is done")

    def handle(self, *args: Any, file: Path, source: str, apply: bool, by: str | None, **options: Any) -> None:
        """Tell what the year would be, and enter it with --apply; exit 1 with the reason where it is refused."""
        text, user, now = _text(file), _user(by), timezone.now()
        try:
            days = read_notice(text)
            year = days[0].day.year if days else now.year
            notice: dict[str, Any] = {"year": year, "days": days, "source": source or title_of_notice(text), "now": now}
            self.stdout.write("\n".join(report(year, preview_year(**notice))))
            if apply:
                enter_year(**notice, by=user)
        except Refused as refused:
            raise CommandError(_("Nothing was written. {reason}").format(reason=refused.message)) from refused
        self.stdout.write(_("Applied.") if apply else _("Nothing was written. Add --apply to enter the year."))


def report(year: int, found: YearPreview) -> Iterator[str]:
    """What the command prints, line by line."""
    for each in found.days:
        yield f"  {each.day}  {_kind(each)}  {each.name}".rstrip()
    counts = {"off": found.holidays, "made_up": found.make_up_days, "worked": found.working_days}
    yield _("{year}: {off} days off, {made_up} make-up working days, {worked} working days in all").format(
        year=year, **counts
    )
    if found.missing:
        yield _("No day is named %(holidays)s. Is the notice complete?") % {"holidays": listed(found.missing)}


def _kind(each: Announced) -> str:
    return str(CalendarDay.Kind(each.kind).label)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise CommandError(_("{file} cannot be read: {reason}").format(file=file, reason=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise CommandError(_("{file} is no text in UTF-8. Save it as CSV in UTF-8.").format(file=file)) from error


def _user(name: str | None) -> User | None:
    user = User.objects.filter(username=name).first()
    if name and user is None:
        raise CommandError(_("There is no user “{name}”.").format(name=name))
    return user
