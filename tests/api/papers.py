"""Files that programs hand in, in tests."""

import base64
from typing import Any

from tests.api.officers import Program
from tests.rules import sample_files


def paper(content: bytes | None = None, name: str = "病历.pdf") -> dict[str, Any]:
    """A file as it is sent."""
    return {"name": name, "content": base64.b64encode(content or sample_files.pdf()).decode()}


def handed_in(program: Program, name: str = "病历.pdf") -> str:
    """The id of a file that the program handed in."""
    given: str = program.done("files/", paper(name=name))["id"]
    return given
