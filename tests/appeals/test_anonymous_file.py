"""Experts judge a file that names nobody."""

import random
from dataclasses import asdict

import pytest
from django.utils import translation

from appeals.actions.release import release_evidence
from appeals.models import Evidence, Objection
from appeals.queries.anonymous import evidence_for, file_for, telling
from registry.actions.errors import Refused
from registry.actions.handlings import identify_responsibility
from registry.actions.people import add_document, rename
from registry.models import Case, Handling, Responsibility, StoredFile
from tests.appeals.peers import DRAWN, REFERRED, appealed, asked, cast, disputed, drawn, experts
from tests.casework import Desk, desk
from tests.town import TODAY, at, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def secrets_of(here: Desk, objection: Objection) -> list[str]:
    """Whatever tells who the story is about."""
    people = [name for person in (here.surgeon, here.nurse) for name in (person.name, person.code)]
    places = [part for place in (here.town.hospital, here.town.clinic) for part in (place.name, place.code)]
    numbers = [Handling.objects.get().document_number, Case.objects.get().number, objection.number]
    return [*people, *places, *numbers, here.town.agency.name, "11010519491231002X", "王大伟", "E12345678"]


def story(here: Desk) -> Objection:
    """An objection in whose texts everything is named."""
    objection = disputed(here)
    handling = Handling.objects.get()
    identify_responsibility(
        handling=handling,
        practitioner=here.nurse,
        grade="general",
        grounds="配台",
        identified_on=TODAY,
        by=here.identifier,
        now=at(TODAY, 12),
    )
    rename(practitioner=here.surgeon, name="王大伟", reason="更名", by=here.town.officer, now=at(TODAY, 12))
    for kind, number in (("resident_id", "11010519491231002X"), ("passport", "E12345678")):
        add_document(practitioner=here.surgeon, kind=kind, number=number, by=here.town.officer, now=at(TODAY, 12))
    text = "，".join(secrets_of(here, objection))
    Handling.objects.update(facts=f"经查：{text}")
    Responsibility.objects.update(grounds=f"理由：{text}")
    objection.points.update(text=f"争议：{text}")
    Objection.objects.update(statement=f"陈述：{text}")
    return Objection.objects.get()


def stored(name: str, digest: int) -> StoredFile:
    return StoredFile.objects.create(
        name=name,
        media_type="application/pdf",
        size=9,
        digest=bytes([digest]) * 32,
        sealed=b"x",
        handed_in_at=at(TODAY),
    )


def told(file: object) -> str:
    return str(asdict(file))  # type: ignore[call-overload]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_file_of_an_expert_names_nobody(here: Desk, language: str) -> None:
    experts(here)
    objection = story(here)
    seat = asked(drawn(here, objection=objection))[0]
    with translation.override(language):
        file = file_for(seat)
    assert [secret for secret in secrets_of(here, objection) if secret in told(file)] == []
    assert file.points[0].points == 6
    assert file.causes[0].conduct_from == Handling.objects.get().conduct_from
    assert file.points[0].situation
    assert file.points[0].grade


def test_whatever_is_written_into_the_texts_is_hidden_where_it_is_known(here: Desk) -> None:
    experts(here)
    objection = story(here)
    seat = asked(drawn(here, objection=objection))[0]
    secrets, chance = secrets_of(here, objection), random.Random(3)
    for _ in range(15):
        words = [chance.choice([*secrets, "手术", "在", "2次"]) + chance.choice("，。 \n（）") for _ in range(12)]
        Objection.objects.update(statement="".join(words))
        seat.panel.objection.refresh_from_db()
        assert [secret for secret in secrets if secret in file_for(seat).statement] == []


def test_the_same_person_has_the_same_label_in_every_text(here: Desk) -> None:
    experts(here)
    seat = asked(drawn(here, objection=story(here)))[0]
    with translation.override("en"):
        file = file_for(seat)
    for text in (file.question, file.statement, file.points[0].text, file.causes[0].facts):
        assert "The person concerned" in text
    assert "Person A" in file.statement
    assert "Person B" not in told(file)


def test_the_reviewer_sees_what_is_left_that_may_tell_somebody(here: Desk) -> None:
    objection = story(here)
    objection.points.update(text="见王医生的记录，湘雅附属医院亦有记载")
    found = telling(objection, list(objection.points.all()), "指征是否成立？")
    assert any("王医生" in each for each in found)
    assert any("附属医院" in each for each in found)


def test_experts_see_only_evidence_that_was_released(here: Desk) -> None:
    experts(here)
    objection = disputed(here)
    point = objection.points.get()
    pieces = [
        Evidence.objects.create(point=point, file=stored(f"{n}.pdf", n), title=f"王伟病历{n}", handed_in_at=at(TODAY))
        for n in (1, 2, 3)
    ]
    seat = asked(drawn(here, objection=objection))[0]
    assert (file_for(seat).points[0].evidence, list(evidence_for(seat))) == ((), [])
    with pytest.raises(Refused) as refused:
        release_evidence(evidence=pieces[0], file=None, by=here.another, now=at(DRAWN))
    assert refused.value.code == "not_the_reviewer"
    copy = stored("copy.pdf", 9)
    release_evidence(evidence=pieces[0], file=None, by=here.reviewer, now=at(DRAWN))
    release_evidence(evidence=pieces[1], file=copy, by=here.reviewer, now=at(DRAWN))
    assert [each.shown for each in evidence_for(seat)] == [pieces[0].file, copy]
    assert ["王伟" in each.title for each in file_for(seat).points[0].evidence] == [False, False]
    reasons = list(Evidence.history.filter(shown__isnull=False).values_list("history_change_reason", flat=True))
    assert sorted(map(str, reasons)) == ["None", "the file itself names nobody"]
    for each in asked(seat.panel):
        cast(each, None)
    Objection.objects.update(state="withdrawn")
    with pytest.raises(Refused):
        release_evidence(evidence=pieces[2], file=None, by=here.reviewer, now=at(DRAWN, 18))


def test_an_appeal_against_a_recorded_entry_shows_its_law_and_points(here: Desk) -> None:
    experts(here)
    entry = score(here.town, 5, REFERRED)
    panel = drawn(here, objection=appealed(here, entry.fact, on=REFERRED))
    file = file_for(asked(panel)[0])
    assert (file.points[0].points, file.points[0].grounds) == (5, "主刀并签字")
    assert here.town.hospital.name not in told(file)
