"""``manage.py bench``: how fast a path is, beside the standard pattern and beside the limit, in the same run."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.config import environment, servers
from registry.config.bootstrap import HOUSE
from registry.config.trouble import Trouble

FOLDER = HOUSE / "tests" / "benchmarks"


class Command(BaseCommand):
    """Each path is a module of tests/benchmarks, run in a process and a database of its own."""

    help = (
        "Measure a path, or all of them. The last line of each is JSON. With REGISTRY_BENCH_FILLED=yes `lists` measures"
        " in the database of DATABASE_URL, which `seed` filled with as many --practitioners, and leaves it there."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", help=f"one of: {', '.join(paths())}; default: all")
        parser.add_argument(
            "--practitioners", type=int, metavar="N", help="size of the data; default: what the path was made for"
        )

    def handle(self, *args: Any, path: str | None, practitioners: int | None, **options: Any) -> None:
        if path is not None and path not in paths():
            raise CommandError(f"“{path}” is no benchmark. There are: {', '.join(paths())}.")
        size = [] if practitioners is None else ["--practitioners", str(practitioners)]
        with ExitStack() as ending:
            try:
                environ = _environment(ending)
            except Trouble as trouble:
                raise CommandError(str(trouble)) from trouble
            for name in [path] if path else paths():
                done = subprocess.run(
                    [sys.executable, "-m", "tests.benchmarks", name, *size], cwd=HOUSE, env=environ, check=False
                )
                if done.returncode:
                    raise CommandError(f"The benchmark {name} failed.", returncode=done.returncode)


def paths() -> list[str]:
    """The names of the benchmarks."""
    return sorted(file.stem for file in FOLDER.glob("[a-z]*.py"))


def _environment(ending: ExitStack) -> dict[str, str]:
    """The servers that the environment names; otherwise throwaway ones that end with the command."""
    given = environment.given(os.environ)
    if not {"DATABASE_URL", "REDIS_URL"} <= given.keys():
        given |= ending.enter_context(servers.throwaway(given=given))
    return {**environment.for_tests(), **given, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
