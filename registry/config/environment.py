"""What the environment holds when nobody has set it: for trying, for the demo, for tests. Standard library only.

A deployment sets the variables itself (``registry.config.settings`` lists them) and nothing here adds to them.
"""

import base64
import fcntl
import hashlib
import json
import secrets
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path

from registry.config.bootstrap import HOUSE

DEMO_FOLDER = HOUSE / ".demo"
RUNNING = "running.json"
FILLED_IN = "REGISTRY_FILLED_IN"
NOWHERE = "postgres://nobody@/registry?host=/nonexistent"
KEYS = ("REGISTRY_DOCUMENT_KEY", "REGISTRY_INDEX_KEY", "REGISTRY_CHAIN_KEY", "REGISTRY_CERTIFICATE_KEY")
OWN_START = {"demo", "test", "bench"}


def complete(environ: MutableMapping[str, str], argv: Sequence[str]) -> None:
    """Without ``DATABASE_URL``, a command talks to the running demo of this folder; without one, only to itself.

    Commands that need no database (``replay``, ``makemigrations``) then run with keys that are thrown away.
    """
    if "DATABASE_URL" in environ and not set(argv[1:2]) & OWN_START:
        return
    found = {} if set(argv[1:2]) & OWN_START else of_running_demo(DEMO_FOLDER)
    filled = {**plain_http(), **throwaway_keys(), "DATABASE_URL": NOWHERE, **found}
    filled = {name: value for name, value in filled.items() if name not in environ}
    environ.update(filled, **{FILLED_IN: ",".join(filled)})


def given(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment as it was before ``complete``: what a process gets that is to have its own."""
    filled = {FILLED_IN, *environ.get(FILLED_IN, "").split(",")}
    return {name: value for name, value in environ.items() if name not in filled}


def of_running_demo(folder: Path) -> dict[str, str]:
    """The environment of the demo that runs on ``folder``; empty when none does or when it belongs to somebody else."""
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return {}  # nobody holds it
    except BlockingIOError:
        return _announced(folder)
    except OSError:
        return {}


def _announced(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / RUNNING).read_text())["environment"])
    except (OSError, ValueError, KeyError):
        return {}


def throwaway_keys() -> dict[str, str]:
    """Keys from chance, of the right shape."""
    keys = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in KEYS}
    return {"SECRET_KEY": secrets.token_urlsafe(50), **keys}


def test_keys() -> dict[str, str]:
    """Keys that everybody knows, so that what a test computes is the same every time."""
    keys = {name: base64.b64encode(hashlib.sha256(f"test {name}".encode()).digest()).decode() for name in KEYS}
    return {"SECRET_KEY": "known to everybody, and good for tests only", **keys}


def plain_http() -> dict[str, str]:
    """A browser on this machine talks to it without TLS."""
    return {"REGISTRY_HTTPS": "false", "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]"}


def for_tests() -> dict[str, str]:
    """Everything a test run needs but the two servers."""
    return {
        **plain_http(),
        **test_keys(),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "REGISTRY_LOG_LEVEL": "WARNING",
        "REGISTRY_SECOND_FACTOR": "false",  # whoever tests it, turns it on
    }
