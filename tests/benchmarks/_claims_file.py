"""One check of a file of claims in a process of its own: prints seconds, rows and the most memory it had, as JSON."""

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402 - Django first
from django.utils import timezone  # noqa: E402

from registry.claims.checking import Asked  # noqa: E402
from registry.claims.on_disk import check_file  # noqa: E402
from registry.queries import sight  # noqa: E402
from tests.benchmarks._standard import DATABASE  # noqa: E402


def main() -> None:
    """Check the file of the first argument; with a second one, compare with what was known then."""
    sight.begin_process(sight.FULL)
    connection.settings_dict["NAME"] = os.environ[DATABASE]
    source, now = Path(sys.argv[1]), timezone.now()
    since = datetime.fromisoformat(sys.argv[2]) if sys.argv[2:] else None
    connection.ensure_connection()
    begun, before = time.perf_counter(), _megabytes()
    state = check_file(source, source.with_suffix(".result"), Asked(known_at=now, since=since), now=now)
    seconds = time.perf_counter() - begun
    told = {name: count for name, count in state.counts.items() if count}
    print(json.dumps({"seconds": seconds, "megabytes": _megabytes(), "before": before, "counts": told}))


def _megabytes() -> int:
    """The most that this program had; what `getrusage` tells begins with the most of the process that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


if __name__ == "__main__":
    main()
