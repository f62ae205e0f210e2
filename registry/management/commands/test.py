"""``manage.py test``: the whole test suite, with servers of its own unless DATABASE_URL and REDIS_URL name others."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from django.core.management.base import BaseCommand, CommandParser

from registry.config import environment
from registry.config.bootstrap import HOUSE

OWN_CHOICE = ("-n", "--numprocesses", "--pdb", "--trace", "-h", "--help", "--version", "--collect-only", "--co")
PROCESSES = ["-n", "2", "--dist", "worksteal"]


class Command(BaseCommand):
    """Hands everything after ``test`` to pytest, which takes the place of this process."""

    help = "Run the tests. Everything after 'test' goes to pytest, for example: test tests/rules -k new_year"

    def run_from_argv(self, argv: list[str]) -> NoReturn:
        """Start pytest with an environment in which nothing was filled in. Two processes unless told otherwise."""
        words = [sys.executable, "-m", "pytest", *default_options(argv[2:]), *argv[2:]]
        os.chdir(HOUSE)
        os.execve(sys.executable, words, environment.given(os.environ))  # noqa: S606 - no shell is wanted

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arguments", nargs="*", help="arguments of pytest")


def default_options(arguments: Sequence[str]) -> list[str]:
    """What pytest is told besides, given what the user said."""
    return [] if any(each.startswith(OWN_CHOICE) for each in arguments) else PROCESSES
