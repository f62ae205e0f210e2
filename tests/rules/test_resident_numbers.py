"""What an identity number says of itself, and the slips its check character finds."""

from datetime import date

import pytest

from registry.rules.resident_id import birth_date, check_character, fault, sex

CHEN = "11010519491231002X"  # the example printed in GB 11643


def test_the_example_of_the_standard() -> None:
    assert fault(CHEN) is None
    assert check_character(CHEN[:17]) == "X"
    assert (birth_date(CHEN), sex(CHEN)) == (date(1949, 12, 31), "female")


def test_an_odd_serial_is_male() -> None:
    assert sex("440524188001010014") == "male"
    assert fault("440524188001010014") is None


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        ("", "form"),
        ("110105194912310", "form"),
        ("11010519491231002x", "form"),
        ("01010519491231002X", "form"),
        ("11010519491231002X ", "form"),
        ("11010519490229002X", "birth_date"),
        ("11010519491331002X", "birth_date"),
        ("110105194912310021", "check"),
        ("11010519491230002X", "check"),
        ("11010519491231020X", "check"),
    ],
)
def test_a_slip_is_told_by_its_kind(number: str, wrong: str) -> None:
    assert fault(number) == wrong
