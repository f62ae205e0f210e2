#!/usr/bin/env python3
"""The one entry: ``python3 manage.py demo``, ``python3 manage.py test``, and every other command.

This file is read by whatever ``python3`` is there, so it keeps to syntax that an old one understands.
"""

import os
import sys

OLDEST = (3, 11)
NEED_NO_SETUP = [["demo"], ["test"]]  # they start other processes, which load the register themselves


def main() -> None:
    """Make sure of the Python, of the packages and of an environment; then let Django run the command."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(
            "The register needs Python 3.11 or newer, and %s is Python %s.\n"  # noqa: UP031
            "Run it with a newer one, for example: python3.11 manage.py demo" % (sys.executable, found)
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
    from registry.config import bootstrap, environment

    bootstrap.ensure_packages(sys.argv)
    environment.complete(os.environ, sys.argv)

    from django.core.management import execute_from_command_line, load_command_class

    from registry.queries import sight

    sight.begin_process(sight.FULL)

    if sys.argv[1:2] in NEED_NO_SETUP:
        load_command_class("registry", sys.argv[1]).run_from_argv(sys.argv)
    else:
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
