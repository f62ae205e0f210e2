"""Refusals of a whole file: a sentence for people and a stable code for programs."""

from registry.actions.errors import Refused


class ClaimsRefused(Refused):
    """A file that is none of claims, or an act on its check that is refused. In words it is the sentence."""

    def __str__(self) -> str:
        return str(self.message)
