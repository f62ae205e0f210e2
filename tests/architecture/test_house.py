import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from registry.config.bootstrap import DEVELOPMENT, HOUSE, RUNTIME
from tests.architecture.house import files, python_files, texts, told

TOP = {"manage.py", "pyproject.toml", "README.md", "registry", "appeals", "notifications", "templates", "tests"}
CONTAINERS = {"Dockerfile", "compose.yaml"}
LOCKS = {"requirements.lock", "requirements-dev.lock"}
LONGEST = 400
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "services", "service", "signals", "misc", "common"}
SOMEBODYS_MACHINE = re.compile(r"(?<![\w.:/])/(?:home|root|work|Users)/\w")
DEPENDENCY = re.compile(r'^    "[A-Za-z]')


def test_the_top_of_the_house_holds_nothing_else() -> None:
    found = {path.relative_to(HOUSE).parts[0] for path in files()}
    assert {name for name in found if not name.startswith(".")} <= TOP | CONTAINERS | LOCKS


def test_no_program_is_longer_than_four_hundred_lines() -> None:
    assert [told(path) for path in python_files() if path.read_text().count("\n") > LONGEST] == []


def test_no_file_is_named_for_nothing() -> None:
    assert [told(path) for path in python_files() if NAMES_THAT_SAY_NOTHING & {path.stem, *path.parts}] == []


def test_nothing_names_a_folder_of_somebodys_machine() -> None:
    ours = Path(__file__)
    assert [told(path) for path, text in texts() if path != ours and SOMEBODYS_MACHINE.search(text)] == []


def test_imports_point_down_only() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    linted = subprocess.run([*command, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout


def test_every_dependency_says_what_it_is_for() -> None:
    lines = (HOUSE / "pyproject.toml").read_text().splitlines()
    listed = lines[lines.index("dependencies = [") : lines.index("[tool.pytest.ini_options]")]
    assert [line for line in listed if DEPENDENCY.match(line) and "#" not in line] == []


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT], ids=lambda lock: lock.name)
def test_locks_pin_hashes_and_name_no_address(lock: Path) -> None:
    text = lock.read_text()
    pinned = re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE)
    wanted = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.split(r"[\[<>=]", each)[0] for each in wanted} <= set(pinned)
    assert text.count("--hash=sha256:") >= len(pinned)
    assert not re.search(r"https?:|file:|--(?:extra-)?index|--find-links", text)


def test_the_development_lock_holds_the_other_one() -> None:
    pins = [set(re.findall(r"^\S+==\S+", lock.read_text(), flags=re.MULTILINE)) for lock in (RUNTIME, DEVELOPMENT)]
    assert pins[0] <= pins[1]


def test_the_container_files_agree_with_the_house() -> None:
    compose = yaml.safe_load((HOUSE / "compose.yaml").read_text())
    known = {"postgres", "redis", "migrate", "web", "check", "worker", "beat", "backup"}
    assert known == set(compose["services"])
    ours = {name: service for name, service in compose["services"].items() if service.get("build")}
    assert set(ours) == known - {"postgres", "redis"}
    for service in ours.values():
        assert {"SECRET_KEY", "DATABASE_URL", "REGISTRY_DOCUMENT_KEY", "REGISTRY_CHAIN_KEY"} <= set(
            service["environment"]
        )
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (HOUSE / "Dockerfile").read_text(), flags=re.MULTILINE)
    sources = {name for line in copied for name in line.split()}
    assert all((HOUSE / name).exists() for name in sources)
    kept = set((HOUSE / ".dockerignore").read_text().split())
    assert all(f"!{name}" in kept for name in sources)
