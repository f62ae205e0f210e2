import pytest
from django.conf import settings

from registry.config.celery import app


@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE.values(), ids=lambda entry: entry["task"])
def test_what_beat_wakes_exists(entry: dict[str, object]) -> None:
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks


def test_a_task_whose_worker_is_killed_is_given_to_another() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_the_clocks_of_the_procedures_run_every_five_minutes() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["clocks of the procedures"]
    assert (entry["task"], entry["schedule"]) == ("registry.tasks.run_clocks", 300)
    assert entry["options"] == {"expires": 300}
