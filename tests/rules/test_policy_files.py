"""A file outside the national frame is refused with file, line, key, value and reason."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from registry.rules import policy as policy_module
from registry.rules.policy import Policies, PolicyError, load_policies
from registry.rules.policy_file import line_of

SHIPPED = Path(policy_module.__file__).parent / "policies"

HEAD = """\
id = "cn-33-2025"
region = "330000"
first_day = 2025-01-01
based_on = "cn-2025"
title = { zh = "浙江省", en = "Zhejiang" }
provisions.zhejiang = { zh = "浙江省的规定", en = "Zhejiang's rules" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(SHIPPED / "cn-2025.toml", tmp_path)
    return tmp_path


def value(text: str, provision: str = "zhejiang", certainty: str = "L") -> str:
    return f'{{ value = {text}, provision = "{provision}", certainty = "{certainty}" }}\n'


def load(folder: Path, text: str, name: str = "cn-33-2025") -> Policies:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_policies(folder)


def refusal(folder: Path, text: str, name: str = "cn-33-2025") -> PolicyError:
    with pytest.raises(PolicyError) as error:
        load(folder, text, name)
    return error.value


def national(folder: Path, old: str, new: str) -> PolicyError:
    text = (folder / "cn-2025.toml").read_text(encoding="utf-8")
    assert old in text
    return refusal(folder, text.replace(old, new, 1), "cn-2025")


def test_a_region_says_only_what_differs(folder: Path) -> None:
    policies = load(folder, HEAD + "suspension.start = " + value('"next_day"'))
    zhejiang = policies.in_force("330100", date(2025, 1, 1))
    assert (zhejiang.id, zhejiang.suspension_start, zhejiang.bar_single) == ("cn-33-2025", "next_day", 36)
    assert zhejiang.provision("suspension.start").en == "Zhejiang's rules"


def test_a_refusal_names_file_line_key_value_and_reason(folder: Path) -> None:
    error = refusal(folder, HEAD + "\n[thresholds]\nsuspend = " + value("8"))
    assert (error.file, error.line, error.key, error.value) == ("cn-33-2025.toml", 9, "thresholds.suspend", 8)
    assert error.reason == "the national frame says 9"
    assert str(error) == "cn-33-2025.toml, line 9: thresholds.suspend = 8: the national frame says 9"


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("thresholds.terminate", "10", "the national frame says 12"),
        ("thresholds.each_of_two_years", "7", "only a draft may say this"),
        ("bars.cumulative", "13", "the national frame says 12"),
        ("bars.single", "35", "the national frame says 36"),
        ("bands.2.hi", "7", "the national frame says 6"),
        ("bands.2.lo", "3", "the national frame says 4"),
        ("bands.shift", "2", "must lie between 0 and 1"),
        ("months.single.9.max", "7", "must lie between 1 and 6"),
        ("months.single.9.min", "0", "must lie between 1 and 60"),
        ("months.cumulative.8.default", "1", "only a draft may say this"),
        ("emergency.suspended", "false", "the national frame says True"),
        ("thresholds.suspend", "true", "must be a whole number"),
        ("thresholds.suspend", "9.0", "must be a whole number"),
        ("thresholds.suspend", "13", "must lie between 1 and 12"),
        ("thresholds.suspend", "0", "must lie between 1 and 12"),
        ("suspension.start", '"at_once"', "must be one of: same_day, next_day, next_month"),
        ("suspension.confirm_end", "1", "must be true or false"),
        ("counting.conduct_from", '"2025-01-01"', "must be a day, as in 2025-01-01"),
        ("remediation.activities", "[]", 'must be a list of words, as in ["training", "study"]'),
        ("remediation.activities", '["a", 1]', 'must be a list of words, as in ["training", "study"]'),
        ("remediation.activities", '["a", ""]', 'must be a list of words, as in ["training", "study"]'),
        ("remediation.activities", '"a"', 'must be a list of words, as in ["training", "study"]'),
        ("panel.size", "4", "must be one of: 3, 5"),
        ("panel.outcome", '"mean"', "must be one of: median"),
        ("remediation.signatures", "1", "must lie between 2 and 5"),
        ("clocks.talk", "251", "must lie between 1 and 250"),
        ("clocks.objection", "0", "must lie between 1 and 250"),
        ("measures.emergency_exempt", '"no"', "must be true or false"),
        ("clocks.coffee", "3", "is not a key of a policy"),
        ("retention.rosters", "20", "only a national policy may say this"),
        ("publication.authorities.points", "6", "only a national policy may say this"),
        ("threshold.suspend", "9", "is not a key of a policy"),
    ],
)
def test_a_value_outside_the_frame_is_refused(folder: Path, key: str, text: str, reason: str) -> None:
    error = refusal(folder, HEAD + f"{key} = " + value(text))
    assert (error.key, error.reason, error.line) == (key, reason, 7)


@pytest.mark.parametrize(
    ("key", "text", "wrong", "reason"),
    [
        ("months.single.9.default", "3", 3, "must lie between min 1 and max 2"),
        ("months.cumulative.11.default", "4", 4, "must lie between min 5 and max 6"),
        ("tiers.talk", "6", 6, "must be less than tiers.interview = 6"),
        ("ratios.settlement_paused", "60", 60, "must be less than ratios.agreement_suspended = 50"),
    ],
)
def test_values_must_fit_each_other(folder: Path, key: str, text: str, wrong: int, reason: str) -> None:
    error = refusal(folder, HEAD + f"{key} = " + value(text))
    assert (error.key, error.value, error.reason) == (key, wrong, reason)


@pytest.mark.parametrize(
    ("leaf", "reason"),
    [
        ('{ value = 10, provision = "zhejiang" }', "must say value, provision and certainty, and nothing else"),
        ('{ value = 10, provision = "zhejiang", certainty = "X" }', "certainty must be F (firm), L (local) or D"),
        ('{ value = 10, provision = 7, certainty = "L" }', "provision must be the key of a provision"),
        ('{ value = 10, provision = "henan", certainty = "L" }', "names a provision that no file describes"),
        ("10", "is no key, or lacks { value = …, provision = …, certainty = … }"),
    ],
)
def test_every_value_says_where_it_comes_from(folder: Path, leaf: str, reason: str) -> None:
    error = refusal(folder, HEAD + f"clocks.objection = {leaf}\n")
    assert (error.key, error.line) == ("clocks.objection", 7)
    assert error.reason.startswith(reason)


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('id = "cn-33-2025"', 'id = "zhejiang"', "id", "must be the file's name, cn-33-2025"),
        ('region = "330000"', 'region = "33"', "region", "must be six digits"),
        ('region = "330000"', "region = 330000.5", "region", "must be six digits"),
        ("first_day = 2025-01-01", "first_day = 2025", "first_day", "must be a day, as in 2025-01-01"),
        ("first_day = 2025-01-01", "first_day = 2025-01-01T08:00:00", "first_day", "must be a day, as in 2025-01-01"),
        ("first_day = 2025-01-01\n", "", "first_day", "must be a day, as in 2025-01-01"),
        ("2025-01-01\n", "2025-01-01\nlast_day = 2024-12-31\n", "last_day", "lies before first_day"),
        ("2025-01-01\n", '2025-01-01\nlast_day = "2026"\n', "last_day", "must be a day, as in 2025-01-01"),
        ("2025-01-01\n", '2025-01-01\ndraft = "no"\n', "draft", "must be true or false"),
        ('based_on = "cn-2025"', "based_on = 1", "based_on", "must be the id of a policy"),
        ('based_on = "cn-2025"', 'based_on = "cn-2024"', "based_on", "must be a national policy"),
        ('based_on = "cn-2025"', 'based_on = "cn-33-2025"', "based_on", "must be a national policy"),
        (', en = "Zhejiang" }', " }", "title", 'must have a text in "zh" and one in "en"'),
        ('zh = "浙江省"', 'zh = " "', "title.zh", "must be a text"),
        ('zh = "浙江省"', "zh = 1", "title.zh", "must be a text"),
        ('title = { zh = "浙江省", en = "Zhejiang" }', "", "title", 'must have a text in "zh" and one in "en"'),
        ('zh = "浙江省的规定"', "zh = 3", "provisions.zhejiang.zh", "must be a text"),
        ("provisions.zhejiang =", "colour =", "colour.zh", "is no key, or lacks"),
        ("provisions.zhejiang = ", "provisions = 3 #", "provisions", "must be a table"),
    ],
)
def test_a_wrong_heading_is_refused(folder: Path, old: str, new: str, key: str, reason: str) -> None:
    assert old in HEAD
    error = refusal(folder, HEAD.replace(old, new))
    assert error.key == key
    assert error.reason.startswith(reason)


SITUATION = """
[situations.2-50]
gate = "handling"
zh = "某种情形"
en = "Some situation"
provision = "zhejiang"
certainty = "L"
"""


def test_a_region_may_add_a_situation(folder: Path) -> None:
    zhejiang = load(folder, HEAD + SITUATION)["cn-33-2025"]
    assert (zhejiang.situations["2-50"].band, zhejiang.situations["2-50"].zh) == (2, "某种情形")
    assert "2-01" in zhejiang.situations


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("2-50", "5-50", "situations.5-50", "a situation is named by its band and a number, as in 2-01"),
        ("2-50", "2-5", "situations.2-5", "a situation is named by its band and a number, as in 2-01"),
        ('gate = "handling"', 'gate = "rumour"', "situations.2-50", "gate must be one of: handling, "),
        ('gate = "handling"\n', "", "situations.2-50", "must say gate, zh, en, provision and certainty"),
        ('zh = "某种情形"', 'zh = ""', "situations.2-50.zh", "must be a text"),
        ('provision = "zhejiang"', 'provision = "henan"', "situations.2-50", "names a provision that no file"),
        ('certainty = "L"', 'certainty = "?"', "situations.2-50", "certainty must be"),
    ],
)
def test_a_wrong_situation_is_refused(folder: Path, old: str, new: str, key: str, reason: str) -> None:
    error = refusal(folder, HEAD + SITUATION.replace(old, new))
    assert error.key == key
    assert error.reason.startswith(reason)


def test_a_situation_is_a_table(folder: Path) -> None:
    assert refusal(folder, HEAD + "situations.2-50 = 3\n").reason.startswith("must say gate")


def test_a_file_that_stands_by_itself_says_everything(folder: Path) -> None:
    error = national(folder, 'unopened = { value = 5, provision = "register", certainty = "D" }\n', "")
    assert (error.key, error.value) == ("clocks.unopened", None)
    assert error.line == (folder / "cn-2025.toml").read_text("utf-8").splitlines().index("[clocks]") + 1
    assert error.reason == "is missing: say it, or be based_on a policy that does"


def test_a_draft_may_leave_the_frame_but_not_the_shape(folder: Path) -> None:
    draft = HEAD + "draft = true\nthresholds.suspend = "
    assert load(folder, draft + value("11"))["cn-33-2025"].suspend_at == 11
    assert refusal(folder, draft + value('"11"')).reason == "must be a whole number"


def test_a_draft_says_the_months_of_every_total_that_suspends(folder: Path) -> None:
    error = refusal(folder, HEAD + "draft = true\nthresholds.suspend = " + value("8"))
    assert error.key == "months.cumulative.8.default"
    error = refusal(folder, HEAD + "draft = true\nthresholds.each_of_two_years = " + value("7"))
    assert error.key == "months.cumulative.7.default"


def test_a_draft_suspends_before_it_terminates(folder: Path) -> None:
    error = refusal(folder, HEAD + "draft = true\nthresholds.terminate = " + value("9"))
    assert (error.key, error.reason) == ("thresholds.suspend", "must be less than thresholds.terminate = 9")


def test_nothing_is_based_on_a_draft(folder: Path) -> None:
    text = (folder / "cn-2025.toml").read_text(encoding="utf-8")
    (folder / "cn-2026.toml").write_text(text.replace('id = "cn-2025"', 'id = "cn-2026"\ndraft = true'), "utf-8")
    error = refusal(folder, HEAD.replace('based_on = "cn-2025"', 'based_on = "cn-2026"'))
    assert (error.key, error.value) == ("based_on", "cn-2026")


def test_nothing_is_based_on_what_is_based_itself(folder: Path) -> None:
    based = HEAD.replace("cn-33-2025", "cn-2026").replace("330000", "000000").replace("2025-01-01", "2030-01-01")
    (folder / "cn-2025.toml").write_text(
        (folder / "cn-2025.toml").read_text("utf-8").replace("2025-01-01\n", "2025-01-01\nlast_day = 2029-12-31\n", 1),
        "utf-8",
    )
    assert load(folder, based, "cn-2026").in_force("000000", date(2030, 1, 1)).id == "cn-2026"
    error = refusal(folder, HEAD.replace('based_on = "cn-2025"', 'based_on = "cn-2026"'))
    assert (error.key, error.value) == ("based_on", "cn-2026")


def test_a_fact_is_explained_by_the_national_policy_of_its_day(folder: Path) -> None:
    first = (
        (folder / "cn-2025.toml").read_text("utf-8").replace("2025-01-01\n", "2025-01-01\nlast_day = 2029-12-31\n", 1)
    )
    (folder / "cn-2025.toml").write_text(first, "utf-8")
    second = (
        first.replace('"cn-2025"', '"cn-2030"').replace("2029-12-31", "2031-12-31").replace("2025-01-01", "2030-01-01")
    )
    policies = load(folder, second, "cn-2030")
    days = [date(2020, 1, 1), date(2025, 1, 1), date(2029, 12, 31), date(2030, 1, 1), date(2035, 1, 1)]
    explained_by = [policies.national(day).id for day in days]
    assert explained_by == ["cn-2025", "cn-2025", "cn-2025", "cn-2030", "cn-2030"]


@pytest.mark.parametrize("last_day", ["", "last_day = 2026-06-01\n"])
def test_two_policies_of_one_region_never_share_a_day(folder: Path, last_day: str) -> None:
    load(folder, HEAD.replace("2025-01-01\n", "2025-01-01\n" + last_day))
    error = refusal(folder, HEAD.replace("cn-33-2025", "cn-33-2026").replace("2025-01", "2026-06"), "cn-33-2026")
    assert (error.file, error.key, error.value) == ("cn-33-2026.toml", "first_day", date(2026, 6, 1))
    assert error.reason == "cn-33-2025 covers the same region on some of these days"


def test_an_older_policy_that_would_run_into_a_newer_one_is_refused_too(folder: Path) -> None:
    load(folder, HEAD.replace("cn-33-2025", "cn-33-0000").replace("2025-01-01", "2026-01-01"), "cn-33-0000")
    assert refusal(folder, HEAD).reason.startswith("cn-33-0000 covers")


def test_policies_of_one_region_may_follow_each_other(folder: Path) -> None:
    load(folder, HEAD.replace("2025-01-01\n", "2025-01-01\nlast_day = 2026-05-31\n"))
    policies = load(folder, HEAD.replace("cn-33-2025", "cn-33-2026").replace("2025-01", "2026-06"), "cn-33-2026")
    days = [date(2026, 5, 31), date(2026, 6, 1)]
    assert [policies.in_force("330000", day).id for day in days] == ["cn-33-2025", "cn-33-2026"]


def test_a_draft_may_share_days_with_the_law(folder: Path) -> None:
    load(folder, HEAD)
    draft = HEAD.replace("cn-33-2025", "cn-33-2026").replace("based_on", "draft = true\nbased_on")
    assert load(folder, draft, "cn-33-2026").in_force("330000", date(2026, 1, 1)).id == "cn-33-2025"
    older = HEAD.replace("cn-33-2025", "cn-33-0000").replace("based_on", "draft = true\nbased_on")
    assert len(load(folder, older, "cn-33-0000")) == 4


def test_county_before_city_before_province(folder: Path) -> None:
    for name, region in (("cn-33-2025", "330000"), ("cn-3301-2025", "330100"), ("cn-330106-2025", "330106")):
        load(folder, HEAD.replace("cn-33-2025", name).replace('"330000"', f'"{region}"'), name)
    policies, day = load_policies(folder), date(2025, 1, 1)
    found = [policies.in_force(region, day).id for region in ("330106", "330105", "330200", "340000")]
    assert found == ["cn-330106-2025", "cn-3301-2025", "cn-33-2025", "cn-2025"]


def test_a_file_that_is_no_toml(folder: Path) -> None:
    error = refusal(folder, "id = \n")
    assert (error.file, error.line) == ("cn-33-2025.toml", None)
    assert error.reason.startswith("is not TOML in UTF-8: ")


def test_a_file_that_is_no_utf_8(folder: Path) -> None:
    (folder / "cn-33-2025.toml").write_bytes(HEAD.encode("gb18030"))
    with pytest.raises(PolicyError, match="is not TOML in UTF-8"):
        load_policies(folder)


def test_a_folder_without_the_national_policy(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no file holds a national policy"):
        load_policies(tmp_path)


@pytest.mark.parametrize(
    ("key", "line"),
    [("id", 1), ("a.b", 3), ("a.b.c", 4), ("a.d", 6), ("a.e", 5), ("q", 7), ("q.r.s", 7), ("b", None)],
)
def test_the_line_of_a_key(key: str, line: int | None) -> None:
    text = 'id = 1\n# note\n["a".b]\nc = 2\n[a]\n"d" = 3\n[q]\n'
    assert line_of(text, key) == line
