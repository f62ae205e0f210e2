"""What officers do to a file in the stories, with the reasons and signatures that the acts ask for."""

from datetime import date

from registry.actions.merging import merge_files, undo_merge
from registry.actions.registrations import end_registration, register_at
from registry.actions.remediation import relieve_points, reregister, shorten_period
from registry.models import Fact, FileMerge, Institution, PointsEntry, Practitioner, Registration
from tests.entries import annul_entry, revise_entry
from tests.town import Town, at


def annul(town: Town, entry: PointsEntry, on: date, *, hour: int = 15) -> Fact:
    return annul_entry(entry=entry.fact, reason="事实不清", by=town.officer, second=town.second, now=at(on, hour))


def revise(town: Town, entry: PointsEntry, on: date, *, points: int, months: int | None = None) -> Fact:
    return revise_entry(
        entry=entry.fact, points=points, months=months, reason="复核后从轻", by=town.officer, now=at(on, 15)
    )


def relieve(town: Town, points: int, on: date, *, who: Practitioner | None = None, document: str = "") -> Fact:
    return relieve_points(
        practitioner=who or town.surgeon,
        points=points,
        reason="参加政策宣传",
        document_number=document,
        agency=town.agency,
        by=town.officer,
        second=town.second,
        now=at(on, 16),
    )


def shorten(town: Town, days: int, on: date, *, who: Practitioner | None = None, document: str = "") -> Fact:
    return shorten_period(
        practitioner=who or town.surgeon,
        days=days,
        reason="整改到位",
        document_number=document,
        agency=town.agency,
        by=town.officer,
        second=town.second,
        now=at(on, 16),
    )


def register_again(town: Town, on: date, *institutions: Institution, who: Practitioner | None = None) -> Fact:
    return reregister(
        practitioner=who or town.surgeon,
        institutions=institutions or (town.hospital,),
        reason="期满重新登记",
        agency=town.agency,
        by=town.officer,
        now=at(on, 17),
    )


def join(town: Town, place: Institution, since: date) -> None:
    """The surgeon works there too."""
    register_at(practitioner=town.surgeon, institution=place, starts_on=since, by=town.officer, now=at(since))


def leave(town: Town, place: Institution, on: date, *, recorded_on: date | None = None) -> None:
    """The surgeon works there no longer; the register learns it on the day unless another is said."""
    row = Registration.objects.get(practitioner=town.surgeon, institution=place, superseded_at=None)
    end_registration(registration=row, ends_on=on, reason="离职", by=town.officer, now=at(recorded_on or on))


def merge(town: Town, kept: Practitioner, absorbed: Practitioner, on: date, *, hour: int = 14) -> FileMerge:
    return merge_files(
        kept=kept, absorbed=absorbed, reason="同一人两档", by=town.officer, second=town.second, now=at(on, hour)
    )


def part(town: Town, link: FileMerge, on: date) -> FileMerge:
    return undo_merge(merge=link, reason="并非同一人", by=town.officer, second=town.second, now=at(on, 14))
