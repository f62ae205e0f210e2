"""How Chinese names are shortened in running text, so that what is left of a hidden name can be looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appeals.rules import known
from appeals.rules.folding import folded

_SURNAME = re.compile(
    "(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|独孤|南宫|长孙|宇文|轩辕|申屠|太史"
    "|澹台|闻人|赫连|呼延|钟离|淳于|单于|公羊|濮阳|宗政|司空|百里|东郭|西门|第五|拓跋|完颜|纳兰)(?=.)|."
)
_BEFORE = ("小", "老", "阿")
_AFTER = tuple(
    "某 医生 医师 大夫 护士 护师 主任 院长 药师 技师 教授 科长 处长 局长 经理 店长 老师 先生 女士 同志".split()  # noqa: SIM905
)
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,4}")
_SHORTEST_LATIN_PART = 3


def parts_of(name: str) -> Iterator[known.Identifier]:
    """What a person of this name may be called: 王医生, 小王, the given name alone, one word of a name of several."""
    written = known.bare(folded(name)).text
    if _CHINESE.fullmatch(written):
        yield from _found(_short_forms(written))
    else:
        yield from _found(word for word in re.split(r"[\s·-]+", folded(name)) if _stands_alone(word, written))


def _short_forms(name: str) -> Iterator[str]:
    surname = _SURNAME.findall(name)[0]
    given = name[len(surname) :]
    yield from (before + surname for before in _BEFORE)
    yield from (surname + after for after in _AFTER)
    if len(given) > 1:
        yield given


def _stands_alone(word: str, name: str) -> bool:
    return word != name and len(word) >= (_SHORTEST_LATIN_PART if word.isascii() else 2)


def _found(words: Iterator[str]) -> Iterator[known.Identifier]:
    yield from (identifier for identifier in map(known.name, words) if identifier is not None)
