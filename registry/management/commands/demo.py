"""``manage.py demo``: the whole register on this machine, from nothing."""

import errno
import json
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.config.crew import Crew
from registry.config.demo_folder import DemoFolder
from registry.config.demonstration import Demonstration
from registry.config.environment import DEMO_FOLDER
from registry.config.federation import MOST, Federation
from registry.config.trouble import Trouble, no_space

LOOK_EVERY = 0.5  # seconds
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

NO_SECOND_FACTOR = (
    "  These log-ins need no second factor, unlike those of a real register (REGISTRY_SECOND_FACTOR).\n"
    "  To try it, start with REGISTRY_SECOND_FACTOR=true: each officer then sets one up at the first sign-in."
)


class Ended(BaseException):
    """Somebody wants the demo to end."""


class Command(BaseCommand):
    """Starts a Demonstration, or several, tells addresses and log-ins, and serves until it is ended."""

    help = (
        "Start the whole register: PostgreSQL, Valkey, web, worker and beat, with made-up data. "
        "The first start takes a minute or two, later ones seconds. Ctrl-C ends everything; the data stays."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        option = parser.add_argument
        option(
            "--port",
            type=int,
            default=8000,
            metavar="N",
            help="port of 127.0.0.1, 0 for any free one (default: %(default)s)",
        )
        option(
            "--practitioners",
            type=int,
            metavar="N",
            help="how many people to make up (default: what is there, else 2000)",
        )
        option(
            "--seed",
            type=int,
            metavar="N",
            help="another number makes other people (default: what is there, else 2025)",
        )
        option(
            "--data",
            type=Path,
            default=DEMO_FOLDER,
            metavar="DIR",
            help="folder of the data (default: .demo beside manage.py)",
        )
        option(
            "--regions",
            type=int,
            choices=range(1, MOST + 1),
            default=1,
            metavar="N",
            help=f"so many registers of provinces that tell each other what they decide, at ports one after the other,"
            f" 1 to {MOST} (default: %(default)s, which is alone)",
        )
        option("--json", action="store_true", help="tell address and log-ins as one line of JSON on standard output")
        option("--exit-after-ready", action="store_true", help="end as soon as everything is up")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until ended. CommandError says what is wrong and what to do."""
        for each in ENDINGS:
            signal.signal(each, _end)
        try:
            with self._running(options) as running:
                self._tell([told for told, _crew in running], as_json=options["json"], alone=options["regions"] == 1)
                if not options["exit_after_ready"]:
                    _watch([crew for _told, crew in running])
        except Trouble as trouble:
            raise CommandError(str(trouble)) from None
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise CommandError(str(no_space(options["data"], "nothing more can be written"))) from None
        except Ended:
            self._say("Ended")

    @contextmanager
    def _running(self, options: dict[str, Any]) -> Iterator[list[tuple[dict[str, Any], Crew]]]:
        path, asked = options["data"].absolute(), {name: options[name] for name in ("practitioners", "seed")}
        if options["regions"] > 1:
            below = path / "regions" if options["data"] == DEMO_FOLDER else path
            with Federation(below, options["regions"], **asked, port=options["port"], say=self._say).running() as found:
                yield found
        else:
            folder = DemoFolder(path)
            contents = folder.contents(**asked)
            with Demonstration(folder, contents, options["port"], self._say).running() as one:
                yield [one]

    def _tell(self, told: list[dict[str, Any]], *, as_json: bool, alone: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(told[0] if alone else {"registers": told}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join([*map(in_words, told), "", "Ctrl-C ends it."]))
        self.stdout.flush()

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


def _end(number: int, frame: FrameType | None) -> None:
    for each in ENDINGS:
        signal.signal(each, signal.SIG_IGN)  # ending takes a moment; impatience shall not cut it short
    raise Ended


def _watch(crews: list[Crew]) -> None:
    while True:
        for crew in crews:
            crew.check()
        time.sleep(LOOK_EVERY)


def in_words(told: dict[str, Any]) -> str:
    """Address, log-ins, keys and what there is to see, for a person to read."""
    name = f" {told['register']}" if "register" in told else ""
    lines = ["", f"The register{name} is at {told['url']}", ""]
    accounts = told.get("accounts", [])
    width = max((len(each["username"]) for each in accounts), default=0)
    for each in accounts:
        duty = f"  {each['duty']}" if each.get("duty") else ""
        lines.append(f"  {each['role']:<22} {each['username']:<{width}}  {each['password']}{duty}")
    if not told.get("second_factor", True):
        lines += ["", NO_SECOND_FACTOR, ""]
    lines += [f"  {each['role']:<22} Authorization: Bearer {each['key']}" for each in told.get("api_keys", [])]
    if sights := told.get("sights", []):
        wide = max(len(each["number"]) for each in sights)
        lines += ["", "To look at:", *(f"  {each['number']:<{wide}}  {each['what']}" for each in sights)]
    return "\n".join(lines)
