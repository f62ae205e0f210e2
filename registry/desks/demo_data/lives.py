"""Stories about files: two that were one person, codes that came late, names that changed, people who moved."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from registry.actions.institutions import end_agreement
from registry.actions.merging import merge_files, undo_merge
from registry.actions.people import assign_code, register_practitioner, rename
from registry.actions.registrations import end_registration, register_at
from registry.desks.demo_data.cases import case
from registry.desks.demo_data.cast import CHANGSHA_CENTRE, CHENGDU, CHENGDU_TCM, SHENYANG, TIANJIN
from registry.desks.demo_data.chance import dice
from registry.desks.demo_data.course import Part
from registry.desks.demo_data.names import surname
from registry.desks.demo_data.places import BUSY_HOSPITAL, DAYS_SINCE_RESCISSION, RESCINDED, Place
from registry.desks.demo_data.stage import Later, Stage
from registry.desks.demo_data.timeline import FIRST_DAY, at, same_year
from registry.ledger.writing import Draft, append
from registry.models import (
    Category,
    DocumentKind,
    Fact,
    FactKind,
    FileMerge,
    Grade,
    Institution,
    Practitioner,
    Registration,
    User,
)

NEWCOMERS = 7
"""How many files the stories open by hand."""
LEGACY_REGISTER = "legacy-510000"


def tell_all(stage: Stage, *, by: User, seed: int, places: Sequence[Place]) -> None:
    """Plan every story; `by` is the administrator."""
    one_person_two_files(stage, by=by)
    merged_by_mistake(stage, by=by)
    provisional_codes(stage, by=by)
    names_that_changed(stage)
    points_from_an_older_register(stage, by=by)
    pharmacy_loses_its_agreement(stage)
    people_who_moved(stage, seed=seed, places=places)


def one_person_two_files(stage: Stage, *, by: User) -> None:
    """One person, spelled in two ways in two hospitals: six points and four are ten once the files are merged."""
    first, second = same_year(stage.ago(85), days_before=25)
    kept = _newcomer(stage, CHENGDU, "阿卜杜热合曼·麦麦提", "D510107900001", passport="G90000001", by=by)
    absorbed = _newcomer(stage, CHENGDU_TCM, "阿不都热合曼·买买提", None, passport="G90000010", by=by)
    for place, person, made_on, grade in (
        (CHENGDU, kept, first, Grade.PRINCIPAL),
        (CHENGDU_TCM, absorbed, second, Grade.GENERAL),
    ):
        case(
            stage,
            place=place,
            situation="2-01",
            made_on=made_on,
            parts=[Part(person=person, grade=grade)],
        )
    _merged(stage, CHENGDU, kept, absorbed, "护照换发前后两次登记，经核对护照、执业证书与本人确认为同一人", days_ago=40)


def merged_by_mistake(stage: Stage, *, by: User) -> None:
    """Two people of one name were taken for one, and are two again."""
    kept = _newcomer(stage, SHENYANG, "李雪松", "D210102900001", passport="G90000028", by=by)
    absorbed = _newcomer(stage, SHENYANG, "李雪松", None, passport="G90000036", by=by)
    merge = _merged(stage, SHENYANG, kept, absorbed, "姓名与科室相同", days_ago=65)
    officers = stage.officers_of(stage.institutions[SHENYANG])
    now = at(stage.ago(58), hour=10)
    stage.plan(
        now,
        lambda: undo_merge(
            merge=merge.made, reason="经证书核验，为两人", by=officers.reviewer, second=officers.second, now=now
        ),
    )


def provisional_codes(stage: Stage, *, by: User) -> None:
    """People whose national code has not come; one of them got it later."""
    places = ((BUSY_HOSPITAL, "尚知遥"), (CHANGSHA_CENTRE, "费思齐"), (TIANJIN, "岑若水"))
    waiting = [
        _newcomer(stage, place, name, None, passport="", by=by, category=Category.BILLING_REVIEWER)
        for place, name in places
    ]
    now = at(stage.ago(100), hour=10)
    stage.plan(
        now,
        lambda: assign_code(practitioner=waiting[0], code="N430111900001", reason="国家编码已下发", by=by, now=now),
    )


def names_that_changed(stage: Stage) -> None:
    """A nurse took another given name; the earlier one stays known for its time."""
    person = stage.role("renamed")
    officer = stage.officers_of(stage.institutions[BUSY_HOSPITAL]).scorer
    name, now = f"{surname(person.name)}沐晨", at(stage.ago(90), hour=9)
    stage.plan(now, lambda: rename(practitioner=person, name=name, reason="户口簿登记姓名变更", by=officer, now=now))


def points_from_an_older_register(stage: Stage, *, by: User) -> None:
    """Sichuan kept its own list in the first months; its entries keep their days and their origin."""
    for number, (points, days) in enumerate(((3, 330), (6, 300), (9, 290)), start=1):
        person = stage.role(f"taken over with {points} points")
        decided = max(stage.ago(days), FIRST_DAY + timedelta(30 + number))
        draft = Draft(
            kind=FactKind.POINTS_SCORED,
            effective_on=decided,
            points=points,
            counted_on=decided,
            policy="cn-2025",
            reason="原省级台账导入",
            document_number=f"四川台账(演示)第{number}号",
            agency=stage.institutions[CHENGDU_TCM].agency,
            actor=by,
            origin=LEGACY_REGISTER,
            origin_id=uuid.uuid5(uuid.NAMESPACE_URL, f"{LEGACY_REGISTER}/{number}"),
            origin_seq=number,
            decided_at=at(decided, hour=10),
            legacy=True,
        )
        _taken_over(stage, person, draft)


def pharmacy_loses_its_agreement(stage: Stage) -> None:
    """The agreement of the rescinded pharmacy ends; nobody is paid there afterwards."""
    ends_on = stage.ago(DAYS_SINCE_RESCISSION)
    institution, now = stage.institutions[RESCINDED], at(ends_on - timedelta(1), hour=17)
    stage.plan(
        now,
        lambda: end_agreement(
            agreement=institution.agreements.get(superseded_at=None, starts_on__lte=ends_on, ends_on__gt=ends_on),
            ends_on=ends_on,
            reason="协议解除",
            by=stage.officers_of(institution).scorer,
            now=now,
        ),
    )


def people_who_moved(stage: Stage, *, seed: int, places: Sequence[Place]) -> None:
    """One person in a hundred left for another institution of the same province."""
    random = dice("moves", seed)
    movers = [profile for people in stage.mainly_at.values() for profile in people if stage.is_free(profile.code)]
    for profile in random.sample(movers, len(movers) // 100):
        stage.reserve(profile.code)
        old = profile.posts[0].institution
        served = {post.institution for post in profile.posts}
        near = [p for p in places if p.code[1:3] == old[1:3] and p.code[0] == old[0] and p.code not in served]
        if near:
            new = stage.institutions[random.choice(near).code]
            left = FIRST_DAY + timedelta(random.randrange(60, (stage.today - FIRST_DAY).days - 20))
            _move(stage, stage.people[profile.code], stage.institutions[old], new, at(left, hour=9))


def _newcomer(
    stage: Stage,
    place: str,
    name: str,
    code: str | None,
    *,
    passport: str,
    by: User,
    category: Category = Category.PHYSICIAN,
) -> Practitioner:
    """Somebody whose file is opened by hand, and who is registered at the place the same day."""
    institution, day = stage.institutions[place], stage.ago(170)
    person = register_practitioner(
        code=code,
        name=name,
        category=category,
        document=(DocumentKind.PASSPORT, passport) if passport else None,
        by=by,
        now=at(day, hour=10),
    )
    now = at(day, hour=11)
    stage.plan(now, lambda: register_at(practitioner=person, institution=institution, starts_on=day, by=by, now=now))
    return person


def _merged(
    stage: Stage, place: str, kept: Practitioner, absorbed: Practitioner, reason: str, *, days_ago: int
) -> Later[FileMerge]:
    officers = stage.officers_of(stage.institutions[place])
    now = at(stage.ago(days_ago), hour=10)
    return stage.plan(
        now,
        lambda: merge_files(
            kept=kept, absorbed=absorbed, reason=reason, by=officers.scorer, second=officers.second, now=now
        ),
    )


def _taken_over(stage: Stage, person: Practitioner, draft: Draft) -> Later[Fact]:
    now = at(stage.ago(200), hour=8)
    return stage.plan(now, lambda: append(practitioner=person, draft=draft, now=now))


def _move(stage: Stage, person: Practitioner, old: Institution, new: Institution, now: datetime) -> Later[Registration]:
    day = now.date()
    officer = stage.officers_of(old).scorer
    stage.plan(
        now,
        lambda: end_registration(
            registration=person.registrations.get(institution=old, superseded_at=None),
            ends_on=day,
            reason="调离",
            by=officer,
            now=now,
        ),
    )
    return stage.plan(
        now, lambda: register_at(practitioner=person, institution=new, starts_on=day, by=officer, now=now)
    )
