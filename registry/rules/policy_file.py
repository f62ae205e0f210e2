"""Reads one policy file and refuses what lies outside the national frame, with the line and the reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from registry.rules.policy_frame import BANDS, CERTAINTIES, GATES, RULES, day, flag

NATIONAL = "000000"
"""The region of national policies."""

_SITUATION_CODE = re.compile(r"([1-9])-[0-9]{2}")
_HEADINGS = {"id", "region", "first_day", "last_day", "draft", "based_on", "title"}
_LEAF = {"value", "provision", "certainty"}


class PolicyError(ValueError):
    """A policy file that cannot be law: which file, key and value (and line, where found), and why not."""

    def __init__(self, file: str, key: str, value: object, reason: str, line: int | None = None) -> None:
        place = file if line is None else f"{file}, line {line}"
        super().__init__(f"{place}: {key} = {value!r}: {reason}")
        self.file = file
        self.key = key
        self.value = value
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Value:
    """One number, word or flag of the law, with the key of its provision and how certain it is (F, L or D)."""

    value: Any
    provision: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Provision:
    """Where a value comes from, in words."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Situation:
    """An item of the catalogue: its band, its gate (see `GATES`) and its wording."""

    code: str
    band: int
    gate: str
    zh: str
    en: str
    provision: str
    certainty: str


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What one file says by itself, each key checked, before it is laid over the policy it is based on."""

    name: str
    text: str
    id: str
    region: str
    first_day: date
    last_day: date | None
    draft: bool
    based_on: str | None
    title: Mapping[str, str]
    values: Mapping[str, Value]
    provisions: Mapping[str, Provision]
    situations: Mapping[str, Situation]

    def refusal(self, key: str, value: object, reason: str) -> PolicyError:
        """The error that names this file, the key, its line and the reason."""
        return PolicyError(self.name, key, value, reason, line_of(self.text, key))


def read_policy_file(path: Path) -> PolicyFile:
    """Read one file. Raises `PolicyError` for anything that is not what a policy file says."""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(path.name, "", path.name, f"is not TOML in UTF-8: {error}") from error
    return _Reader(path, text, document).read()


def line_of(text: str, key: str) -> int | None:
    """The number of the line that sets the dotted key, or else of its nearest table; None if there is neither."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := re.match(r"\s*\[(.+?)\]", line):
            table = heading[1].replace('"', "")
            lines.setdefault(table, number)
        elif name := re.match(r'\s*"?([\w.-]+)"?\s*=', line):
            lines.setdefault(f"{table}.{name[1]}" if table else name[1], number)
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)


class _Reader:
    def __init__(self, path: Path, text: str, document: dict[str, Any]) -> None:
        self.path, self.text, self.document = path, text, document
        self.draft = document.get("draft", False)

    def read(self) -> PolicyFile:
        document = self.document
        self._check_headings()
        return PolicyFile(
            name=self.path.name,
            text=self.text,
            id=document["id"],
            region=document["region"],
            first_day=document["first_day"],
            last_day=document.get("last_day"),
            draft=self.draft,
            based_on=document.get("based_on"),
            title=self._wording("title", document.get("title")),
            values=dict(self._values()),
            provisions={key: Provision(key, **texts) for key, texts in self._worded("provisions")},
            situations={code: self._situation(code, table) for code, table in self._table("situations").items()},
        )

    def _refuse(self, key: str, value: object, reason: str) -> PolicyError:
        return PolicyError(self.path.name, key, value, reason, line_of(self.text, key))

    def _check_headings(self) -> None:
        document = self.document
        self._demand("id", document.get("id") == self.path.stem, f"must be the file's name, {self.path.stem}")
        self._demand("region", bool(re.fullmatch(r"[0-9]{6}", str(document.get("region")))), "must be six digits")
        self._check("first_day", day)
        if "last_day" in document:
            self._check("last_day", day)
            self._demand("last_day", document["last_day"] >= document["first_day"], "lies before first_day")
        if "draft" in document:
            self._check("draft", flag)
        if "based_on" in document:
            self._demand("based_on", isinstance(document["based_on"], str), "must be the id of a policy")

    def _check(self, key: str, check: Any) -> None:
        reason = check(self.document.get(key))
        self._demand(key, reason is None, reason)

    def _demand(self, key: str, kept: bool, reason: str | None) -> None:
        if not kept:
            raise self._refuse(key, self.document.get(key), reason or "")

    def _table(self, key: str) -> dict[str, Any]:
        table = self.document.get(key, {})
        if not isinstance(table, dict):
            raise self._refuse(key, table, "must be a table")
        return table

    def _worded(self, key: str) -> Iterator[tuple[str, dict[str, str]]]:
        for name, texts in self._table(key).items():
            yield name, self._wording(f"{key}.{name}", texts)

    def _wording(self, key: str, texts: object) -> dict[str, str]:
        if not isinstance(texts, dict) or set(texts) != {"zh", "en"}:
            raise self._refuse(key, texts, 'must have a text in "zh" and one in "en"')
        for language, text in texts.items():
            if not isinstance(text, str) or not text.strip():
                raise self._refuse(f"{key}.{language}", text, "must be a text")
        return texts

    def _values(self) -> Iterator[tuple[str, Value]]:
        for name, table in self.document.items():
            if name not in _HEADINGS | {"provisions", "situations"}:
                for key, leaf in self._leaves(name, table):
                    yield key, self._value(key, leaf)

    def _leaves(self, key: str, table: object) -> Iterator[tuple[str, dict[str, Any]]]:
        if not isinstance(table, dict):
            raise self._refuse(key, table, "is no key, or lacks { value = …, provision = …, certainty = … }")
        if "value" in table:
            yield key, table
            return
        for name, inner in table.items():
            yield from self._leaves(f"{key}.{name}", inner)

    def _value(self, key: str, leaf: dict[str, Any]) -> Value:
        rule = RULES.get(key)
        if rule is None:
            raise self._refuse(key, leaf["value"], "is not a key of a policy")
        reason = rule.shape(leaf["value"]) or (None if self.draft else rule.frame(leaf["value"]))
        if reason:
            raise self._refuse(key, leaf["value"], reason)
        if rule.national and self.document["region"] != NATIONAL:
            raise self._refuse(key, leaf["value"], "only a national policy may say this")
        if set(leaf) != _LEAF:
            raise self._refuse(key, leaf, "must say value, provision and certainty, and nothing else")
        self._check_source(key, leaf)
        return Value(**leaf)

    def _check_source(self, key: str, leaf: dict[str, Any]) -> None:
        if leaf["certainty"] not in CERTAINTIES:
            raise self._refuse(key, leaf["certainty"], "certainty must be F (firm), L (local) or D (decided here)")
        if not isinstance(leaf["provision"], str):
            raise self._refuse(key, leaf["provision"], "provision must be the key of a provision")

    def _situation(self, code: str, table: Any) -> Situation:
        key = f"situations.{code}"
        match = _SITUATION_CODE.fullmatch(code)
        if match is None or int(match[1]) not in BANDS:
            raise self._refuse(key, code, "a situation is named by its band and a number, as in 2-01")
        if not isinstance(table, dict) or set(table) != {"gate", "zh", "en", "provision", "certainty"}:
            raise self._refuse(key, table, "must say gate, zh, en, provision and certainty, and nothing else")
        if table["gate"] not in GATES:
            raise self._refuse(key, table["gate"], f"gate must be one of: {', '.join(GATES)}")
        self._wording(key, {"zh": table["zh"], "en": table["en"]})
        self._check_source(key, table)
        return Situation(code=code, band=int(match[1]), **table)
