"""Celery: it wakes workers up, no more. What must happen is a row in PostgreSQL that a sweep finds again."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, worker_process_init, worker_ready

from registry.config import ready
from registry.config.children import end_with_parent
from registry.queries.sight import full_sight

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")


class Watchful(Task):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Work in the background answers nobody: it has full sight."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with full_sight():
            return super().__call__(*args, **kwargs)


app = Celery("registry", task_cls=Watchful)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _follow_worker(**_: Any) -> None:
    end_with_parent()


@worker_ready.connect
def _worker_is_ready(**_: Any) -> None:
    ready.tell("worker")


@beat_init.connect
def _beat_is_ready(**_: Any) -> None:
    ready.tell("beat")
