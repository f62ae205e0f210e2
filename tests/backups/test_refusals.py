"""What is refused: a backup that would lack rows, and one that does not fit where it is to be restored."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from registry.config.backups import dumping
from registry.config.backups.dumping import back_up, restore
from registry.config.backups.manifest import beside
from registry.config.database import ACTING, parameters
from registry.config.programs import dumping_programs
from registry.config.trouble import Trouble

Change = Callable[[dict[str, Any]], object]


def keeper(**otherwise: str) -> dict[str, str]:
    return {**parameters(connection.settings_dict, "KEEPER"), **otherwise}


def owner() -> dict[str, str]:
    return parameters(connection.settings_dict, "OWNER")


def test_who_is_held_back_by_the_wall_makes_no_backup(db: None, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="registry_app is held back by row-level security: rows about people"):
        back_up(tmp_path / "register.dump", keeper(user=ACTING))
    assert list(tmp_path.iterdir()) == []


def test_without_a_role_for_it_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="CREATE ROLE registry_backup LOGIN BYPASSRLS"):
        back_up(tmp_path / "register.dump", None)


def test_a_backup_takes_the_place_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "register.dump.manifest.json").touch()
    with pytest.raises(Trouble, match="is there already"):
        back_up(tmp_path / "register.dump", keeper())
    (tmp_path / "other.dump.unfinished").touch()
    with pytest.raises(Trouble, match="still runs, or that was killed"):
        back_up(tmp_path / "other.dump", keeper())


def test_what_fails_midway_leaves_nothing(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho half > $PWD/half; echo no luck >&2; exit 1\n")
    (tmp_path / "pg_dump").chmod(0o700)
    monkeypatch.setattr(dumping, "dumping_programs", lambda major: tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept").mkdir()
    with pytest.raises(Trouble, match=r"pg_dump failed.*\nno luck"):
        back_up(tmp_path / "kept" / "register.dump", keeper())
    assert list((tmp_path / "kept").iterdir()) == []


def test_programs_of_the_servers_version_or_none() -> None:
    with pytest.raises(Trouble, match=r"The server is PostgreSQL 11; .* not here .*\n.*postgresql-client-11"):
        dumping_programs(11)


def later(told: dict[str, Any]) -> None:
    told["contents"]["migrations"].append("registry.9999_of_tomorrow")


def other_server(told: dict[str, Any]) -> None:
    told["contents"]["server"] = 11


def other_owner(told: dict[str, Any]) -> None:
    told["contents"]["owner"] = "somebody"


UNFIT: list[tuple[Change, str]] = [
    (lambda told: told.update(register="elsewhere"), "is of the register elsewhere; this one is cn"),
    (lambda told: told["keys"].update({"REGISTRY_CHAIN_KEY": "00"}), "not those .*: REGISTRY_CHAIN_KEY"),
    (later, "of a newer register than this one, which does not know registry.9999_of_tomorrow"),
    (lambda told: told.update(dump="00"), "altered or cut off"),
    (other_server, "is of PostgreSQL 11; the server here is"),
    (other_owner, "belong to somebody"),
    (lambda told: told.update(form=2), "of form 2"),
    (lambda told: None, "is not empty: it has "),
]


def test_a_backup_is_ours_alone_and_one_that_does_not_fit_is_refused(dump: Path) -> None:
    for file in (dump, beside(dump)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(dump.parent.iterdir()) == [dump, beside(dump)]
    told = beside(dump).read_text()
    assert "王伟" not in told
    for change, said in UNFIT:
        changed = json.loads(told)
        change(changed)
        beside(dump).write_text(json.dumps(changed))
        with pytest.raises(Trouble, match=said):
            restore(dump, owner())
    beside(dump).unlink()
    with pytest.raises(CommandError, match=r"manifest.json is missing"):
        call_command("restore", str(dump))
