"""``manage.py check_claims``: which services of a file are not payable, and why; or which become payable after all."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.claims import checking
from registry.claims.checking import Asked
from registry.claims.errors import ClaimsRefused
from registry.claims.on_disk import State, check_file
from registry.claims.reading import CSV, NDJSON, PARQUET, ClaimsFile
from registry.claims.telling import kind_of_result
from registry.models import ApiKey
from registry.queries.members import Wrong, instant

EXIT_SOMETHING_TOLD, EXIT_REFUSED, EXIT_STOPPED = 1, 2, 130
TOLD_EVERY = 5
"""Seconds between two lines of progress where nobody sits at a terminal."""


COUNTED = {
    "rows": gettext_lazy("rows"),
    checking.PAYABLE: gettext_lazy("payable"),
    checking.NOT_PAYABLE: gettext_lazy("not payable"),
    checking.MALFORMED: gettext_lazy("malformed"),
    checking.BECOMES_PAYABLE: gettext_lazy("become payable"),
    checking.NO_LONGER_PAYABLE: gettext_lazy("no longer payable"),
    "reclaimed": gettext_lazy("of them claimed back by the policy"),
    checking.UNCHANGED: gettext_lazy("unchanged"),
    "emergency_exempt": gettext_lazy("payable for an emergency"),
    "kept": gettext_lazy("emergencies kept"),
}


class Command(BaseCommand):
    """Goes on where it was stopped, however it was: run the same command again."""

    help = (
        "Check a file of claims (CSV, NDJSON or Parquet: practitioner, institution, day, emergency) and write the rows"
        " that are not payable, and why. Exit code 0 if there are none, 1 if there are, 2 if the file is refused."
        " Stopped anywhere, the same command goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the claims")
        parser.add_argument("--out", type=Path, metavar="RESULT", help="the result; default: FILE with .result in it")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default=settings.LANGUAGE_CODE,
            help="of the words in the result (default: %(default)s)",
        )  # fmt: skip
        parser.add_argument("--all", action="store_true", help="tell every row, the payable ones too")
        parser.add_argument(
            "--key", metavar="CHARACTERS", default="",
            help="first characters of the key of the settlement system under which claimed emergencies are kept;"
            " without it, they are told as errors",
        )  # fmt: skip
        when = parser.add_mutually_exclusive_group()
        when.add_argument(
            "--restitution-since", type=_instant, metavar="INSTANT",
            help="tell which rows become payable: as known at that instant they were not, as known now they are",
        )  # fmt: skip
        when.add_argument(
            "--as-known-at", type=_instant, metavar="INSTANT",
            help="answer as the register knew things then, e.g. 2026-04-01T09:30:00+08:00",
        )  # fmt: skip

    def handle(self, *args: Any, file: Path, out: Path | None, **options: Any) -> None:
        """Check, and exit with what came of it."""
        now = timezone.now()
        asked = Asked(
            known_at=options["as_known_at"] or now,
            since=options["restitution_since"],
            past=options["as_known_at"] is not None,
            every=options["all"],
            language=options["language"],
        )
        if not all(moment <= now for moment in asked.moments):
            raise CommandError(_("The instant has not come yet. Name a past one."), returncode=EXIT_REFUSED)
        self._begun, self._told, self._first = time.monotonic(), 0.0, -1
        state = self._checked(file, out, asked, now, _key(options["key"], now))
        self._summary(state)
        if _told(state):
            sys.exit(EXIT_SOMETHING_TOLD)

    def _checked(self, file: Path, out: Path | None, asked: Asked, now: datetime, key: ApiKey | None) -> State:
        try:
            out = out or _result_of(file)
            return check_file(file, out, asked, now=now, key=key, progress=self._progress)
        except ClaimsRefused as refused:
            raise CommandError(str(refused), returncode=EXIT_REFUSED) from refused
        except OSError as error:
            words = _("%(file)s cannot be read or written: %(reason)s.")
            told = {"file": error.filename or file, "reason": error.strerror}
            raise CommandError(words % told, returncode=EXIT_REFUSED) from error
        except KeyboardInterrupt:
            self.stderr.write("\n" + _("Stopped. The same command goes on from here."))
            sys.exit(EXIT_STOPPED)

    def _progress(self, state: State, claims: ClaimsFile) -> None:
        if self._first < 0:
            self._first = state.rows - state.size
            if claims.further:
                self.stderr.write(_("Columns that are not looked at: %(names)s") % {"names": ", ".join(claims.further)})
        seconds = time.monotonic() - self._begun
        live = self.stderr.isatty()
        if not live and seconds - self._told < TOLD_EVERY:
            return
        self._told = seconds
        rate = max(1.0, (state.rows - max(0, self._first)) / max(seconds, 0.001))
        left = max(0, claims.about - state.rows)
        line = _("%(rows)s rows, %(percent)s %%, %(rate)s rows/s, %(left)s s left") % {
            "rows": f"{state.rows:,}",
            "percent": min(100, 100 * state.rows // max(1, claims.about)),
            "rate": f"{rate:,.0f}",
            "left": f"{left / rate:,.0f}",
        }
        self.stderr.write(f"\r{line}  " if live else line, ending="" if live else "\n")

    def _summary(self, state: State) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        counts = state.counts
        for name, words in COUNTED.items():
            if counts[name] or name == "rows":
                self.stdout.write(f"{words}: {counts[name]:,}")
        for name in sorted(counts):
            if name.startswith("reason:"):
                self.stdout.write(f"  {name.removeprefix('reason:')}: {counts[name]:,}")
        self.stdout.write(_("as known at %(instant)s") % {"instant": state.asked["known_at"]})
        if state.asked["since"]:
            self.stdout.write(_("compared with what was known at %(instant)s") % {"instant": state.asked["since"]})


def _told(state: State) -> int:
    interesting = (checking.NOT_PAYABLE, checking.MALFORMED, checking.BECOMES_PAYABLE)
    return sum(state.counts[name] for name in interesting)


def _result_of(file: Path) -> Path:
    """Beside the file, in the kind that its name says."""
    kind = {".ndjson": NDJSON, ".jsonl": NDJSON, ".json": NDJSON, ".parquet": PARQUET}.get(file.suffix.lower(), CSV)
    return file.with_name(f"{file.stem}.result.{kind_of_result(kind)}")


def _instant(text: str) -> datetime:
    try:
        found: datetime = instant(text)
    except Wrong as wrong:
        error = wrong.fault.of("", text)
        raise ArgumentTypeError(f"{error.message} {error.remedy}") from None
    return found


def _key(prefix: str, now: datetime) -> ApiKey | None:
    if not prefix:
        return None
    key = ApiKey.objects.filter(
        prefix=prefix, scope=ApiKey.Scope.SETTLEMENT, revoked_at=None, expires_at__gt=now
    ).first()
    if key is None:
        raise CommandError(
            _("No key of a settlement system that holds now begins with %(prefix)s.") % {"prefix": prefix},
            returncode=EXIT_REFUSED,
        )
    return key
