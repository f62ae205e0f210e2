import json
from pathlib import Path

import pytest

from registry.config import environment, folders
from registry.config.environment import complete, given, of_running_demo

MIGRATE = ["manage.py", "migrate"]


@pytest.fixture(autouse=True)
def _no_demo_runs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "DEMO_FOLDER", tmp_path)


def test_a_deployment_gets_nothing_it_has_not_set_itself() -> None:
    environ = {"DATABASE_URL": "postgres://db/registry"}
    complete(environ, MIGRATE)
    assert environ == {"DATABASE_URL": "postgres://db/registry"}


def test_a_command_without_anything_set_runs_with_keys_of_its_own_and_no_database() -> None:
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    complete(first, ["manage.py", "replay"])
    complete(second, ["manage.py", "replay"])
    assert "/nonexistent" in first["DATABASE_URL"]
    assert first["REGISTRY_CHAIN_KEY"] != second["REGISTRY_CHAIN_KEY"]


def test_what_was_filled_in_is_not_handed_on() -> None:
    environ = {"HOME": "/root", "REGISTRY_REGISTER_ID": "cn-43"}
    complete(environ, ["manage.py", "test"])
    assert "SECRET_KEY" in environ
    assert given(environ) == {"HOME": "/root", "REGISTRY_REGISTER_ID": "cn-43"}


def test_a_command_talks_to_the_demo_that_runs(tmp_path: Path) -> None:
    announced = {"DATABASE_URL": "postgres://registry_app@/registry?host=/tmp/demo"}
    (tmp_path / "running.json").write_text(json.dumps({"environment": announced}))
    with folders.hold(tmp_path, "demo"):
        environ: dict[str, str] = {}
        complete(environ, MIGRATE)
        assert environ["DATABASE_URL"] == announced["DATABASE_URL"]


def test_a_demo_that_was_killed_is_not_talked_to(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text(json.dumps({"environment": {"DATABASE_URL": "postgres://gone"}}))
    folders.hold(tmp_path, "demo").close()
    assert of_running_demo(tmp_path) == {}


def test_a_second_demo_does_not_talk_to_the_first(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text(json.dumps({"environment": {"DATABASE_URL": "postgres://first"}}))
    with folders.hold(tmp_path, "demo"):
        environ: dict[str, str] = {}
        complete(environ, ["manage.py", "demo"])
        assert "first" not in environ["DATABASE_URL"]


def test_keys_of_tests_are_the_same_every_time() -> None:
    assert environment.for_tests() == environment.for_tests()
