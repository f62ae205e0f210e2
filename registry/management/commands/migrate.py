"""``migrate``, as the owner of the tables: the application's own role may not make any."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from registry.config.database import as_owner


class Command(Migrate):
    """Log in by DATABASE_OWNER_URL and assume no other role while migrating."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the migrations, then go back to the application's log-in."""
        connection = connections[options["database"]]
        connection.close()
        with as_owner(connection.settings_dict):
            super().handle(*args, **options)
            connection.close()
