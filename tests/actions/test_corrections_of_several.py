"""Several entries of one person corrected by one act: as if one after the other, and all or nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random

import pytest
from django.db import transaction

from registry.actions.corrections import Correction, correct_entries, preview_corrections
from registry.actions.errors import Refused
from registry.ledger.checking import file_differences
from registry.ledger.law import policies
from registry.ledger.reading import facts_of, standing_of
from registry.models import Fact, PointsEntry, Practitioner, StandingChange
from registry.queries.reach import reach_of
from registry.rules.reach import Window
from registry.rules.spans import Span, spans
from tests.actions.deeds import annul, merge, relieve
from tests.entries import annul_entry, revise_entry
from tests.town import TODAY, Town, at, build, score

pytestmark = pytest.mark.django_db

LATER = date(2025, 9, 1)
SEEDS = range(24)


@pytest.fixture
def town() -> Town:
    return build("510100")


def correct(town: Town, corrections: Sequence[Correction], on: date = LATER, *, document: str = "") -> list[Fact]:
    """Both officers sign."""
    return correct_entries(
        corrections=corrections,
        reason="法院判决撤销",
        document_number=document,
        by=town.officer,
        second=town.second,
        now=at(on, 15),
    )


def three(town: Town, who: Practitioner | None = None) -> list[PointsEntry]:
    """Entries of 4, 5 and 6 points: suspended by the second, terminated by the third."""
    days = (date(2025, 2, 3), date(2025, 3, 3), date(2025, 5, 6))
    return [score(town, points, day, who=who) for points, day in zip((4, 5, 6), days, strict=True)]


def test_one_judgment_corrects_several_entries(town: Town) -> None:
    first, second, third = (entry.fact for entry in three(town))
    corrections = [Correction(second, 4), Correction(first, None)]
    revised, annulled = correct(town, corrections, document="（2025）行初1号")
    assert (revised.kind, revised.entry, revised.points) == ("entry_revised", second, 4)
    assert (annulled.kind, annulled.entry, annulled.agency) == ("entry_annulled", first, town.agency)
    assert {fact.document_number for fact in (revised, annulled)} == {"（2025）行初1号"}
    now = standing_of(town.surgeon, LATER)
    assert (now.status, now.points, now.until) == ("suspended", 10, date(2025, 9, 6))
    assert [period.because for period in now.periods] == [(str(third.origin_id),)]
    assert list(file_differences()) == []


def test_each_is_measured_against_what_the_others_leave_whatever_their_order(town: Town) -> None:
    first, second, _third = (entry.fact for entry in three(town))
    both = [Correction(second, 4, 2), Correction(first, None)]
    for corrections in (both, both[::-1]):
        with pytest.raises(Refused) as refusal:  # 9 points suspended; without the first entry 4 do not
            correct(town, corrections)
        assert (refusal.value.code, refusal.value.field) == ("months_without_suspension", "months")
        assert "20250303" in str(refusal.value.message)
    assert Fact.objects.count() == 3


def test_all_or_nothing(town: Town) -> None:
    first, second, _third = (entry.fact for entry in three(town))
    with pytest.raises(Refused, match="revision_raises"):
        correct(town, [Correction(first, None), Correction(second, 6)])
    assert (Fact.objects.count(), StandingChange.objects.count()) == (3, 3)
    assert standing_of(town.surgeon, LATER).status == "terminated"


def test_the_same_corrections_again_are_the_same_facts(town: Town) -> None:
    first, second, third = (entry.fact for entry in three(town))
    corrections = [Correction(first, None), Correction(second, 4)]
    made = correct(town, corrections, document="判1号")
    assert correct(town, corrections[::-1], LATER + timedelta(days=1), document="判1号") == made[::-1]
    *again, more = correct(town, [*corrections, Correction(third, 1)], document="判1号")
    assert (again, more.points) == (made, 1)
    with pytest.raises(Refused, match="revision_does_not_lower"):
        correct(town, corrections, document="判2号")


def test_an_annulled_entry_stays_annulled_and_is_not_annulled_again(town: Town) -> None:
    first, second, _third = three(town)
    annulment = annul(town, first, date(2025, 6, 2))
    corrections = [Correction(first.fact, None), Correction(second.fact, 3)]
    found = preview_corrections(practitioner=town.surgeon, corrections=corrections, now=at(LATER))
    assert [fact.kind for fact in found.added] == ["entry_revised"]
    assert correct(town, corrections)[0] == annulment
    with pytest.raises(Refused, match="entry_annulled"):
        correct(town, [Correction(first.fact, 3), Correction(second.fact, 2)])


def test_only_annulments_need_a_second_person(town: Town) -> None:
    first, second, _third = (entry.fact for entry in three(town))
    mixed = [Correction(first, None), Correction(second, 4)]
    with pytest.raises(Refused, match="second_person_missing"):
        correct_entries(corrections=mixed, reason="判决", by=town.officer, second=None, now=at(LATER))
    with pytest.raises(Refused, match="second_person_same"):
        correct_entries(corrections=mixed[1:], reason="判决", by=town.officer, second=town.officer, now=at(LATER))
    correct_entries(corrections=mixed[1:], reason="判决", by=town.officer, second=None, now=at(LATER))


def test_who_signed_earlier_may_have_left_since(town: Town) -> None:
    corrections = [Correction(score(town, 9, TODAY).fact, None)]
    town.second.is_active = False
    with pytest.raises(Refused, match="second_person_inactive"):
        correct(town, corrections)
    (annulment,) = correct_entries(
        corrections=corrections,
        reason="复核撤销",
        by=town.officer,
        second=town.second,
        signed_before=True,
        now=at(LATER),
    )
    assert annulment.second == town.second


def test_the_entries_are_of_one_person_and_each_is_named_once(town: Town) -> None:
    entry, other = score(town, 9, TODAY).fact, score(town, 3, TODAY, who=town.nurse).fact
    relief = relieve(town, 1, date(2025, 4, 1))
    refused: tuple[tuple[list[Correction], str], ...] = (
        ([], "corrections_missing"),
        ([Correction(entry, 8), Correction(entry, None)], "entry_named_twice"),
        ([Correction(entry, 8), Correction(other, 1)], "entry_of_another"),
        ([Correction(entry, 8), Correction(relief, None)], "no_entry"),
    )
    for corrections, code in refused:
        with pytest.raises(Refused, match=code):
            correct(town, corrections)
        with pytest.raises(Refused, match=code):
            preview_corrections(practitioner=town.surgeon, corrections=corrections, now=at(LATER))
    with pytest.raises(Refused, match="entry_of_another"):
        preview_corrections(practitioner=town.nurse, corrections=[Correction(entry, 8)], now=at(LATER))


def test_a_document_number_fits_its_field(town: Town) -> None:
    entry = score(town, 9, TODAY).fact
    with pytest.raises(Refused, match="document_number_too_long"):
        correct(town, [Correction(entry, 8)], document="判" * 121)


def test_entries_in_two_files_of_one_person_are_corrected_in_their_own_files(town: Town) -> None:
    here, there = score(town, 9, TODAY), score(town, 4, TODAY, who=town.nurse)
    merge(town, town.surgeon, town.nurse, date(2025, 4, 1))
    assert standing_of(town.surgeon, LATER).status == "terminated"
    facts = correct(town, [Correction(there.fact, None), Correction(here.fact, 8)])
    assert [fact.practitioner for fact in facts] == [town.nurse, town.surgeon]
    assert standing_of(town.surgeon, LATER).points == standing_of(town.nurse, LATER).points == 8
    assert list(file_differences()) == []


def life(who: Practitioner) -> list[tuple[object, ...]]:
    """The standing on every day of the calendar."""
    return [tuple(span) for span in spans(facts_of(who), policies())]


def history(town: Town, luck: Random, who: Practitioner) -> list[Fact]:
    """Two to five entries and perhaps a relief, over two years; the same chances make the same history."""
    days = sorted(luck.sample(range(30, 560), luck.randint(2, 5)))
    entries = [
        score(town, luck.choice((1, 2, 3, 3, 4, 5, 6, 9, 10, 12)), date(2025, 1, 1) + timedelta(days=day), who=who).fact
        for day in days
    ]
    if luck.random() < 0.4 and standing_of(who, date(2026, 8, 1)).points_raw:
        relieve(town, 1, date(2026, 8, 1), who=who)
    return entries


def chosen(luck: Random, entries: list[Fact]) -> list[Correction]:
    """What becomes of some of the entries, annulments first and then by day, which is the order of the act."""
    found = []
    for entry in luck.sample(entries, luck.randint(2, len(entries))):
        assert entry.points is not None
        lower = luck.randint(1, max(1, entry.points - 1))
        found.append(Correction(entry, luck.choice((None, lower))))
    return sorted(found, key=lambda each: (not each.annuls, each.entry.effective_on))


def one_by_one(town: Town, corrections: list[Correction], now: date) -> str:
    """The single acts, none of which is done where one is refused; the code of the refusal."""
    try:
        with transaction.atomic():
            for each in corrections:
                if each.points is None:
                    annul_entry(entry=each.entry, reason="判", by=town.officer, second=town.second, now=at(now))
                else:
                    revise_entry(entry=each.entry, points=each.points, reason="判", by=town.officer, now=at(now))
    except Refused as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("seed", SEEDS)
def test_one_act_on_several_entries_equals_the_acts_one_after_the_other(seed: int) -> None:
    town, day = build(("510100", "430100", "120100")[seed % 3]), date(2026, 9, 1)
    entries = history(town, Random(seed), town.surgeon)
    twins = dict(zip((entry.pk for entry in entries), history(town, Random(seed), town.nurse), strict=True))
    assert life(town.surgeon) == life(town.nurse)
    luck = Random(seed)
    corrections = chosen(luck, entries)
    refused = one_by_one(town, [Correction(twins[each.entry.pk], each.points) for each in corrections], day)
    luck.shuffle(corrections)
    if refused:
        untouched = life(town.surgeon)
        with pytest.raises(Refused, match=refused):
            correct(town, corrections, day)
        assert life(town.surgeon) == untouched
        return
    found = preview_corrections(practitioner=town.surgeon, corrections=corrections, now=at(day, 15))
    shown = reach_of(found, entries=[each.entry for each in corrections])
    correct(town, corrections, day)
    assert life(town.surgeon) == life(town.nurse)
    assert [tuple(span) for span in spans(found.facts_with, policies())] == life(town.surgeon)
    now = standing_of(town.surgeon, day)
    assert (now.answer, now.points_raw) == (found.after.answer, found.after.points_raw)
    was, becomes = statuses(spans(found.person.facts, policies())), statuses(spans(facts_of(town.surgeon), policies()))
    assert days_in(shown.standing.unblocked) == {day: was[day] for day in was.keys() - becomes.keys()}
    assert days_in(shown.standing.newly_blocked) == {day: becomes[day] for day in becomes.keys() - was.keys()}
    paid = {place for window in shown.restitution for place in window.institutions}
    assert paid <= {each.body for each in shown.recipients}
    assert list(file_differences()) == []


def statuses(life: Iterable[Span]) -> dict[date, str]:
    """The days of six years that are blocked, with what blocks them."""
    return days_in(Window(span.from_, span.to, span.status) for span in life if span.status != "normal")


def days_in(windows: Iterable[Window]) -> dict[date, str]:
    first, last = date(2025, 1, 1).toordinal(), date(2031, 1, 1).toordinal()
    days = ((range(each.from_.toordinal(), (each.until or date.max).toordinal()), each.status) for each in windows)
    return {date.fromordinal(day): status for run, status in days for day in range(first, last) if day in run}
