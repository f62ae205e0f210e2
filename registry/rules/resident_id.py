"""Resident identity numbers (GB 11643): 6 digits of region, 8 of the birth date, 3 of a serial, 1 check character."""

from __future__ import annotations

import re
from datetime import date
from operator import mul

_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def check_character(first_17: str) -> str:
    """The last character that belongs to the first 17 digits."""
    total = sum(map(mul, _WEIGHTS, map(int, first_17)))
    return _CHECKS[total % 11]


def fault(number: str) -> str | None:
    """What is wrong with the number: 'form', 'birth_date', 'check', or None.

    A right check character does not prove that the number is the person's: slips in two places can cancel out.
    """
    if not _FORM.fullmatch(number):
        return "form"
    if birth_date(number) is None:
        return "birth_date"
    return None if check_character(number[:17]) == number[17] else "check"


def birth_date(number: str) -> date | None:
    """The birth date inside a number of the right form, or None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """'male' where the serial is odd, 'female' where it is even."""
    return "male" if int(number[16]) % 2 else "female"
