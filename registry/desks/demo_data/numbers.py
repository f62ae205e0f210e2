"""Numbers that look like those of the scheme and belong to nobody."""

from datetime import date

from registry.rules.resident_id import check_character

SERIALS_OF_A_DAY = 500
"""How many order numbers a birth date has for each sex."""


def resident_id(*, region: str, born: date, serial: int, male: bool) -> str:
    """A resident identity number (GB 11643) with a right check character that no real card can carry.

    Cards carry the code of a county; this one carries that of the province, where none is issued. `serial` is 0–499;
    the order number is odd for men.
    """
    if not 0 <= serial < SERIALS_OF_A_DAY:
        raise ValueError(f"serial {serial}: a birth date has {SERIALS_OF_A_DAY} order numbers for each sex")
    first_17 = f"{region[:2]}0000{born.isoformat().replace('-', '')}{2 * serial + male:03d}"
    return first_17 + check_character(first_17)


def personal_code(*, letters: str, region: str, serial: int) -> str:
    """A personal code: letters of the profession, region of issue, six digits."""
    return f"{letters}{region}{serial:06d}"


def institution_code(*, pharmacy: bool, region: str, serial: int) -> str:
    """An institution code: H or P and eleven digits."""
    return f"{'P' if pharmacy else 'H'}{region}{serial:05d}"
