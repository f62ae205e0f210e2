"""What holds for every text, whoever it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appeals.rules.anonymous import KNOWN, MASK, Anonymiser, Subject
from registry.rules.resident_id import check_character

FULL_WIDTH = {ord(each): chr(ord(each) + 0xFEE0) for each in "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijklmnop"}
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HARMLESS = "的在由为处方检查，。；（）、abcxyz \n"
SIGHT = re.compile(r"[\s·'’-]|\u200b")

chinese = st.text("王李张伟娜芳明欧阳建国静", min_size=2, max_size=4)
latin = st.text("ABCDEilno", min_size=2, max_size=5).map(str.title)
names = st.one_of(chinese, chinese, latin, st.tuples(latin, latin).map(" ".join))
numbers = st.integers(0, 10**12 - 1).map(lambda number: f"{number:012}")
codes = st.tuples(st.sampled_from(["D", "N", "HY", "H", ""]), numbers).map("".join)


@st.composite
def casts(draw: st.DrawFn) -> list[Subject]:
    """Up to five subjects, some with earlier names, some without codes."""
    told = draw(st.lists(st.tuples(st.lists(names, max_size=2), st.lists(codes, max_size=2)), min_size=1, max_size=5))
    return [Subject(f"当事人{at}", tuple(known), tuple(held)) for at, (known, held) in enumerate(told, start=1)]


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "full width": lambda text: text.translate(FULL_WIDTH),
    "small": str.lower,
    "capital": str.upper,
    "spaced": lambda text: text if text.isascii() else " ".join(text),
    "unseen": "\u200b".join,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
}
"""The same text, written another way."""

ways = st.sampled_from(sorted(WAYS)).map(WAYS.__getitem__)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Subject], str]:
    """Some subjects and a text in which they occur among other words."""
    subjects = draw(casts())
    known = [each for subject in subjects for each in (*subject.names, *subject.codes)]
    harmless = st.text(HARMLESS, max_size=5)
    words = st.one_of(harmless, st.sampled_from(known), codes, st.text(max_size=3)) if known else harmless
    told = draw(st.lists(st.tuples(ways, words), max_size=12))
    return subjects, "".join(way(word) for way, word in told)


def plain(text: str) -> str:
    """Folded in another way than the program does it: for seeking what must not be there any more."""
    return SIGHT.sub("", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))


def hidden(text: str, subjects: list[Subject]) -> str:
    """The text with a wall in place of every label, so that nothing is read across one."""
    labels = sorted((subject.label for subject in subjects), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, [*labels, MASK])), "|", text)


@unhurried
@given(stories())
def test_no_known_chinese_name_and_no_code_is_left(story: tuple[list[Subject], str]) -> None:
    subjects, text = story
    left = plain(hidden(Anonymiser(subjects).anonymised(text), subjects))
    for subject in subjects:
        assert [code for code in subject.codes if plain(code) in left] == []
        assert [name for name in subject.names if not name.isascii() and plain(name) in left] == []


@unhurried
@given(stories())
def test_no_known_latin_name_is_left_as_a_word(story: tuple[list[Subject], str]) -> None:
    subjects, text = story
    left = hidden(Anonymiser(subjects).anonymised(text), subjects)
    left = unicodedata.normalize("NFKD", left).replace("\u200b", "").casefold()
    for subject in subjects:
        for name in subject.names:
            if name.isascii() and " " not in name:
                assert not re.search(rf"(?<![a-z\u0300-\u036f]){name.casefold()}(?![a-z\u0300-\u036f])", left, re.ASCII)


@unhurried
@given(stories())
def test_doing_it_again_changes_nothing(story: tuple[list[Subject], str]) -> None:
    subjects, text = story
    hiding = Anonymiser(subjects)
    once = hiding.anonymised(text)
    assert hiding.anonymised(once) == once
    assert KNOWN not in {finding.kind for finding in hiding.remaining(once)}


@unhurried
@given(casts(), st.data())
def test_the_same_subject_always_has_the_same_label(subjects: list[Subject], data: st.DataObject) -> None:
    hiding = Anonymiser(subjects)
    for subject in subjects:
        for known in (*subject.names, *subject.codes):
            one, other = (hiding.anonymised(f"（{data.draw(ways)(known)}）") for _ in range(2))
            assert one == other
            assert subject.label in one


@given(st.text(HARMLESS), casts())
def test_text_without_anybody_is_untouched(text: str, subjects: list[Subject]) -> None:
    hiding = Anonymiser([subject for subject in subjects if not _in(text, subject)])
    assert hiding.anonymised(text) == text


@unhurried
@given(st.text())
def test_whatever_is_written_everything_has_an_answer(text: str) -> None:
    hiding = Anonymiser([Subject("当事人1", ("王伟",), ("D430100000001",))])
    assert hiding.anonymised(hiding.anonymised(text)) == hiding.anonymised(text)
    for finding in hiding.remaining(text):
        assert text[finding.start : finding.end] == finding.text


@given(st.text("0123456789", min_size=17, max_size=17), st.text("的在 ,x。", max_size=3))
def test_no_resident_number_and_no_mobile_number_is_left(digits: str, after: str) -> None:
    hiding = Anonymiser([])
    for number in (digits + check_character(digits), f"13{digits[:9]}"):
        assert number not in hiding.anonymised(f"号码{number}{after}")
        assert MASK in hiding.anonymised(f"号码{number.translate(FULL_WIDTH)}{after}")


@given(st.text("0123456789 ,.-/:：号年月日元次%", max_size=12))
def test_small_numbers_days_and_amounts_stay(text: str) -> None:
    if sum(character.isdigit() for character in text) < 11:
        assert Anonymiser([]).anonymised(text) == text


def _in(text: str, subject: Subject) -> bool:
    return any(plain(name) in plain(text) for name in subject.names)
