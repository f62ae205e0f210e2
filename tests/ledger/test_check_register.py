"""check_register finds what was planted, and rebuild_register puts it right and leaves alone what is right."""

from datetime import date
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from registry.ledger.checking import differences
from registry.ledger.reading import facts_of
from registry.ledger.rebuilding import rebuild
from registry.models import (
    Fact,
    PersonalCode,
    Practitioner,
    PractitionerName,
    SanctionPeriod,
    StandingChange,
    StandingSpan,
)
from tests.actions.deeds import merge
from tests.ledger.tampering import alter
from tests.town import TODAY, Town, build, score


def make() -> Town:
    town = build("510100")
    score(town, 9, TODAY)
    score(town, 4, TODAY, who=town.nurse)
    return town


@pytest.fixture
def town(db: None) -> Town:
    return make()


@pytest.fixture
def committed_town(owner: psycopg.Connection) -> Town:
    return make()


def check() -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("check_register", stdout=out, stderr=err)
    except SystemExit as leaving:
        return int(str(leaving.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_sound_register_has_no_differences(town: Town) -> None:
    code, out, err = check()
    assert (code, out) == (0, "")
    assert "2 of 2 facts in 2 files checked" in err


def test_an_altered_period_is_found_and_put_right(town: Town) -> None:
    SanctionPeriod.objects.update(ends_on=date(2025, 5, 11))
    code, out, _ = check()
    assert code == 1
    assert f"file {town.surgeon.pk}: the periods kept are" in out
    assert "2025-05-11" in out
    assert "2025-05-10" in out
    assert rebuild() == 1
    assert SanctionPeriod.objects.get().ends_on == date(2025, 5, 10)
    assert check()[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"status": "normal"},
        {"points": 8},
        {"until": date(2025, 5, 9)},
        {"ends_on": date(2025, 5, 9)},
        {"may_reregister": True},
    ],
)
def test_an_altered_span_is_found(town: Town, change: dict[str, object]) -> None:
    StandingSpan.objects.filter(status="suspended").update(**change)
    assert [each for each in differences() if f"file {town.surgeon.pk}: the days kept are" in each]


@pytest.mark.parametrize(
    "change", [{"barred_until": TODAY}, {"single": False}, {"because": []}, {"kind": "termination"}]
)
def test_an_altered_reason_of_a_period_is_found(town: Town, change: dict[str, object]) -> None:
    SanctionPeriod.objects.update(**change)
    assert [each for each in differences() if f"file {town.surgeon.pk}: the periods kept are" in each]


def test_a_deleted_span_is_found_and_put_right(town: Town) -> None:
    StandingSpan.objects.filter(practitioner=town.surgeon).first().delete()  # type: ignore[union-attr]
    assert [each for each in differences() if f"file {town.surgeon.pk}: the days kept are" in each]
    assert rebuild() == 1
    assert list(differences()) == []


def test_a_lost_projection_of_a_person_whose_facts_are_all_in_absorbed_files_is_found(town: Town) -> None:
    merge(town, _doctor(town), town.surgeon, date(2025, 4, 1))
    SanctionPeriod.objects.all().delete()
    StandingSpan.objects.all().delete()
    found = [each for each in differences() if f"file {_doctor(town).pk}: " in each]
    assert len(found) == 2
    rebuild()
    assert list(differences()) == []


def test_a_stray_projection_of_an_absorbed_file_is_found_and_removed(town: Town) -> None:
    merge(town, town.surgeon, town.nurse, date(2025, 4, 1))
    StandingSpan.objects.create(
        practitioner=town.nurse, starts_on=TODAY, status="normal", points=4, may_reregister=False
    )
    assert [each for each in differences() if f"file {town.nurse.pk}: the days kept are" in each]
    assert rebuild() == 1
    assert not StandingSpan.objects.filter(practitioner=town.nurse).exists()


def test_a_stray_projection_of_somebody_without_facts_is_found_and_removed(town: Town) -> None:
    SanctionPeriod.objects.create(
        practitioner=_doctor(town),
        kind="suspension",
        starts_on=TODAY,
        ends_on=date(2025, 4, 1),
        because=[],
        single=True,
    )
    assert [each for each in differences() if f"file {_doctor(town).pk}: the periods kept are" in each]
    assert rebuild() == 1


def test_rebuilding_leaves_right_rows_alone(town: Town) -> None:
    right = set(StandingSpan.objects.filter(practitioner=town.nurse).values_list("pk", flat=True))
    SanctionPeriod.objects.update(ends_on=date(2025, 5, 11))
    out = StringIO()
    call_command("rebuild_register", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("1 files put right")
    assert set(StandingSpan.objects.filter(practitioner=town.nurse).values_list("pk", flat=True)) == right
    assert rebuild() == 0
    assert StandingChange.objects.count() == 2


def test_an_altered_fact_is_found(owner: psycopg.Connection, committed_town: Town) -> None:
    alter(owner, "registry_fact", "points = 3", "points = 9")
    code, out, _ = check()
    assert code == 1
    assert "its content is not what was recorded" in out
    assert f"file {committed_town.surgeon.pk}: the days kept are" in out


def test_a_history_that_cannot_be_is_found_and_not_built_upon(owner: psycopg.Connection, committed_town: Town) -> None:
    owner.execute("ALTER TABLE registry_fact DROP CONSTRAINT points_are_1_to_12_where_points_belong")
    try:
        alter(owner, "registry_fact", "points = 40", "points = 9")
        code, out, _ = check()
        assert code == 1
        assert "facts[0].points = 40" in out
        assert "the constraint points_are_1_to_12_where_points_belong is missing" in out
        with pytest.raises(CommandError, match="Nothing was changed"):
            call_command("rebuild_register", stdout=StringIO(), stderr=StringIO())
    finally:
        alter(owner, "registry_fact", "points = 9", "points = 40")
        owner.execute(POINTS_CHECK)


POINTS_CHECK = """
    ALTER TABLE registry_fact ADD CONSTRAINT points_are_1_to_12_where_points_belong CHECK (
        kind IN ('points_scored', 'entry_revised') AND points BETWEEN 1 AND 12 AND points IS NOT NULL
        OR kind = 'points_relieved' AND points >= 1 AND points IS NOT NULL
        OR kind IN ('entry_annulled', 'period_shortened', 'reregistered') AND points IS NULL)
"""


def test_a_code_or_a_name_that_was_never_given_is_found(town: Town) -> None:
    Practitioner.objects.filter(pk=town.nurse.pk).update(code="N000", name="李四")
    found = list(differences())
    assert f"file {town.nurse.pk}: it bears the code N000, which was never given to it" in found
    assert f"file {town.nurse.pk}: its name is not the present one among the names it ever bore" in found


def test_a_code_that_was_given_to_somebody_else_is_found(town: Town) -> None:
    PersonalCode.objects.filter(practitioner=town.nurse).update(practitioner=town.surgeon)
    assert any("which was never given to it" in each for each in differences())


def test_only_the_first_hundred_differences_are_shown(town: Town) -> None:
    for number in range(102):
        Practitioner.objects.create(code=f"X{number}", name="某", category="nurse", recorded_at="2025-01-01T00:00Z")
    code, out, err = check()
    assert (code, len(out.splitlines())) == (1, 100)
    assert "100 or more differences" in err


def test_a_file_without_facts_has_no_rows(town: Town) -> None:
    assert facts_of(_doctor(town)) == []
    assert not Fact.objects.filter(practitioner=_doctor(town)).exists()


def _doctor(town: Town) -> Practitioner:
    doctor, created = Practitioner.objects.get_or_create(
        code="D9", defaults={"name": "赵敏", "category": "physician", "recorded_at": "2025-01-01T00:00Z"}
    )
    if created:
        PersonalCode.objects.create(practitioner=doctor, code="D9", recorded_at=doctor.recorded_at)
        PractitionerName.objects.create(practitioner=doctor, name="赵敏", recorded_at=doctor.recorded_at)
    return doctor
