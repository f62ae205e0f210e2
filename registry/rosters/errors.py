"""Refusals of this package: a sentence for people and a stable code for programs."""

from typing import Any

from django.utils.functional import Promise


class RosterRefused(Exception):
    """A file or an act that is not accepted: which value, why, and what to do next.

    `code` is stable snake_case, `message` a translated sentence, `field` the heading or argument it is about, or None.
    """

    def __init__(self, code: str, message: str | Promise, *, field: str | None = None, value: Any = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.value = value

    def __str__(self) -> str:
        return str(self.message)
