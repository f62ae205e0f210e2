"""What the demo keeps beside its database, for our eyes only: its keys, what was loaded, and where it runs."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.config import environment, folders
from registry.config.bootstrap import HOUSE, RUNTIME
from registry.config.trouble import Trouble

KEYS = "keys.json"
LOADED = "loaded.json"
FILLING = "filling.json"
CODE_OF_SCHEMA = ("registry/migrations", "appeals/migrations", "notifications/migrations")


@dataclass(frozen=True)
class Contents:
    """What was asked of the data: the same size and seed give the same data."""

    practitioners: int = 2000
    seed: int = 2025


class DemoFolder:
    """The data folder of a demo."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it against other demos. Raises Trouble when one is there, or when the folder is of other things."""
        strange = (
            not (self.path / KEYS).exists() and self.path.is_dir() and {p.name for p in self.path.iterdir()} - {"lock"}
        )
        if strange:
            raise Trouble(f"{self.path} is not empty and not the folder of a demo.", "Name another folder with --data.")
        with folders.hold(folders.private(self.path), "demo"):
            self.keys()
            yield

    def forget_unfinished(self) -> None:
        """Remove a database whose loading was interrupted."""
        shutil.rmtree(self.path / "postgres", ignore_errors=True)

    @property
    def logs(self) -> Path:
        """Where each process writes its log."""
        return folders.private(self.path / "logs")

    @property
    def filling(self) -> Path:
        """The file into which ``seed`` tells what it made."""
        return self.path / FILLING

    def filling_told(self) -> dict[str, Any]:
        """What ``seed`` told; the file is taken away."""
        told = self._read(FILLING) or {}
        self.filling.unlink()
        return told

    def keys(self) -> dict[str, str]:
        """The keys of this demo, made at the first start and kept, since the data is sealed with them."""
        kept = self._read(KEYS) or {}
        if missing := environment.throwaway_keys().keys() - kept.keys():  # a newer register needs more of them
            kept |= {name: key for name, key in environment.throwaway_keys().items() if name in missing}
            self._write(KEYS, kept)
        return {name: str(value) for name, value in kept.items()}

    def contents(self, *, practitioners: int | None, seed: int | None) -> Contents:
        """What is wanted: what the user said, else what is there, else 2,000 people."""
        there = (self._read(LOADED) or {}).get("contents", vars(Contents()))
        said = {"practitioners": practitioners, "seed": seed}
        return Contents(**{name: value if (value := said[name]) is not None else there[name] for name in said})

    def loaded(self, wanted: Contents) -> dict[str, Any] | None:
        """What the complete loading told (accounts, keys, examples), else None. Raises Trouble for other contents."""
        if (record := self._read(LOADED)) is None:
            return None
        found = Contents(**record["contents"])
        if found != wanted:
            raise Trouble(
                f"The data in {self.path} was made with --practitioners {found.practitioners} --seed {found.seed}.",
                "Leave these options as they were, name another folder with --data, or remove this one to start anew.",
            )
        return dict(record["told"])

    def schema_is_current(self) -> bool:
        """Whether no migration and no package has changed since the last start."""
        record = self._read(LOADED)
        return record is not None and record["schema"] == schema_digest()

    def remember(self, contents: Contents, told: dict[str, Any]) -> None:
        """From now on this folder counts as loaded."""
        self._write(LOADED, {"contents": vars(contents), "schema": schema_digest(), "told": told})

    @contextmanager
    def announced(self, variables: dict[str, str]) -> Iterator[None]:
        """Let other commands find the running demo."""
        self._write(environment.RUNNING, {"environment": variables})
        try:
            yield
        finally:
            (self.path / environment.RUNNING).unlink(missing_ok=True)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            return dict(json.loads((self.path / name).read_text()))
        except FileNotFoundError:
            return None
        except ValueError:
            raise Trouble(f"{self.path / name} is not readable JSON.", f"Remove {self.path} to start anew.") from None

    def _write(self, name: str, content: dict[str, Any]) -> None:
        unfinished = self.path / f"{name}.unfinished"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(content, ensure_ascii=False))
        unfinished.replace(self.path / name)


def schema_digest() -> str:
    """Changes when a migration or a locked package does."""
    files = sorted(each for folder in CODE_OF_SCHEMA for each in (HOUSE / folder).glob("*.py"))
    return hashlib.sha256(b"\0".join(each.name.encode() + each.read_bytes() for each in [RUNTIME, *files])).hexdigest()
