"""What looks like identifying data, whoever it belongs to: in text that `folding` has made alike.

Two degrees. What is *sure enough* is masked without asking: runs of 11 digits and more with the letters before them,
as codes, bank cards and identity numbers are written; mobile and fixed numbers and identity numbers in groups; digits
one by one; eleven Chinese numerals in a row; e-mail addresses. What only *may be* is shown to a person who looks before
a text is released: shorter numbers and codes, document numbers, names of institutions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from registry.rules import resident_id

NUMBER = "number"
E_MAIL = "e_mail"
CODE = "code"
DOCUMENT = "document"
INSTITUTION = "institution"


class Trace(NamedTuple):
    """Where something stands in a text, and what it looks like."""

    start: int
    end: int
    kind: str


_SURE = (
    (NUMBER, re.compile(r"(?:(?<![a-z])[a-z]{1,4})?[0-9]{11,}(?:x(?![a-z]))?")),
    (NUMBER, re.compile(r"(?<![0-9])1[3-9][0-9][ -]{1,2}[0-9]{4}[ -]{0,2}[0-9]{4}(?![0-9])")),
    (NUMBER, re.compile(r"(?<![0-9])1[3-9][0-9]{5}[ -]{1,2}[0-9]{4}(?![0-9])")),
    (NUMBER, re.compile(r"(?<![0-9])0[0-9]{2,3}[ -]{1,2}[0-9]{7,8}(?![0-9])")),
    (NUMBER, re.compile(r"(?<![0-9])[1-9][0-9]{5}[ -]{1,2}[0-9]{4}[ -]{0,2}[0-9]{4}[ -]{1,2}[0-9]{3}[0-9x]")),
    (NUMBER, re.compile(r"(?<![0-9])[3-6][0-9]{3}(?:[ -][0-9]{4}){3}(?:[ -][0-9]{1,4})?(?![0-9])")),
    (NUMBER, re.compile(r"(?<![0-9])[0-9](?:[ -][0-9]){10,}(?:[ -]x)?(?![0-9])")),
    (NUMBER, re.compile(r"[〇○零一二三四五六七八九幺]{11,}")),
    (E_MAIL, re.compile(r"(?<![a-z0-9._%+-])[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")),
)
_BROKEN_ID = re.compile(r"(?<![0-9])(?=([1-9](?: ?[0-9]){16} ?[0-9x]))")

_POSSIBLE = (
    (NUMBER, re.compile(r"(?<![0-9.])[0-9]{7,10}(?![0-9])")),
    (NUMBER, re.compile(r"(?<![0-9])[0-9]{3,}(?:[ -]{1,3}[0-9]{3,})+")),
    (CODE, re.compile(r"(?<![a-z0-9])[a-z]{1,3}[ -]?[0-9]{5,10}(?![0-9])")),
    (DOCUMENT, re.compile(r"\((?:19|20)[0-9]{2}\) ?(?:第 ?)?[0-9]{1,6} ?号")),
    (
        INSTITUTION,
        re.compile(
            r"(?:[省市县区州镇乡村]|第[一二三四五六七八九十]{1,3}|附属|人民|中医|妇幼|大学|学院|集团|街道)"
            r"[\u4e00-\u9fff]{0,12}?(?:医院|卫生院|卫生室|卫生服务中心|诊所|门诊部|药店|药房|医保局|医疗保障局)"
        ),
    ),
)
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_MOST_GROUPED_DIGITS_THAT_ARE_NONE = 10


def sure(text: str) -> Iterator[Trace]:
    """What is masked without asking."""
    for kind, pattern in _SURE:
        for match in pattern.finditer(text):
            yield Trace(*match.span(), kind)
    for match in _BROKEN_ID.finditer(text):
        if resident_id.fault(match[1].replace(" ", "").upper()) is None:
            yield Trace(*match.span(1), NUMBER)


def possible(text: str) -> Iterator[Trace]:
    """What a person should look at; days such as 20250310 and small numbers in a row are none."""
    for kind, pattern in _POSSIBLE:
        for match in pattern.finditer(text):
            if kind != NUMBER or _may_identify(match[0]):
                yield Trace(*match.span(), kind)


def _may_identify(number: str) -> bool:
    digits = sum(character.isdigit() for character in number)
    if digits != len(number):
        return digits > _MOST_GROUPED_DIGITS_THAT_ARE_NONE
    return _DAY.fullmatch(number) is None
