"""A small town and its backup."""

from pathlib import Path

import pytest
from django.db import connection

from registry.config.backups.dumping import back_up
from registry.config.database import parameters
from tests.town import TODAY, Town, build, score


@pytest.fixture(autouse=True)
def _somebody_keeps_backups() -> None:
    """On servers of somebody else the role has no log-in that we know."""
    if connection.settings_dict["KEEPER"] is None:
        pytest.skip("DATABASE_BACKUP_URL is not set")


@pytest.fixture
def town(committed: None) -> Town:
    town = build("510100")
    score(town, 9, TODAY)
    score(town, 4, TODAY, who=town.nurse)
    return town


@pytest.fixture
def dump(town: Town, tmp_path: Path) -> Path:
    back_up(tmp_path / "register.dump", parameters(connection.settings_dict, "KEEPER"))
    return tmp_path / "register.dump"
