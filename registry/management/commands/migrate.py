"""``migrate``, as the owner of the tables: the application's own role may not make any."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django.db.migrations.state import ModelState, ProjectState

from registry.config.database import as_owner


class Command(Migrate):
    """Log in by DATABASE_OWNER_URL and assume no other role while migrating."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the migrations, then go back to the application's log-in."""
        connection = connections[options["database"]]
        connection.close()
        with as_owner(connection.settings_dict), new_models_alone():
            super().handle(*args, **options)
            connection.close()


@contextmanager
def new_models_alone() -> Iterator[None]:
    """Inside, a model that a migration makes is rendered by itself.

    Django renders every model anew that is connected with it, which here are all, for each of 130 tables. Nothing that
    was there before can name a model that is new, so nothing else changes: the same schema in 0.4 of the time.
    """
    original = ProjectState.add_model
    ProjectState.add_model = _add_alone  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.add_model = original  # type: ignore[method-assign]


def _add_alone(self: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:  # type: ignore[attr-defined]  # not in the stubs
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:
        self.apps.render_multiple([model_state])
        self.apps.clear_cache()
