import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from registry.config import bootstrap
from registry.config.bootstrap import DEVELOPMENT, HOUSE, RUNTIME, filled_from, lock_for

OLD = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path('manage.py', run_name='__main__')"


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "HOUSE", tmp_path)
    (tmp_path / ".venv").mkdir()
    return tmp_path / ".venv"


def stamp(venv: Path, lock: Path) -> None:
    (venv / f"filled-from-{lock.name}").write_text(bootstrap._digest(lock))


def test_tests_and_benchmarks_need_the_development_packages() -> None:
    assert lock_for(["manage.py", "demo"]) == RUNTIME
    assert lock_for(["manage.py"]) == RUNTIME
    assert lock_for(["manage.py", "test", "-k", "demo"]) == DEVELOPMENT


def test_packages_are_installed_once_and_again_when_the_lock_changes(venv: Path) -> None:
    assert not filled_from(RUNTIME)
    stamp(venv, RUNTIME)
    assert filled_from(RUNTIME)
    assert not filled_from(DEVELOPMENT)
    (venv / "filled-from-requirements.lock").write_text("of another lock file")
    assert not filled_from(RUNTIME)


def test_the_development_packages_hold_all_the_others(venv: Path) -> None:
    stamp(venv, DEVELOPMENT)
    assert filled_from(RUNTIME)


def test_an_old_python_can_read_the_entry_and_is_told_which_one_is_needed() -> None:
    ast.parse((HOUSE / "manage.py").read_text(), feature_version=(3, 4))
    told = subprocess.run([sys.executable, "-c", OLD], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "needs Python 3.11 or newer" in told.stderr
    assert "is Python 3.9.2" in told.stderr


def test_a_python_without_venv_is_told_which_package_to_install(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        bootstrap._make_venv()


def test_a_folder_that_cannot_be_written_to_is_named(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(SystemExit, match=f"{venv.parent} cannot be written to"):
        bootstrap._make_venv()


def test_a_failed_installation_leaves_no_stamp(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    false = shutil.which("false")
    assert false
    bootstrap.PYTHON.parent.mkdir()
    bootstrap.PYTHON.symlink_to(false)
    (venv / "bin" / "pip").touch()
    stamp(venv, RUNTIME)
    with pytest.raises(SystemExit, match="package index over the network"):
        bootstrap._install(RUNTIME)
    assert not filled_from(RUNTIME)
