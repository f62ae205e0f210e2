"""The policies that this register applies, loaded once per process."""

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from registry.rules.policy import Policies, Policy, load_policies


@cache
def policies() -> Policies:
    """All policies: the national one, those of regions, and drafts for what-if."""
    folder = settings.REGISTRY_POLICY_DIR
    return load_policies(Path(folder) if folder else None)


def policy_on(region: str, day: date) -> Policy:
    """The policy of the most specific region around `region` (six digits) in force on `day`. Raises LookupError."""
    return policies().in_force(region, day)
