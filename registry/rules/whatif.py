"""The same history under another policy: who would stand otherwise. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from registry.rules.facts import EntryRevised, Fact, PointsScored
from registry.rules.policy import Policies


def recompute(facts: Iterable[Fact], policies: Policies, policy_id: str) -> tuple[Fact, ...]:
    """The facts as if every entry had been made under the policy, which may be a draft.

    A length that an agency chose under another policy was chosen within that one's range, so the default of this one
    takes its place. Raises `KeyError` for an unknown policy.
    """
    policy = policies[policy_id]
    history = tuple(facts)
    moved = {fact.id for fact in history if isinstance(fact, PointsScored) and fact.policy != policy.id}
    return tuple(_under(fact, policy.id, moved) for fact in history)


def _under(fact: Fact, policy_id: str, moved: set[str]) -> Fact:
    if isinstance(fact, PointsScored) and fact.id in moved:
        return replace(fact, policy=policy_id, months=None)
    if isinstance(fact, EntryRevised) and fact.entry in moved:
        return replace(fact, months=None)
    return fact
