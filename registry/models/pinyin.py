"""How a name is typed in Latin letters: whole syllables without tones, and their first letters.

王伟 is `wangwei` and `ww`. A surname has its own reading (单 is shan, 尉迟 is yuchi); a character of a given name with
several readings keeps the usual one, or that of the word it stands in (长春 is changchun). ü is v, as people type it:
吕 is lv. A name in other letters is those letters without accents: José Müller is `josemuller` and `jm`.

The keys are stored beside the name. Where the readings change, with this file or with pypinyin, a migration fills them
again.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, ClassVar, NamedTuple

from django.db import models

LONGEST_PINYIN = 200
LONGEST_INITIALS = 100
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORDS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_SPACED = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_ASIDE = re.compile(r"[\s'’`´.·\-]+")
_UMLAUT = re.compile("(?<=[ln])(?:u\u0308|yu)")  # NFD; passports write LYU

COMPOUND_SURNAMES = {
    "万俟": "mo qi",
    "尉迟": "yu chi",
    "单于": "chan yu",
    "长孙": "zhang sun",
    "澹台": "tan tai",
    "令狐": "ling hu",
    "乐正": "yue zheng",
    "宰父": "zai fu",
    "鲜于": "xian yu",
    "亓官": "qi guan",
}
SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "朴": "piao", "缪": "miao",
    "乜": "nie", "翟": "zhai", "覃": "qin", "员": "yun", "种": "chong", "折": "she", "繁": "po", "黑": "he",
    "洗": "xian", "都": "du", "阚": "kan", "句": "gou", "藏": "zang", "祭": "zhai", "能": "nai", "乐": "yue",
    "秘": "bi", "佴": "nai", "召": "shao", "盖": "ge", "尉": "wei", "任": "ren", "华": "hua", "沈": "shen",
    "葛": "ge", "纪": "ji", "宁": "ning", "重": "chong", "长": "chang", "车": "che", "石": "shi", "薄": "bo",
    "隗": "wei", "贾": "jia", "盛": "sheng", "柏": "bai", "谌": "chen", "臧": "zang", "牟": "mu", "撒": "sa",
}  # fmt: skip
GIVEN = {"晟": "sheng"}
"""Characters that pypinyin reads otherwise than names do."""


class Sound(NamedTuple):
    """What is typed for a name: its syllables in one, and the first letter of each."""

    pinyin: str
    initials: str


@lru_cache(maxsize=50_000)
def sound_of(name: str) -> Sound:
    """The keys by which the name is found. Never empty: what has no letters stands for itself."""
    plain = _SPACED.sub("", unicodedata.normalize("NFKC", name).strip())
    syllables: list[str] = []
    for word in _WORDS.findall(plain):
        whole = word == plain  # who has a surname of one's own writes it without a dot
        syllables += _read(word, surname_first=whole) if re.match(f"[{_HAN}]", word) else [_folded(word)]
    syllables = [each for each in syllables if each] or [plain.casefold()]
    return Sound("".join(syllables)[:LONGEST_PINYIN], "".join(each[0] for each in syllables)[:LONGEST_INITIALS])


def typed(term: str) -> str:
    """What was typed as it would stand in a key, where it is Latin letters only; else nothing.

    Spaces, hyphens and apostrophes between syllables do not matter, nor do tones, accents and capitals.
    """
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", term)).casefold()
    letters = _ASIDE.sub("", "".join(each for each in plain if each == "\u0308" or not unicodedata.combining(each)))
    key = _UMLAUT.sub("v", letters).replace("\u0308", "")
    return key if key.isascii() and key.isalpha() else ""


class _FollowsName(models.CharField):  # type: ignore[type-arg]  # the stubs would have it hold other types
    """A column that follows the name of its row whenever the row is saved, one or many. Raw SQL fills it by itself."""

    made_by: ClassVar[str]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The key of the name as it is now."""
        key = getattr(sound_of(getattr(model_instance, "name")), self.made_by)  # noqa: B009
        setattr(model_instance, self.attname, key)
        return key

    def deconstruct(self) -> Any:
        """To migrations it is a column of text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class PinyinField(_FollowsName):
    """The syllables of the name in one."""

    made_by = "pinyin"


class InitialsField(_FollowsName):
    """The first letters of the syllables."""

    made_by = "initials"


def _read(word: str, *, surname_first: bool) -> list[str]:
    if surname_first and len(word) > 2 and (both := COMPOUND_SURNAMES.get(word[:2])):
        return [*both.split(), *_given(word[2:])]
    if not surname_first:
        return _given(word)
    return [SURNAMES.get(word[0]) or _given(word[0])[0], *_given(word[1:])]


def _given(characters: str) -> list[str]:
    """One syllable for each character; one that has no known reading stands for itself."""
    if not characters:
        return []
    from pypinyin.constants import PHRASES_DICT  # half a second, and most processes read no new name

    if len(characters) == 2 and characters not in PHRASES_DICT:  # each is read by itself, as most given names are
        return [_single(character) for character in characters]
    return [_single(characters)] if len(characters) == 1 else _together(characters)


@cache
def _single(character: str) -> str:
    (syllable,) = _together(character)
    return syllable


def _together(characters: str) -> list[str]:
    from pypinyin import lazy_pinyin

    read = lazy_pinyin(characters, errors=_each)
    return [GIVEN.get(character, syllable) for character, syllable in zip(characters, read, strict=True)]


def _each(unknown: str) -> Any:
    """Characters without a known reading, one by one; pypinyin would make one syllable of several."""
    return list(unknown)


def _folded(word: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", word).casefold() if not unicodedata.combining(each))
