"""People are found by what officers type: characters, pinyin, or first letters."""

from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from registry.actions.people import register_practitioner, rename
from registry.models import Practitioner
from registry.models.pinyin import GIVEN, sound_of, typed
from registry.queries.people import find_people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NAMES = ("王伟", "王文静", "单雄信", "丹增", "尉迟恭", "吕静", "阿依古丽·买买提", "José Müller", "张长春")


@pytest.fixture(autouse=True)
def _people() -> None:
    for number, name in enumerate(NAMES):
        register_practitioner(code=f"D4301000{number:05}", name=name, category="physician", by=None, now=NOW)


def found(term: str) -> set[str]:
    return {person.name for person in find_people(Practitioner.objects.all(), term)}


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("wangwei", {"王伟"}),
        ("Wáng Wěi", {"王伟"}),
        ("wangw", {"王伟", "王文静"}),
        ("ww", {"王伟", "王文静"}),
        ("wwj", {"王文静"}),
        ("shan", {"单雄信"}),
        ("dan", {"丹增"}),
        ("yuchi", {"尉迟恭"}),
        ("lvjing", {"吕静"}),
        ("LYU JING", {"吕静"}),
        ("lǚ", {"吕静"}),
        ("ayiguli", {"阿依古丽·买买提"}),
        ("jose", {"José Müller"}),
        ("jm", {"José Müller"}),
        ("Müll", {"José Müller"}),
        ("zhangchangchun", {"张长春"}),
        ("王", {"王伟", "王文静"}),
        ("静", {"王文静", "吕静"}),
        ("D430100000001", {"王文静"}),
        ("xyz", set()),
    ],
)
def test_a_name_is_found_as_it_is_typed(term: str, names: set[str]) -> None:
    assert found(term) == names


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("曾国藩", "zengguofan", "zgf"),
        ("仇英", "qiuying", "qy"),
        ("解解", "xiejie", "xj"),
        ("查良镛", "zhaliangyong", "zly"),
        ("万俟卨", "moqixie", "mqx"),
        ("万伟", "wanwei", "ww"),
        ("单于", "shanyu", "sy"),
        ("单于婷", "chanyuting", "cyt"),
        ("欧阳　娜", "ouyangna", "oyn"),
        ("李晟", "lisheng", "ls"),
        ("Ｌｉ　Ｎａ", "lina", "ln"),
        ("·", "·", "·"),
    ],
)
def test_a_surname_has_its_own_reading(name: str, pinyin: str, initials: str) -> None:
    assert sound_of(name) == (pinyin, initials)


def test_a_given_name_read_character_by_character_is_read_as_a_whole_would_be() -> None:
    """Words of two characters are read together, all others apart, which is quicker and the same."""
    words = [word for word in PHRASES_DICT if len(word) == 2][::400]
    mixed = [first[0] + second[1] for first, second in zip(words, reversed(words), strict=True)]
    for given in (*words, *mixed):
        whole = [GIVEN.get(each, read) for each, read in zip(given, lazy_pinyin(given), strict=True)]
        assert sound_of(f"王{given}").pinyin == "wang" + "".join(whole), given


@pytest.mark.parametrize("term", ["王w", "D4301", "Иван", "", "·"])
def test_what_is_not_latin_letters_is_no_pinyin(term: str) -> None:
    assert typed(term) == ""


def test_who_is_renamed_is_found_by_the_new_name_only() -> None:
    person = Practitioner.objects.get(name="王伟")
    rename(practitioner=person, name="曾伟", reason="married", by=None, now=NOW)
    assert (found("zengwei"), found("wangwei")) == ({"曾伟"}, set())


def test_everybody_who_was_there_before_gets_the_keys_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("registry.migrations.0022_pinyin_of_all")
    monkeypatch.setattr(migration, "BATCH", 4)
    Practitioner.objects.update(pinyin="", initials="")
    migration.fill(apps, SimpleNamespace(connection=connection))
    kept = Practitioner.objects.values_list("name", "pinyin", "initials")
    assert {name: (pinyin, initials) for name, pinyin, initials in kept} == {name: sound_of(name) for name in NAMES}


def test_the_beginning_of_pinyin_is_looked_up_in_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for key in ("pinyin", "initials"):
            plan = Practitioner.objects.filter(**{f"{key}__startswith": "ww"}).order_by().explain()
            assert f"practitioner_{key}_prefix" in plan, plan
