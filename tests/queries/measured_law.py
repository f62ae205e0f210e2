"""The law as shipped, with other answers to what no source says: emergencies while a measure holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

from django.test import override_settings

from registry.ledger.law import policies
from registry.rules import policy

SHIPPED = Path(policy.__file__).parent / "policies"
SECTION = "[measures]\n"


@contextmanager
def emergencies_under_measures(folder: Path, **paid: bool) -> Iterator[None]:
    """Within, these policies (by id, `_` for `-`) say whether emergencies are paid while a measure holds."""
    copy = folder / "policies"
    copytree(SHIPPED, copy)
    for name, value in paid.items():
        file = copy / f"{name.replace('_', '-')}.toml"
        before, _, after = file.read_text().partition(SECTION)
        says = f'emergency_exempt = {{ value = {str(value).lower()}, provision = "local-texts", certainty = "L" }}\n'
        file.write_text(f"{before}\n{SECTION}{says}{after.partition(chr(10))[2]}")
    try:
        with override_settings(REGISTRY_POLICY_DIR=str(copy)):
            policies.cache_clear()
            yield
    finally:
        policies.cache_clear()
