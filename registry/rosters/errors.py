"""Refusals of this package: a sentence for people and a stable code for programs."""

from registry.actions.errors import Refused


class RosterRefused(Refused):
    """A file that is not accepted; `field` is the heading or argument it is about. In words it is the sentence."""

    def __str__(self) -> str:
        return str(self.message)
