"""When two ways of writing a name are the same name."""

import pytest

from registry.queries.names import normalised_name


@pytest.mark.parametrize(
    "written",
    ["张 伟", "张　伟", " 张伟 ", "张\u200b伟", "\ufeff张伟", "张\u00a0伟"],
)
def test_spaces_seen_and_unseen_make_no_other_name(written: str) -> None:
    assert normalised_name(written) == normalised_name("张伟")


@pytest.mark.parametrize("dot", ["·", "•", "・", "･", "‧", "∙", "⋅", " · ", "\u0387"])
def test_every_middle_dot_is_the_same_dot(dot: str) -> None:
    assert normalised_name(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


def test_full_width_letters_are_plain_letters() -> None:
    assert normalised_name("Ｌｉ　Ｎａ") == normalised_name("Li Na")


@pytest.mark.parametrize(
    ("one", "other"), [("张伟", "张玮"), ("阿依古丽·买买提", "阿依古丽买买提"), ("Li Na", "LI NA")]
)
def test_other_characters_are_another_name(one: str, other: str) -> None:
    assert normalised_name(one) != normalised_name(other)
