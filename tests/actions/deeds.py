"""What officers do to a file in the stories, with the reasons and signatures that the acts ask for."""

from datetime import date

from registry.actions.corrections import annul_entry, revise_entry
from registry.actions.files import merge_files, undo_merge
from registry.actions.remediation import relieve_points, reregister, shorten_period
from registry.models import Fact, FileMerge, Institution, PointsEntry, Practitioner
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


def merge(town: Town, kept: Practitioner, absorbed: Practitioner, on: date, *, hour: int = 14) -> FileMerge:
    return merge_files(
        kept=kept, absorbed=absorbed, reason="同一人两档", by=town.officer, second=town.second, now=at(on, hour)
    )


def part(town: Town, link: FileMerge, on: date) -> FileMerge:
    return undo_merge(merge=link, reason="并非同一人", by=town.officer, second=town.second, now=at(on, 14))
