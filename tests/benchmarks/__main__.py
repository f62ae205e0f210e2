"""Runs one benchmark in a database of its own, made by the owner and used as the application, or in one there is."""

import argparse
import importlib
import json
import os

import django
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

FILLED = "REGISTRY_BENCH_FILLED"
"""Where it is set, the database of DATABASE_URL is measured as it is, and stays."""


def main() -> None:
    """Make the database, run, print the figures as one line of JSON, and leave nothing behind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--practitioners", type=int)
    asked = parser.parse_args()
    django.setup()
    from registry.config.database import as_owner
    from registry.queries import sight

    sight.begin_process(sight.FULL)
    if os.environ.get(FILLED):
        print(json.dumps(importlib.import_module(f"tests.benchmarks.{asked.path}").run(asked.practitioners)))
        return
    connection.settings_dict.setdefault("TEST", {})["NAME"] = f"bench_registry_{os.getpid()}"
    with as_owner(connection.settings_dict):
        made = setup_databases(verbosity=0, interactive=False)
        connection.close()
    try:
        figures = importlib.import_module(f"tests.benchmarks.{asked.path}").run(asked.practitioners)
    finally:
        connection.close()
        with as_owner(connection.settings_dict):
            teardown_databases(made, verbosity=0)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
