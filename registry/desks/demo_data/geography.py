"""The administrative divisions of GB/T 2260: the last revision of the `gb2260` package with later changes.

The package ends with 2014. `region_changes.csv` holds changes since, each with the year by whose end it held; it is not
complete, and says only what is certain. A row takes the old codes away and puts the new one in; a row without a new
code takes away a heading that became empty.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from gb2260.data import data as revisions
from simple_history.utils import bulk_create_with_history

from registry.models import Region, User

CHINA = "100000"
"""The whole country. GB/T 2260 has no code for it; this one is in common use and is no prefix of any other."""

ENGLISH = {
    CHINA: "China",
    "110000": "Beijing",
    "120000": "Tianjin",
    "130000": "Hebei",
    "140000": "Shanxi",
    "150000": "Inner Mongolia",
    "210000": "Liaoning",
    "210100": "Shenyang",
    "210200": "Dalian",
    "220000": "Jilin",
    "230000": "Heilongjiang",
    "310000": "Shanghai",
    "320000": "Jiangsu",
    "330000": "Zhejiang",
    "330100": "Hangzhou",
    "330200": "Ningbo",
    "340000": "Anhui",
    "350000": "Fujian",
    "360000": "Jiangxi",
    "370000": "Shandong",
    "370100": "Jinan",
    "410000": "Henan",
    "410100": "Zhengzhou",
    "410300": "Luoyang",
    "420000": "Hubei",
    "430000": "Hunan",
    "430100": "Changsha",
    "430200": "Zhuzhou",
    "430400": "Hengyang",
    "440000": "Guangdong",
    "450000": "Guangxi",
    "460000": "Hainan",
    "460100": "Haikou",
    "460200": "Sanya",
    "500000": "Chongqing",
    "510000": "Sichuan",
    "510100": "Chengdu",
    "510700": "Mianyang",
    "520000": "Guizhou",
    "530000": "Yunnan",
    "540000": "Tibet",
    "610000": "Shaanxi",
    "620000": "Gansu",
    "630000": "Qinghai",
    "640000": "Ningxia",
    "650000": "Xinjiang",
    "710000": "Taiwan",
    "810000": "Hong Kong",
    "820000": "Macau",
}


@dataclass(frozen=True, slots=True)
class Division:
    """A province, prefecture or county with its six digits and the code of the division around it."""

    code: str
    name_zh: str
    name_en: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """By the end of `year`, `old` codes were gone and `new` stood for the place; `new` is empty where nothing does."""

    year: int
    old: tuple[str, ...]
    new: str
    name: str


@cache
def changes() -> tuple[Change, ...]:
    """What changed since the last revision of the package, oldest first."""
    text = resources.files(__package__).joinpath("region_changes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Change(int(row["year"]), tuple(row["old"].split()), row["new"], row["name"]) for row in rows)


@cache
def divisions() -> dict[str, Division]:
    """All divisions by code, the country first, a division after the one around it."""
    names = {str(code): str(name) for code, name in revisions[None].items()}
    for change in changes():
        for old in change.old:
            del names[old]
        if change.new:
            names[change.new] = change.name
    country = Division(CHINA, "中华人民共和国", ENGLISH[CHINA], None)
    return {CHINA: country, **{code: _division(code, names) for code in sorted(names, key=_outer_first)}}


def surroundings(code: str) -> Iterator[str]:
    """The code and those of the divisions around it, innermost first; the country is not among them."""
    at: str | None = code
    while at:
        yield at
        at = divisions()[at].parent


def load_regions(*, by: User | None, now: datetime) -> int:
    """Put in the divisions that the register does not have yet, with history; the number put in."""
    present = set(Region.objects.values_list("code", flat=True))
    missing = [division for division in divisions().values() if division.code not in present]
    rows = [Region(d.code, name_zh=d.name_zh, name_en=d.name_en, parent_id=d.parent) for d in missing]
    bulk_create_with_history(rows, Region, batch_size=2000, default_user=by, default_date=now)
    return len(rows)


def _outer_first(code: str) -> tuple[int, str]:
    return (0 if code.endswith("0000") else 1 if code.endswith("00") else 2, code)


def _division(code: str, names: dict[str, str]) -> Division:
    around = [outer for outer in (f"{code[:4]}00", f"{code[:2]}0000") if outer != code and outer in names]
    return Division(code, names[code], ENGLISH.get(code, ""), around[0] if around else None)
