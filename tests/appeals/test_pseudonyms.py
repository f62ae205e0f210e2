"""Names that hold for one draw only."""

import pytest

from appeals.rules.pool import check_id
from appeals.rules.pseudonyms import Pseudonyms

ONE, OTHER = Pseudonyms(bytes(32)), Pseudonyms(bytes(31) + b"\x01")


def test_the_same_thing_has_the_same_name_in_one_draw_and_another_in_the_next() -> None:
    assert ONE.expert("方") == ONE.expert("方")
    assert ONE.expert("方") != ONE.expert("郭")
    assert ONE.expert("方") != OTHER.expert("方")


def test_an_expert_a_person_and_an_institution_never_share_a_name() -> None:
    assert len({ONE.expert(7), ONE.person(7), ONE.institution(7)}) == 3


def test_every_name_can_stand_in_a_draw() -> None:
    for name in (ONE.expert("方"), ONE.person(1), ONE.institution("H43010000001")):
        check_id("id", name)


def test_a_salt_has_its_length() -> None:
    with pytest.raises(ValueError, match="31 bytes"):
        Pseudonyms(bytes(31))
