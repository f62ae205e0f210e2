"""Procedures: which act leads from which state to which, as data that is checked, drawn and never written twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

Transitions = Mapping[str, Mapping[str, str]]
"""By state, by act: the state after it. Every state is a key, also one that nothing leads out of."""


class NotPossible(ValueError):
    """The act is not possible in the state. `possible` are the acts that are."""

    def __init__(self, procedure: str, state: str, act: str, possible: tuple[str, ...]) -> None:
        super().__init__(f"{procedure}: “{act}” is not possible in state “{state}”; possible: {', '.join(possible)}")
        self.procedure, self.state, self.act, self.possible = procedure, state, act, possible


@dataclass(frozen=True)
class Procedure:
    """One procedure: the states it may begin in, the states in which nothing is owed any more, and the way between."""

    name: str
    starts: frozenset[str]
    ends: frozenset[str]
    transitions: Transitions

    @cached_property
    def states(self) -> tuple[str, ...]:
        """All states in the order of the procedure."""
        return tuple(self.transitions)

    @cached_property
    def acts(self) -> tuple[str, ...]:
        """All acts, each once, in the order in which they first appear."""
        return tuple(dict.fromkeys(act for ways in self.transitions.values() for act in ways))

    def after(self, state: str, act: str) -> str:
        """The state after the act. Raises NotPossible."""
        ways = self.transitions[state]
        if act not in ways:
            raise NotPossible(self.name, state, act, tuple(ways))
        return ways[act]

    def allows(self, state: str, act: str) -> bool:
        """Whether the act is possible in the state."""
        return act in self.transitions[state]

    def faults(self) -> Iterator[str]:
        """What is wrong with the procedure: unknown states, states never reached, states from which it never ends."""
        known = set(self.transitions)
        named = {*self.starts, *self.ends, *(to for ways in self.transitions.values() for to in ways.values())}
        for state in sorted(named - known):
            yield f"{self.name}: {state} has no line of its own"
        forward = {state: set(ways.values()) for state, ways in self.transitions.items()}
        for state in sorted(known - _reached(self.starts, forward)):
            yield f"{self.name}: {state} is never reached"
        backward: dict[str, set[str]] = {state: set() for state in known | named}
        for state, following in forward.items():
            for to in following:
                backward[to].add(state)
        for state in sorted(known - _reached(self.ends, backward)):
            yield f"{self.name}: {state} never comes to an end"

    def diagram(self) -> str:
        """The procedure as a Mermaid state diagram, one line for each way."""
        lines = ["stateDiagram-v2", *(f"    [*] --> {state}" for state in self.states if state in self.starts)]
        for state, ways in self.transitions.items():
            lines += [f"    {state} --> {to}: {act}" for act, to in ways.items()]
        lines += [f"    {state} --> [*]" for state in self.states if state in self.ends]
        return "\n".join(lines)


def _reached(first: frozenset[str], ways: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = set(first)
    while ahead:
        found |= ahead
        ahead = {to for state in ahead for to in ways.get(state, ())} - found
    return found
