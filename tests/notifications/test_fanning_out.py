"""Who is told of what: each once, in order, and by what was known when it was written."""

from datetime import date

import pytest

from notifications.actions import fanning_out
from notifications.models import Event, Notice, Recall
from notifications.queries import pending
from notifications.queries.addressees import recipient_of
from notifications.queries.pending import people_waiting
from registry.actions.sweep import tell_what_day_brought
from registry.ledger.writing import Draft, append
from registry.models import Fact, PointsEntry, StandingChange
from tests.actions.deeds import annul, join, leave, merge, register_again, relieve, revise, shorten
from tests.notifications.exchange import announce, country, elsewhere, events, of_changes, told
from tests.town import LAW_BEGINS, TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 6, 20)
OTHER_PROVINCES = ["110000", "120000", "430000"]


@pytest.fixture
def town() -> Town:
    return country()


def last(town: Town) -> Event:
    return of_changes(town.surgeon)[-1]


def test_points_are_told_to_those_around_the_person_and_to_no_other_region(town: Town) -> None:
    score(town, 3, TODAY)
    announce()
    assert last(town).kind == "points.recorded"
    assert told(last(town)) == {
        "practitioner": ["王伟"],
        "institution": [town.hospital.code],
        "agency": [town.agency.code],
        "health_authority": ["health510000"],
        "drug_authority": ["drug510100"],
    }


def test_points_are_told_to_the_other_region_in_which_the_person_is_registered(town: Town) -> None:
    place = elsewhere()
    join(town, place, LAW_BEGINS)
    score(town, 3, TODAY)
    announce()
    assert told(last(town))["region"] == ["120000"]
    assert told(last(town))["institution"] == sorted([place.code, town.hospital.code])
    assert told(last(town))["agency"] == sorted([place.agency.code, town.agency.code])


@pytest.mark.parametrize(("points", "kind"), [(9, "standing.suspended"), (12, "standing.terminated")])
def test_a_sanction_is_told_to_all_other_regions(town: Town, points: int, kind: str) -> None:
    score(town, points, TODAY)
    announce()
    assert last(town).kind == kind
    assert told(last(town))["region"] == OTHER_PROVINCES


def test_a_suspension_that_begins_later_is_told_to_all_regions_when_it_is_decided_and_when_it_begins(
    town: Town,
) -> None:
    hunan = build("430100")
    score(hunan, 9, TODAY)
    announce()
    decided = of_changes(hunan.surgeon)[-1]
    assert (decided.kind, decided.change and decided.change.status_after) == ("standing.suspended", "normal")
    assert told(decided)["region"] == ["110000", "120000", "510000"]
    tell_what_day_brought(today=date(2025, 4, 1), now=at(date(2025, 4, 1), 1))
    announce()
    began = of_changes(hunan.surgeon)[-1]
    assert began.kind == "suspension.began"
    assert told(began)["region"] == ["110000", "120000", "510000"]


def test_the_end_of_a_suspension_is_told_everywhere_and_the_end_of_a_bar_near_by(town: Town) -> None:
    score(town, 9, TODAY)
    tell_what_day_brought(today=date(2025, 5, 10), now=at(date(2025, 5, 10), 1))
    score(town, 12, LATER)
    tell_what_day_brought(today=date(2028, 6, 20), now=at(date(2028, 6, 20), 1))
    announce()
    kinds = [event.kind for event in of_changes(town.surgeon)]
    assert kinds == ["standing.suspended", "suspension.ended", "standing.terminated", "bar.over"]
    ended, over = of_changes(town.surgeon)[1], of_changes(town.surgeon)[3]
    assert told(ended)["region"] == OTHER_PROVINCES
    assert told(ended)["agency"] == [town.agency.code]
    assert set(told(over)) == {"practitioner", "institution", "agency"}


def test_relief_shortening_and_registering_again_are_told_by_their_names(town: Town) -> None:
    score(town, 3, TODAY)
    relieve(town, 1, date(2025, 3, 11))
    score(town, 9, date(2025, 4, 1))
    shorten(town, 10, date(2025, 4, 2))
    announce()
    assert [event.kind for event in of_changes(town.surgeon)] == [
        "points.recorded",
        "points.relieved",
        "standing.suspended",
        "period.shortened",
    ]
    relieved, _, shortened = of_changes(town.surgeon)[1:]
    assert "region" not in told(relieved)
    assert told(shortened)["region"] == OTHER_PROVINCES
    score(town, 12, date(2025, 4, 3))
    register_again(town, date(2028, 4, 3), town.hospital)
    announce()
    assert last(town).kind == "standing.restored"
    assert told(last(town))["region"] == OTHER_PROVINCES


def test_everything_is_announced_once_however_often_it_is_looked_for(town: Town) -> None:
    score(town, 3, TODAY)
    made = announce()
    assert made > 0
    assert announce() == 0
    assert list(people_waiting(everything=True)) == []
    assert Event.objects.filter(change__isnull=False).count() == StandingChange.objects.count() == 1


def test_a_quick_look_finds_what_is_new_and_the_other_whatever_is_left(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "FAR_BEHIND", 1)
    score(town, 3, TODAY)
    score(town, 3, TODAY, who=town.nurse, number="罚字N号")
    score(town, 3, date(2025, 3, 11))
    fanning_out._announce([town.surgeon.pk], at(TODAY, 20))
    assert list(people_waiting(everything=False)) == []
    assert list(people_waiting(everything=True)) == [town.nurse.pk]
    assert announce() > 0
    assert of_changes(town.nurse) != []


def test_events_of_a_file_are_numbered_in_the_order_in_which_they_were_written(town: Town) -> None:
    score(town, 1, TODAY)
    score(town, 2, date(2025, 3, 11))
    announce()
    score(town, 3, date(2025, 3, 12))
    announce()
    rows = list(Event.objects.filter(practitioner=town.surgeon).order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert [row.occurred_at for row in rows] == sorted(row.occurred_at for row in rows)


def test_who_was_registered_when_it_was_written_is_told_however_late(town: Town) -> None:
    join(town, town.pharmacy, LAW_BEGINS)
    leave(town, town.pharmacy, date(2025, 3, 1))
    score(town, 3, TODAY)
    leave(town, town.hospital, date(2025, 4, 1))
    join(town, town.clinic, date(2025, 4, 1))
    announce(at(LATER))
    assert told(last(town))["institution"] == [town.hospital.code]


def test_a_fact_of_another_register_is_told_at_home_and_to_no_other_region(town: Town) -> None:
    append(practitioner=town.surgeon, draft=_foreign(), now=at(TODAY))
    announce()
    assert last(town).kind == "standing.suspended"
    assert "region" not in told(last(town))
    assert told(last(town))["institution"] == [town.hospital.code]


def test_the_day_carries_out_silently_towards_regions_what_another_register_decided(town: Town) -> None:
    append(practitioner=town.surgeon, draft=_foreign(), now=at(TODAY))
    tell_what_day_brought(today=date(2025, 5, 10), now=at(date(2025, 5, 10), 1))
    announce()
    assert last(town).kind == "suspension.ended"
    assert "region" not in told(last(town))


def test_what_an_older_register_had_is_announced_to_nobody(town: Town) -> None:
    append(practitioner=town.surgeon, draft=_foreign(legacy=True), now=at(TODAY))
    announce()
    assert last(town).kind == "standing.suspended"
    assert told(last(town)) == {}


def _foreign(*, legacy: bool = False) -> Draft:
    return Draft(
        kind="points_scored",
        effective_on=TODAY,
        counted_on=TODAY,
        points=9,
        policy="cn-2025",
        origin="beijing",
        origin_seq=1,
        legacy=legacy,
    )


def test_merged_files_are_told_of_both(town: Town) -> None:
    score(town, 3, TODAY)
    score(town, 4, TODAY, who=town.nurse, number="罚字N号")
    merge(town, town.surgeon, town.nurse, LATER)
    announce()
    assert [event.kind for event in of_changes(town.nurse)] == ["points.recorded", "files.merged"]
    assert [event.kind for event in of_changes(town.surgeon)] == ["points.recorded", "files.merged"]


# corrections ----------------------------------------------------------------------------------------------------------


def recalled(event: Event) -> dict[str, list[str]]:
    """By recipient: what their notice takes back, by kind."""
    found: dict[str, list[str]] = {}
    for line in Recall.objects.filter(notice__event=event).order_by("pk").select_related("notice", "earlier__event"):
        assert recipient_of(line.notice) == recipient_of(line.earlier)
        found.setdefault(line.notice.recipient, []).append(line.earlier.event.kind)
    return found


def test_an_annulment_recalls_every_notice_of_the_entry_from_everybody_who_has_one(town: Town) -> None:
    entry = score(town, 9, TODAY)
    announce()
    annul(town, entry, LATER)
    announce()
    first = of_changes(town.surgeon)[0]
    assert last(town).kind == "entry.annulled"
    assert told(last(town)) == told(first)
    assert recalled(last(town))["region"] == ["standing.suspended"] * 3
    assert recalled(last(town))["institution"] == ["standing.suspended"]
    lines = Recall.objects.filter(notice__event=last(town))
    assert lines.count() == Notice.objects.filter(event=first).count()


def test_what_followed_from_the_entry_is_recalled_too_and_what_did_not_stays(town: Town) -> None:
    score(town, 2, date(2025, 2, 3))
    entry = score(town, 9, TODAY)
    announce()
    join(town, town.clinic, date(2025, 3, 20))
    score(town, 1, date(2025, 3, 20))  # told as 12 of the year
    announce()
    annul(town, entry, LATER)
    announce()
    assert last(town).kind == "entry.annulled"
    assert recalled(last(town))["practitioner"] == ["standing.suspended", "standing.terminated"]
    assert set(told(last(town))["institution"]) == {town.hospital.code, town.clinic.code}


def test_a_revision_that_changes_no_standing_recalls_the_entry_alone(town: Town) -> None:
    entry = score(town, 5, TODAY)
    score(town, 1, date(2025, 3, 11))
    revise(town, entry, LATER, points=4)
    announce()
    assert last(town).kind == "entry.revised"
    assert recalled(last(town))["practitioner"] == ["points.recorded", "points.recorded"]


def test_points_of_another_year_are_not_recalled(town: Town) -> None:
    entry = score(town, 3, TODAY)
    score(town, 2, date(2026, 2, 3))
    annul(town, entry, date(2026, 3, 3))
    announce()
    assert recalled(last(town))["practitioner"] == ["points.recorded"]
    [line] = Recall.objects.filter(notice__event=last(town), notice__recipient="practitioner")
    told_first = line.earlier.event.change
    assert told_first is not None
    assert told_first.fact == entry.fact


def test_a_second_correction_recalls_the_first(town: Town) -> None:
    entry: PointsEntry = score(town, 9, TODAY)
    revise(town, entry, date(2025, 4, 1), points=5)
    annul(town, entry, LATER)
    announce()
    assert recalled(last(town))["practitioner"] == ["standing.suspended", "entry.revised"]
    assert Fact.objects.count() == 3
    assert "entry.annulled" in events(town.surgeon)
