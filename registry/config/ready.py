"""Telling whoever started this process that it is ready. Standard library only."""

import os
from pathlib import Path

FOLDER = "REGISTRY_READY_FOLDER"
NAME = "REGISTRY_READY_NAME"


def tell(name: str) -> None:
    """Leave a file ``NAME.ready`` in the folder that the starter named, if it named one; also another name, if so."""
    if folder := os.environ.get(FOLDER):
        Path(folder, f"{os.environ.get(NAME) or name}.ready").touch()
