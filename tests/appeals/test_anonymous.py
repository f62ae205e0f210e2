"""A file for experts tells what happened and not to whom."""

from __future__ import annotations

import pytest

from appeals.rules.anonymous import KNOWN, Anonymiser, InvalidLabels, Subject, lettered
from registry.rules.resident_id import check_character

WANG = Subject(
    "当事人1", names=("王伟", "王大伟"), codes=("D430100000001", "430102198001011234", "E1234567", "ZZ-07", "")
)
MAIMAITI = Subject("当事人2", names=("阿卜杜拉·买买提",), codes=("N430100000002",))
LI = Subject("当事人3", names=("Li Anna", "José", ""), codes=())
HOSPITAL = Subject("机构甲", names=("长沙市第一医院",), codes=("H43010000001",))
OFFICER = Subject("经办人员1", names=("陈静",), codes=("chenjing",))
AGENCY = Subject("经办机构1", names=("长沙市医疗保障局", "长沙市"), codes=("430100",))
DOCUMENT = Subject("文书1", codes=("长医保罚〔2025〕12号",))
TOWN = Anonymiser([WANG, MAIMAITI, LI, HOSPITAL, OFFICER, AGENCY, DOCUMENT])


def shown(text: str) -> str:
    return TOWN.anonymised(text)


def found(text: str, by: Anonymiser = TOWN) -> list[tuple[str, str]]:
    return [(finding.kind, finding.text) for finding in by.remaining(text)]


def test_a_decision_is_told_without_names() -> None:
    text = "陈静查明：王伟（D430100000001）在长沙市第一医院（H43010000001）为阿卜杜拉·买买提开具处方"
    assert shown(text) == "经办人员1查明：当事人1（当事人1）在机构甲（机构甲）为当事人2开具处方"
    assert shown("见长沙市医疗保障局长医保罚〔2025〕12号。") == "见经办机构1文书1。"


@pytest.mark.parametrize(
    "written",
    ["王 伟", "王\u3000\u3000伟", "王\n伟", "王·伟", "王\u200b伟", "王大伟", "王-伟", "王\uff0d伟"],
)
def test_a_person_is_hidden_however_they_are_written(written: str) -> None:
    assert shown(f"由{written}处理") == "由当事人1处理"


@pytest.mark.parametrize(
    "written",
    [
        "d430100000001",
        "\uff24430100000001",
        "D43010000 0001",
        "D4301-0000-0001",
        "430102 19800101 1234",
        "e1234567",
        "E 123 4567",
    ],
)
def test_a_code_is_hidden_however_it_is_written(written: str) -> None:
    assert shown(f"编号{written}。") == "编号当事人1。"


@pytest.mark.parametrize("written", ["长医保罚[2025]12号", "长医保罚（2025）12号", "长医保罚 〔２０２５〕 12 号"])
def test_the_brackets_of_a_document_number_do_not_matter(written: str) -> None:
    assert shown(written) == "文书1"


@pytest.mark.parametrize("written", ["阿卜杜拉•买买提", "阿卜杜拉・买买提", "阿卜杜拉买买提", "阿卜杜拉 买买提"])
def test_the_dot_of_a_name_may_be_any_dot_or_none(written: str) -> None:
    assert shown(written) == "当事人2"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("LI ANNA and Li-Anna and lianna", "当事人3 and 当事人3 and 当事人3"),
        ("JOSE and Jose\u0301 and ｊｏｓé", "当事人3 and 当事人3 and 当事人3"),
        ("client Lian Na, Josef, Lia Nna", "client Lian Na, Josef, Lia Nna"),
        ("由Jose处理Jose2次", "由当事人3处理当事人3 2次"),
    ],
)
def test_a_latin_name_is_a_word_of_its_own(text: str, told: str) -> None:
    assert shown(text) == told


def test_the_longest_of_several_names_holds() -> None:
    assert shown("长沙市第一医院、长沙市医疗保障局、长沙市") == "机构甲、经办机构1、经办机构1"


def test_a_label_does_not_run_into_what_follows_it() -> None:
    assert shown("王伟3次，王伟李安娜") == "当事人1 3次，当事人1李安娜"
    english = Anonymiser([Subject("Person 1", ("王伟",)), Subject("Person 2", ("陈静",))])
    assert english.anonymised("Dr王伟陈静2") == "Dr Person 1 Person 2 2"
    assert english.anonymised("Person 1, Person 12") == "Person 1, Person 12"


def test_a_short_code_is_hidden_only_by_itself() -> None:
    assert shown("ZZ-07、zz07、ZZ-071、AZZ-07") == "当事人1、当事人1、ZZ-071、AZZ-07"


def test_a_long_code_is_never_left_behind() -> None:
    assert shown("xxD430100000001xx") == "当事人1 xx"
    assert shown("工号chenjing2") == "工号经办人员1 2"


def test_a_name_that_two_share_is_told_as_both() -> None:
    namesakes = Anonymiser([Subject("Person 1", ("王伟",), ("D430100000001",)), Subject("Person 2", ("王伟",))])
    assert namesakes.anonymised("王伟, D430100000001") == "Person 1/Person 2, Person 1"


def test_what_only_shows_after_a_replacement_is_hidden_too() -> None:
    neighbours = Anonymiser([Subject("当事人1", ("王x",)), Subject("当事人2", ("Tom",))])
    assert neighbours.anonymised("王xTom") == "王xTom"
    neighbours = Anonymiser([Subject("当事人1", codes=("王王王王xx",)), Subject("当事人2", ("Tom",))])
    assert neighbours.anonymised("王王王王xxTom") == "当事人1当事人2"


def resident_number(first_17: str) -> str:
    return first_17 + check_character(first_17)


@pytest.mark.parametrize(
    "number",
    [
        resident_number("43010219900307123"),
        resident_number("43010219900307123").replace("1990", " 1990"),
        "430102199003071239",
        "430102 19900307 123X",
        "430102-1990-0307-1234",
        "430102900307123",
        "13800001111",
        "138-0000-1111",
        "138 0000 1111",
        "1380000 1111",
        "１３８００００１１１１",
        "1 3 8 0 0 0 0 1 1 1 1",
        "0731-84512345",
        "6222 0212 3456 7890 123",
        "6222021234567890123",
        "D430100000099",
        "P43010000099",
        "一三八〇〇〇〇一一一一",
        "zhang.san@example.cn",
    ],
)
def test_a_number_that_looks_like_a_persons_is_masked_whoever_it_belongs_to(number: str) -> None:
    assert shown(f"联系：{number}。") == "联系：***。"


def test_the_mask_is_the_callers() -> None:
    masking = Anonymiser([], mask="[number]")
    assert masking.anonymised("tel 13800001111") == "tel [number]"


def test_a_number_that_holds_a_short_code_is_masked_whole() -> None:
    assert shown("430100199003071234") == "***"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-03-10至2025-03-12，金额1,234.50元，共3次",
        "2024、2025 2026年，20250310，第38条",
        "“全角标点”，（括号）；ＡＢＣ …… ㎡",
        "心率 60-100 次/分，血压 120/80，HbA1c 6.5%",
        "The patient was seen on 10 March 2025 at 08:30.",
    ],
)
def test_text_that_tells_nobody_is_left_as_it_is(text: str) -> None:
    assert shown(text) == text
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("王医生复诊", "part_of_a_name", "王医生"),
        ("老王说", "part_of_a_name", "老王"),
        ("大伟自述", "part_of_a_name", "大伟"),
        ("Anna said", "part_of_a_name", "Anna"),
        ("买买提自述", "part_of_a_name", "买买提"),
        ("转入湘雅附属第二医院治疗", "institution", "附属第二医院"),
        ("见〔2024〕7号", "document", "〔2024〕7号"),
        ("护照G7654321", "code", "G7654321"),
        ("工号 8812345", "number", "8812345"),
        ("尾号 123 456 789 012", "number", "123 456 789 012"),
        ("检查费 1200 3400 5600", "number", "1200 3400 5600"),
    ],
)
def test_what_may_tell_somebody_is_shown_to_a_person(text: str, kind: str, what: str) -> None:
    assert (kind, what) in found(text)
    assert shown(text) == text


def test_a_compound_surname_is_known() -> None:
    ouyang = Anonymiser([Subject("当事人1", ("欧阳建国", "诸葛亮"))])
    assert found("欧阳主任、建国、小诸葛、阳建国", ouyang) == [
        ("part_of_a_name", "欧阳主任"),
        ("part_of_a_name", "建国"),
        ("part_of_a_name", "小诸葛"),
        ("part_of_a_name", "建国"),
    ]


def test_before_it_is_hidden_everything_is_found_with_its_place() -> None:
    text = "王 伟的电话13800001111"
    assert found(text) == [(KNOWN, "王 伟"), ("number", "13800001111")]
    assert [text[each.start : each.end] for each in TOWN.remaining(text)] == ["王 伟", "13800001111"]


def test_labels_are_no_findings() -> None:
    numbered = Anonymiser([Subject("Person 20250001", ("王伟",))])
    assert numbered.anonymised("王伟") == "Person 20250001"
    assert found("Person 20250001, 20259999", numbered) == [("number", "20259999")]


@pytest.mark.parametrize("label", ["", " ", " 当事人1", "***"])
def test_a_label_that_hides_badly_is_refused(label: str) -> None:
    with pytest.raises(InvalidLabels) as error:
        Anonymiser([Subject(label, ("王伟",))])
    assert error.value.label == label


def test_two_subjects_never_share_a_label() -> None:
    with pytest.raises(InvalidLabels, match="label = '当事人1': stands for two subjects"):
        Anonymiser([Subject("当事人1", ("王伟",)), Subject("当事人1", ("陈静",))])


def test_labels_go_on_after_the_last_letter() -> None:
    assert [lettered(place) for place in (0, 1, 25, 26, 27, 52, 701, 702)] == [
        *("A", "B", "Z", "AA", "AB", "BA", "ZZ", "AAA")
    ]
    assert [lettered(place, "甲乙丙丁戊己庚辛壬癸") for place in (0, 9, 10)] == ["甲", "癸", "甲甲"]
