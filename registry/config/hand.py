"""The beginning of a process that works for another (`hands`). It loads the register, so nothing here may need it."""

import os
from typing import Any

import django

from registry.config.children import end_with_parent
from registry.queries import sight


def begin(parent: int, database: dict[str, Any]) -> None:
    """Load the register, see everything, and ask the database that `parent` asks; end when that process ends."""
    end_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    django.setup()
    from django.db import connection

    sight.begin_process(sight.FULL)
    connection.settings_dict.update(database)
