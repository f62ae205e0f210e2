"""For whom, and why, whole numbers leave the register, in tests."""

import datetime as dt

from registry.actions.access_log import Disclosure
from tests import town


def disclosed(place: town.Town, reason: str = "社保核对全员证件号码") -> Disclosure:
    return Disclosure(by=place.officer, reason=reason, now=town.at(dt.date(2026, 3, 3)))
