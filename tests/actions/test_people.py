"""People come into the register once: equal, probable, different; never silently the wrong person."""

from datetime import date

import pytest

from registry.actions.errors import ProbableDuplicate, Refused
from registry.actions.people import (
    add_document,
    assign_code,
    match,
    register_practitioner,
    rename,
    validate_resident_id,
)
from registry.models import IdentityDocument, PersonalCode, Practitioner, PractitionerName, User
from registry.rules import resident_id
from tests.actions.deeds import merge
from tests.town import TODAY, Town, at, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build("510100")


def id_number(first_17: str) -> str:
    """The valid number that begins with these digits."""
    return next(first_17 + last for last in "0123456789X" if resident_id.fault(first_17 + last) is None)


def enter(
    code: str | None,
    name: str,
    *,
    document: str | None = None,
    born: date | None = None,
    distinct_from: tuple[Practitioner, ...] = (),
    reason: str = "",
    by: User | None = None,
) -> Practitioner:
    return register_practitioner(
        code=code,
        name=name,
        category="nurse",
        birth_date=born,
        document=("resident_id", document) if document else None,
        distinct_from=distinct_from,
        reason=reason,
        by=by,
        now=at(TODAY),
    )


ZHANG_LI = id_number("51010219850307001")
SLIPPED = next(  # two digits of it swapped or mistyped, and still a valid number
    number
    for number in (id_number(f"51010219850307{serial:03}") for serial in range(2, 1000))
    if sum(a != b for a, b in zip(number, ZHANG_LI, strict=True)) == 2
)


def test_the_same_person_twice_is_the_same_file() -> None:
    first = enter("N510100000077", "张丽", document=ZHANG_LI)
    assert enter("N510100000077", "张丽", document=ZHANG_LI) == first
    assert enter(" ｎ510100000077 ", " 张丽 ") == first
    assert Practitioner.objects.count() == PersonalCode.objects.count() == 1


def test_a_code_with_another_name_is_looked_at_by_a_human() -> None:
    first = enter("N510100000077", "张丽")
    with pytest.raises(ProbableDuplicate) as refusal:
        enter("N510100000077", "王芳")
    assert refusal.value.candidates == [first]
    with pytest.raises(ProbableDuplicate):  # a code is one person's for ever, whatever a human says
        enter("N510100000077", "王芳", distinct_from=(first,), reason="核对过")


def test_a_code_with_another_document_is_looked_at_by_a_human() -> None:
    enter("N510100000077", "张丽", document=ZHANG_LI)
    with pytest.raises(ProbableDuplicate):
        enter("N510100000077", "张丽", document=id_number("51010219900101002"))
    found = match(code="N510100000077", name="张丽", document=("resident_id", id_number("51010219900101002")))
    assert (found.verdict, found.reasons) == ("probable", ("code", "other_document"))


def test_a_slip_of_two_digits_that_hits_somebody_elses_number_is_never_that_person() -> None:
    other = enter("N510100000088", "陈静", document=SLIPPED)
    found = match(code=None, name="张丽", document=("resident_id", SLIPPED))
    assert (found.verdict, found.practitioners, found.reasons) == ("probable", (other,), ("document", "other_name"))
    for code in (None, "N510100000077"):
        with pytest.raises(ProbableDuplicate):
            enter(code, "张丽", document=SLIPPED)
    assert Practitioner.objects.count() == 1


def test_a_known_code_and_name_with_somebody_elses_number_are_looked_at_by_a_human() -> None:
    enter("N510100000077", "张丽")  # whose number nobody has entered yet
    enter("N510100000088", "陈静", document=SLIPPED)
    found = match(code="N510100000077", name="张丽", document=("resident_id", SLIPPED))
    assert (found.verdict, found.reasons) == ("probable", ("code", "other_document"))


def test_a_new_code_for_a_known_name_and_number_is_looked_at_by_a_human() -> None:
    first = enter("N510100000077", "张丽", document=ZHANG_LI)
    found = match(code="N510100000099", name="张丽", document=("resident_id", ZHANG_LI))
    assert (found.verdict, found.practitioners, found.reasons) == ("probable", (first,), ("document", "other_code"))


def test_without_a_code_name_and_number_together_are_the_person() -> None:
    first = enter(None, "张丽", document=ZHANG_LI)
    assert enter(None, "张丽", document=ZHANG_LI.lower()) == first


def test_a_number_that_stands_in_two_files_is_nobody_s_for_certain() -> None:
    first = enter("N510100000077", "张丽", document=ZHANG_LI)
    second = enter("N510100000088", "张丽", document=ZHANG_LI, distinct_from=(first,), reason="公安核实为重号")
    found = match(code=None, name="张丽", document=("resident_id", ZHANG_LI))
    assert (found.verdict, set(found.practitioners)) == ("probable", {first, second})


def test_namesakes_born_on_one_day_are_looked_at_by_a_human_unless_their_numbers_differ() -> None:
    born = date(1985, 3, 7)
    first = enter("N510100000077", "张丽", document=ZHANG_LI)
    assert first.birth_date == born
    with pytest.raises(ProbableDuplicate):
        enter("N510100000088", "张丽", born=born)
    other = enter("N510100000099", "张丽", document=SLIPPED)
    assert other != first


def test_a_human_may_say_that_they_are_two_people_with_a_reason() -> None:
    first = enter("N510100000077", "张丽", born=date(1985, 3, 7))
    with pytest.raises(Refused, match="reason_missing"):
        enter("N510100000088", "张丽", born=date(1985, 3, 7), distinct_from=(first,))
    second = enter("N510100000088", "张丽", born=date(1985, 3, 7), distinct_from=(first,), reason="同名同日生")
    assert second != first
    with pytest.raises(ProbableDuplicate):  # there are two to compare with now
        enter("N510100000099", "张丽", born=date(1985, 3, 7), distinct_from=(first,), reason="同名同日生")


def test_people_without_a_code_get_a_provisional_one_of_ours() -> None:
    one, other = enter(None, "张丽"), enter(None, "陈静")
    assert one.provisional
    assert other.provisional
    assert one.code != other.code


def test_the_national_code_joins_the_provisional_one_with_a_trace(town: Town) -> None:
    person = enter(None, "张丽", by=town.officer)
    provisional = person.code
    joined = assign_code(practitioner=person, code="N510100000077", reason="已赋码", by=town.officer, now=at(TODAY))
    assert (joined.pk, joined.code, joined.provisional) == (person.pk, "N510100000077", False)
    for code in (provisional, "N510100000077"):
        assert match(code=code, name="张丽").practitioners == (person,)
    assert joined.history.first().history_change_reason == "已赋码"
    with pytest.raises(Refused, match="code_is_permanent"):
        assign_code(practitioner=person, code="N510100000099", reason="换码", by=town.officer, now=at(TODAY))
    assert assign_code(practitioner=person, code="N510100000077", reason="再来", by=None, now=at(TODAY)) == person


def test_a_code_is_never_given_to_somebody_else(town: Town) -> None:
    first = enter(None, "张丽")
    provisional = first.code
    assign_code(practitioner=first, code="N510100000077", reason="已赋码", by=town.officer, now=at(TODAY))
    second = enter(None, "陈静")
    for code in (provisional, "N510100000077"):
        with pytest.raises(Refused, match="code_taken"):
            assign_code(practitioner=second, code=code, reason="误", by=town.officer, now=at(TODAY))
        with pytest.raises(ProbableDuplicate):
            enter(code, "陈静")


def test_a_provisional_file_and_a_code_for_the_same_number_are_joined_by_a_human() -> None:
    first = enter(None, "张丽", document=ZHANG_LI)
    found = match(code="N510100000077", name="张丽", document=("resident_id", ZHANG_LI))
    assert (found.verdict, found.practitioners, found.reasons) == ("probable", (first,), ("document",))


def test_a_new_name_supersedes_the_old_one_which_stays_known(town: Town) -> None:
    person = enter("N510100000077", "张丽")
    renamed = rename(practitioner=person, name="张 莉", reason="户口簿更名", by=town.officer, now=at(date(2025, 6, 1)))
    assert renamed.name == "张 莉"
    names = PractitionerName.objects.filter(practitioner=person).order_by("pk")
    assert [(each.name, each.superseded_at) for each in names] == [("张丽", at(date(2025, 6, 1))), ("张 莉", None)]
    assert rename(practitioner=person, name="张 莉", reason="", by=None, now=at(TODAY)) == renamed
    assert names.count() == 2
    with pytest.raises(Refused, match="reason_missing"):
        rename(practitioner=person, name="李四", reason=" ", by=town.officer, now=at(TODAY))
    assert names.count() == 2


def test_after_a_merge_the_absorbed_code_and_number_mean_the_kept_file(town: Town) -> None:
    kept = enter("N510100000077", "张丽")
    absorbed = enter("N510100000088", "张丽", document=ZHANG_LI)
    merge(town, kept, absorbed, TODAY)
    assert enter("N510100000088", "张丽", document=ZHANG_LI) == kept
    assert enter("N510100000077", "张丽", document=ZHANG_LI) == kept
    assert enter(None, "张丽", document=ZHANG_LI) == kept
    with pytest.raises(ProbableDuplicate):
        enter("N510100000077", "张丽", document=SLIPPED)


def test_one_more_document_is_kept_once(town: Town) -> None:
    person = enter("N510100000077", "张丽")
    for _ in range(2):
        add_document(practitioner=person, kind="passport", number="e12345678", by=town.officer, now=at(TODAY))
    document = IdentityDocument.objects.get(practitioner=person)
    assert (document.number, document.masked, str(document)) == ("E12345678", "E12****78", "E12****78")


def test_a_resident_number_of_another_file_is_not_added(town: Town) -> None:
    owner = enter("N510100000088", "陈静", document=SLIPPED)
    person = enter("N510100000077", "张丽")
    with pytest.raises(ProbableDuplicate) as refusal:
        add_document(practitioner=person, kind="resident_id", number=SLIPPED, by=town.officer, now=at(TODAY))
    assert refusal.value.candidates == [owner]
    merge(town, owner, person, TODAY)
    add_document(practitioner=person, kind="resident_id", number=SLIPPED, by=town.officer, now=at(TODAY))
    assert person.documents.get().number == SLIPPED


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("12345", "resident_id_form"),
        ("510102198502300017", "resident_id_birth_date"),
        (ZHANG_LI[:-1] + ("1" if ZHANG_LI[-1] != "1" else "2"), "resident_id_check"),
    ],
)
def test_an_impossible_resident_number_is_refused_and_never_shown_whole(number: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        validate_resident_id(number)
    assert refusal.value.code == code
    assert number not in str(refusal.value.message)
    assert number not in str(refusal.value.value)


@pytest.mark.parametrize("code", ["", "   ", "A" * 65, "N5101\x00"])
def test_a_code_that_is_none_is_refused(town: Town, code: str) -> None:
    person = enter(None, "张丽")
    with pytest.raises(Refused, match="code_malformed"):
        assign_code(practitioner=person, code=code, reason="赋码", by=town.officer, now=at(TODAY))


@pytest.mark.parametrize("name", ["", "  ", "张" * 101, "张\x07丽"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="name_malformed"):
        enter("N510100000077", name)
    assert not Practitioner.objects.exists()


def test_an_unknown_category_or_kind_of_document_is_refused() -> None:
    for arguments, code in (
        ({"category": "driver"}, "category_unknown"),
        ({"category": "nurse", "sex": "x"}, "sex_unknown"),
        ({"category": "nurse", "document": ("library_card", "12345")}, "document_kind_unknown"),
        ({"category": "nurse", "document": ("passport", "1")}, "document_malformed"),
    ):
        with pytest.raises(Refused, match=code):
            register_practitioner(code="N1", name="张丽", by=None, now=at(TODAY), **arguments)
