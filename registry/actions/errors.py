"""How an act says no."""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise

from registry.models import Practitioner


class Refused(Exception):
    """An act was refused and nothing was written.

    `code` is stable and for machines; `message` is a sentence for people with the value, the reason and what to do;
    `field` names the argument that was wrong, where there is one, and `value` what was given for it.
    """

    def __init__(self, code: str, message: str | Promise, *, field: str | None = None, value: Any = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.value = value

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class ProbableDuplicate(Refused):
    """Somebody in the register may be the same person; `candidates` are for a human to compare."""

    def __init__(self, message: str | Promise, *, candidates: Sequence[Practitioner]) -> None:
        super().__init__("probable_duplicate", message, field="code")
        self.candidates = list(candidates)
