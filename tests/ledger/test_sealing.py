"""Numbers of documents: sealed to their row, found only whole, shown masked."""

import pytest
from django.db import connection

from registry.actions.people import register_practitioner
from registry.models import IdentityDocument, sealing
from tests.town import TODAY, at

NUMBER = "11010519491231002X"


def test_a_sealed_number_opens_for_its_own_person_only() -> None:
    sealed = sealing.seal(NUMBER, bound_to="one")
    assert sealing.unseal(sealed, bound_to="one") == NUMBER
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed, bound_to="other")


@pytest.mark.parametrize("position", [1, 5, 13, -1])
def test_an_altered_seal_does_not_open(position: int) -> None:
    sealed = bytearray(sealing.seal(NUMBER, bound_to="one"))
    sealed[position] ^= 1
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(bytes(sealed), bound_to="one")


def test_the_same_number_is_sealed_differently_each_time_and_found_all_the_same() -> None:
    assert sealing.seal(NUMBER, bound_to="one") != sealing.seal(NUMBER, bound_to="one")
    assert sealing.blind_index(NUMBER) == sealing.blind_index(" １１０１０５１９４９１２３１００２ｘ ")
    assert sealing.blind_index(NUMBER) != sealing.blind_index("110105194912310038")


@pytest.mark.parametrize(
    ("number", "shown"), [(NUMBER, "110*************2X"), ("E1234567", "E12***67"), ("A123456", "*******"), ("", "")]
)
def test_a_number_is_shown_masked(number: str, shown: str) -> None:
    assert sealing.masked(number) == shown


@pytest.mark.django_db
def test_neither_the_number_nor_a_plain_digest_of_it_stands_in_the_table() -> None:
    register_practitioner(
        code="N1", name="张丽", category="nurse", document=("resident_id", NUMBER), by=None, now=at(TODAY)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position(convert_to(%s, 'UTF8') in sealed_number) + position(sha256(convert_to(%s, 'UTF8')) in"
            " number_index) FROM registry_identitydocument",
            [NUMBER, NUMBER],
        )
        assert cursor.fetchall() == [(0,)]
    assert IdentityDocument.objects.get(number_index=sealing.blind_index(NUMBER)).masked == "110*************2X"


@pytest.mark.django_db
def test_a_seal_copied_to_another_person_s_row_does_not_open() -> None:
    for code, number in (("N1", NUMBER), ("N2", "110105194912310038")):
        register_practitioner(
            code=code, name=code, category="nurse", document=("other", number), by=None, now=at(TODAY)
        )
    mine, theirs = IdentityDocument.objects.order_by("pk")
    mine.sealed_number = theirs.sealed_number
    mine.save()
    with pytest.raises(sealing.SealBroken):
        _ = IdentityDocument.objects.get(pk=mine.pk).number
