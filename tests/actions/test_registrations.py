"""Who is registered where, and which agreement is in force: as known at every past time."""

from datetime import date
from typing import Any

import pytest

from registry.actions.errors import Refused
from registry.actions.institutions import conclude_agreement, end_agreement, open_institution
from registry.actions.registrations import end_registration, register_at, sign_commitment
from registry.models import Institution, Practitioner, Registration, ServiceAgreement
from tests.actions.deeds import annul, merge
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

MAY, JUNE, JULY = date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)


@pytest.fixture
def town() -> Town:
    return build("510100")


def register(town: Town, place: Institution, starts_on: date, *, who: Practitioner | None = None) -> Registration:
    return register_at(
        practitioner=who or town.surgeon, institution=place, starts_on=starts_on, by=town.officer, now=at(TODAY)
    )


def end(town: Town, registration: Registration, ends_on: date, *, on: date = JULY) -> Registration:
    return end_registration(registration=registration, ends_on=ends_on, reason="离职", by=town.officer, now=at(on))


def test_a_person_works_at_several_places_at_once(town: Town) -> None:
    register(town, town.clinic, TODAY)
    register(town, town.pharmacy, TODAY)
    assert town.surgeon.registrations.filter(superseded_at=None, ends_on=None).count() == 3


def test_registering_where_one_is_registered_changes_nothing(town: Town) -> None:
    first = register(town, town.clinic, TODAY)
    assert register(town, town.clinic, MAY) == first
    assert Registration.objects.filter(institution=town.clinic).count() == 1


def test_an_earlier_start_than_the_registration_to_come_is_refused(town: Town) -> None:
    register(town, town.clinic, JUNE)
    with pytest.raises(Refused) as refusal:
        register(town, town.clinic, MAY)
    assert (refusal.value.code, refusal.value.field) == ("registered_later", "starts_on")


def test_an_end_adds_a_row_and_the_answer_as_known_before_stays(town: Town) -> None:
    first = register(town, town.clinic, TODAY)
    ended = end(town, first, JUNE, on=MAY)
    first.refresh_from_db()
    assert (first.ends_on, first.superseded_at, ended.record, ended.ends_on) == (None, at(MAY), first.record, JUNE)
    sooner = end(town, ended, MAY, on=JUNE)
    rows = Registration.objects.filter(record=first.record).order_by("pk")
    assert [(row.ends_on, row.recorded_at, row.superseded_at) for row in rows] == [
        (None, at(TODAY), at(MAY)),
        (JUNE, at(MAY), at(JUNE)),
        (MAY, at(JUNE), None),
    ]
    assert end(town, sooner, MAY) == sooner


def test_an_end_is_not_moved_later(town: Town) -> None:
    ended = end(town, register(town, town.clinic, TODAY), JUNE)
    with pytest.raises(Refused, match="already_ended"):
        end(town, ended, JULY)
    again = register(town, town.clinic, JUNE)
    assert again.record != ended.record


def test_a_registration_does_not_end_before_it_starts(town: Town) -> None:
    registration = register(town, town.clinic, JUNE)
    with pytest.raises(Refused) as refusal:
        end(town, registration, MAY)
    assert (refusal.value.code, refusal.value.value) == ("ends_before_it_starts", MAY)
    with pytest.raises(Refused, match="reason_missing"):
        end_registration(registration=registration, ends_on=JULY, reason="", by=town.officer, now=at(JULY))


def test_an_end_by_a_clock_that_is_behind_is_not_known_before_the_registration(town: Town) -> None:
    first = register(town, town.clinic, TODAY)
    ended = end(town, first, TODAY, on=LAW_BEGINS)
    assert ended.recorded_at == at(TODAY)


def test_a_commitment_is_signed_once_and_not_in_the_future(town: Town) -> None:
    registration = register(town, town.clinic, TODAY)
    with pytest.raises(Refused, match="signed_in_the_future"):
        sign_commitment(registration=registration, signed_on=MAY, by=town.officer, now=at(TODAY))
    for _ in range(2):
        signed = sign_commitment(registration=registration, signed_on=TODAY, by=town.officer, now=at(TODAY))
    assert signed.committed_on == TODAY
    assert signed.history.count() == 2


def test_nobody_is_registered_while_barred(town: Town) -> None:
    entry = score(town, 12, TODAY)
    with pytest.raises(Refused) as refusal:
        register(town, town.clinic, MAY)
    assert refusal.value.code == "terminated"
    assert "2028年3月10日" in str(refusal.value.message)
    annul(town, entry, TODAY)
    assert register(town, town.clinic, MAY).starts_on == MAY


def test_after_the_bar_a_registration_alone_is_not_enough(town: Town) -> None:
    score(town, 12, TODAY)
    with pytest.raises(Refused, match="terminated") as refusal:
        register(town, town.clinic, date(2028, 3, 10))
    assert "2028" not in str(refusal.value.message)


def test_a_barred_person_is_barred_under_the_other_code_too(town: Town) -> None:
    score(town, 12, TODAY)
    merge(town, town.nurse, town.surgeon, TODAY)
    for who in (town.nurse, town.surgeon):
        with pytest.raises(Refused, match="terminated"):
            register(town, town.clinic, MAY, who=who)


def test_a_suspended_person_may_be_registered(town: Town) -> None:
    score(town, 9, TODAY)
    assert register(town, town.clinic, MAY).starts_on == MAY


def test_an_agreement_ends_by_one_more_row(town: Town) -> None:
    first = ServiceAgreement.objects.get(institution=town.clinic)
    ended = end_agreement(agreement=first, ends_on=JUNE, reason="解除协议", by=town.officer, now=at(MAY))
    rows = ServiceAgreement.objects.filter(record=first.record).order_by("pk")
    assert [(row.ends_on, row.superseded_at) for row in rows] == [(None, at(MAY)), (JUNE, None)]
    again = end_agreement(agreement=first, ends_on=JUNE, reason="解除协议", by=town.officer, now=at(MAY))
    assert again == ended


def test_agreements_of_one_institution_do_not_overlap(town: Town) -> None:
    first = ServiceAgreement.objects.get(institution=town.clinic)
    signed: dict[str, Any] = {"institution": town.clinic, "number": "续签", "by": town.officer, "now": at(MAY)}
    with pytest.raises(Refused, match="agreement_overlaps"):
        conclude_agreement(starts_on=MAY, **signed)
    end_agreement(agreement=first, ends_on=MAY, reason="到期", by=town.officer, now=at(MAY))
    second = conclude_agreement(starts_on=MAY, **signed)
    assert conclude_agreement(starts_on=MAY, **signed) == second
    with pytest.raises(Refused, match="agreement_exists"):
        conclude_agreement(starts_on=JUNE, **signed)
    with pytest.raises(Refused, match="agreement_overlaps"):
        end_agreement(agreement=first, ends_on=JUNE, reason="更正", by=town.officer, now=at(JUNE))


def test_an_agreement_does_not_end_before_it_starts(town: Town) -> None:
    with pytest.raises(Refused, match="ends_before_it_starts"):
        conclude_agreement(
            institution=town.clinic, number="倒", starts_on=MAY, ends_on=TODAY, by=town.officer, now=at(TODAY)
        )


@pytest.mark.parametrize("code", ["", "X51010000001", "H5101000001", "H510100000012", "Ｈ51010000001"])
def test_an_institution_code_is_h_or_p_and_eleven_digits(town: Town, code: str) -> None:
    with pytest.raises(Refused, match="institution_code_malformed"):
        open_institution(code=code, name="某院", region=town.region, agency=town.agency, by=None, now=at(TODAY))


def test_the_same_institution_twice_is_the_same_and_another_name_is_refused(town: Town) -> None:
    entered: dict[str, Any] = {
        "code": town.clinic.code,
        "region": town.region,
        "agency": town.agency,
        "by": None,
        "now": at(TODAY),
    }
    assert open_institution(name=town.clinic.name, **entered) == town.clinic
    with pytest.raises(Refused, match="institution_code_taken"):
        open_institution(name="冒名医院", **entered)


def test_a_reason_that_does_not_fit_is_refused_in_words(town: Town) -> None:
    registration = Registration.objects.get(practitioner=town.surgeon)
    with pytest.raises(Refused) as refused:
        end_registration(registration=registration, ends_on=TODAY, reason="因" * 201, by=town.officer, now=at(TODAY))
    assert refused.value.code == "reason_too_long"
    agreement = ServiceAgreement.objects.get(institution=town.hospital)
    with pytest.raises(Refused) as refused:
        end_agreement(agreement=agreement, ends_on=TODAY, reason="因" * 201, by=town.officer, now=at(TODAY))
    assert refused.value.code == "reason_too_long"
