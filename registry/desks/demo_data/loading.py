"""The whole demo, loaded in one transaction: it is there or it is not, wherever it was interrupted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from registry.actions.status_lists import give_places, publish_status_list
from registry.desks.demo_data import clock, disputed, heard, lives, measures, repair, stories, told, underway
from registry.desks.demo_data.accounts import (
    Account,
    give_addresses,
    give_password,
    open_account,
    open_administrator,
    open_compliance_officers,
    open_holder,
    open_officers,
    settlement_key,
)
from registry.desks.demo_data.cast import CAST
from registry.desks.demo_data.everyday import everyday_cases
from registry.desks.demo_data.examples import examples
from registry.desks.demo_data.experts import asked_today, open_pool
from registry.desks.demo_data.geography import load_regions
from registry.desks.demo_data.people import Profile, profiles
from registry.desks.demo_data.places import BUSY_HOSPITAL, load_places, places
from registry.desks.demo_data.sights import sights
from registry.desks.demo_data.staffing import load_people
from registry.desks.demo_data.stage import Stage
from registry.desks.demo_data.timeline import PREPARATION, at
from registry.desks.demo_data.workdays import Workdays, announce_missing_years
from registry.ledger.days import shanghai_day
from registry.models import Agency, Authority, Institution, Practitioner, Role, User
from registry.models.access import role_at
from registry.queries.calendar import calendar

FEWEST = len(CAST) + lives.NEWCOMERS
"""So many play in the stories."""
EARLIEST = date(2026, 1, 1)
"""The stories reach back a year, and the scheme began in 2025."""
HOME = "430100"
AUTHORITIES = (
    (Authority.Kind.HEALTHCARE_SECURITY, "医保局监管员", "reads what the office sees"),
    (Authority.Kind.HEALTH, "卫健委监管员", "reads who is registered and how they stand"),
)
"""The authorities of the home city that look in: kind, name and duty of the officer."""
OWN_FILES = {
    "head of the fraud": "terminated by one entry",
    "has not opened the notice": "an advance notice to open",
    "has days left": "may object now",
    "panel voting": "objected, and experts judge; the hospital was asked to countersign",
    "three points of dispute": "an objection was decided that the hospital did not countersign",
    "relieved in Changsha": "points relieved after study; enrolled in a study on the web",
}
"""Whose own file can be opened, by the role in the cast, and what stands in it."""
OUTSIDE = f"{Authority.Kind.HEALTH.value}-{HOME}"
"""The log-in of the officer of its health authority."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class DemoResult:
    """What whoever starts the demo has to keep: it cannot be asked for again."""

    accounts: list[dict[str, str]] = field(default_factory=list)
    api_keys: list[dict[str, str]] = field(default_factory=list)
    examples: list[dict[str, object]] = field(default_factory=list)
    sights: list[dict[str, str]] = field(default_factory=list)


def already_loaded() -> bool:
    """Whether this register holds the demo. A load that was interrupted has left nothing."""
    return Institution.objects.filter(code=BUSY_HOSPITAL).exists()


def load(
    *, practitioners: int = 2000, seed: int = 2025, now: datetime, progress: Progress, notices: bool = True
) -> DemoResult:
    """Fill an empty register with people, places and the history since the scheme began, as of `now`.

    Without `notices` nobody is told anything yet, as in a register whose workers begin. The same seed and day give the
    same codes, names and histories. Raises ValueError for fewer than FEWEST practitioners, and for a `now` before 2026.
    """
    today = shanghai_day(now)
    if practitioners < FEWEST:
        raise ValueError(f"{practitioners} practitioners are too few for the demo's stories: give it {FEWEST} or more")
    if today < EARLIEST:
        raise ValueError(f"today is {today}: the demo's stories need a day from {EARLIEST} on; set the clock right")
    with transaction.atomic():
        administrator, account = open_administrator(now=at(PREPARATION, hour=8))
        stage = _set_stage(administrator, practitioners=practitioners, seed=seed, today=today, progress=progress)
        stage.holders.update({role: open_holder(stage.role(role), by=administrator) for role in OWN_FILES})
        if notices:
            told.tell_all(stage, by=administrator)
        _play(stage, administrator, practitioners=practitioners, seed=seed, now=now, progress=progress)
        accounts = [account, *_accounts(stage, administrator)]
        if notices:
            _told(stage, administrator, seed=seed, now=now)
        give_addresses(accounts, now=now)
        key = settlement_key(by=administrator, now=now)
        asked, seen = examples(stage, now=now), sights(stage)
        give_places(codes=[example.practitioner for example in asked], now=now)
        publish_status_list(now=now)
    return DemoResult(
        accounts=[account.as_dict() for account in accounts],
        api_keys=[key],
        examples=[example.as_dict() for example in asked],
        sights=[sight.as_dict() for sight in seen],
    )


def load_without_history(*, practitioners: int, seed: int, now: datetime, home: str, progress: Progress) -> DemoResult:
    """Fill an empty register with the same people and places, and nothing that happened to anybody.

    The log-ins are those of an agency of the province `home`, of a hospital of it, and of the administrator.
    """
    with transaction.atomic():
        administrator, account = open_administrator(now=at(PREPARATION, hour=8))
        today = shanghai_day(now)
        stage = _set_stage(administrator, practitioners=practitioners, seed=seed, today=today, progress=progress)
        place = next(each for code, each in sorted(stage.institutions.items()) if each.region_id[:2] == home[:2])
        officers = stage.officers_of(place)
        accounts = [
            account,
            give_password(
                officers.identifier, Role.AGENCY_OFFICER, duty="takes handlings in and identifies who answers"
            ),
            give_password(officers.scorer, Role.AGENCY_OFFICER, duty="proposes points and tells the person"),
            give_password(officers.reviewer, Role.AGENCY_OFFICER, duty="countersigns and reviews"),
            give_password(stage.compliance[place.pk], Role.COMPLIANCE_OFFICER),
        ]
        give_addresses(accounts, now=now)
        key = settlement_key(by=administrator, now=now)
    return DemoResult(accounts=[each.as_dict() for each in accounts], api_keys=[key])


def _set_stage(administrator: User, *, practitioners: int, seed: int, today: date, progress: Progress) -> Stage:
    progress(f"{load_regions(by=administrator, now=at(PREPARATION, hour=8))} regions")
    institutions = load_places(by=administrator, today=today)
    progress(f"{len(institutions)} institutions with their agencies, authorities and agreements")
    people = profiles(count=practitioners - lives.NEWCOMERS, seed=seed, places=places())
    rows = load_people(people, institutions, by=administrator)
    announce_missing_years(today=today, by=administrator)
    progress(f"{len(rows)} practitioners with codes, documents, certificates and registrations")
    return Stage(
        today=today,
        institutions=institutions,
        officers=open_officers(Agency.objects.select_related("region"), by=administrator),
        compliance=open_compliance_officers(institutions.values(), by=administrator),
        workdays=Workdays(calendar()),
        authorities={authority.code: authority for authority in Authority.objects.all()},
        people=rows,
        cast={role: person.code for role, person in zip(CAST, people, strict=False)},
        mainly_at=_by_institution(people),
    )


def _play(
    stage: Stage, administrator: User, *, practitioners: int, seed: int, now: datetime, progress: Progress
) -> None:
    open_pool(seed=seed, places=places(), institutions=stage.institutions, by=administrator)
    stories.tell_all(stage)
    lives.tell_all(stage, by=administrator, seed=seed, places=places())
    for part in (underway, disputed, heard, repair, measures):
        part.tell_all(stage)
    many = min(8 + practitioners // 60, 40 + practitioners // 300)  # in a large demo a smaller part has points
    everyday_cases(stage, count=many, seed=seed, places=places())
    clock.wind(stage, seed=seed)
    progress(f"{stage.play(now)} acts of history: handlings, responsibilities, points, corrections, remediation")
    clock.run_up_to(now)


def _accounts(stage: Stage, by: User) -> list[Account]:
    hospital = stage.institutions[BUSY_HOSPITAL]
    officers = stage.officers_of(hospital)
    return [
        give_password(officers.scorer, Role.AGENCY_OFFICER, duty="proposes points and tells the person"),
        give_password(officers.reviewer, Role.AGENCY_OFFICER, duty="countersigns and reviews"),
        give_password(stage.compliance[hospital.pk], Role.COMPLIANCE_OFFICER),
        *(give_password(user, Role.EXPERT, duty=duty) for user, duty in asked_today().items()),
        open_account(
            "security", Role.SECURITY_ADMINISTRATOR, name="安全管理员", duty="keeps accounts, roles and keys", by=by
        ),
        open_account("auditor", Role.AUDITOR, name="审计员", duty="reads everything, changes nothing", by=by),
        open_account(
            "reviewer-430100", Role.REVIEWER, name="复核员", duty="reviews objections", place=hospital.agency, by=by
        ),
        *(_of_an_authority(kind, name, duty, by) for kind, name, duty in AUTHORITIES),
        *(
            give_password(stage.holders[role], Role.PRACTITIONER, duty=f"own file: {duty}")
            for role, duty in OWN_FILES.items()
        ),
    ]


def _of_an_authority(kind: Authority.Kind, name: str, duty: str, by: User) -> Account:
    authority = Authority.objects.get(kind=kind, region=HOME)
    return open_account(f"{kind.value}-{HOME}", role_at(authority), name=name, duty=duty, place=authority, by=by)


def _told(stage: Stage, by: User, *, seed: int, now: datetime) -> None:
    doctor = Practitioner.objects.get(code=stage.cast["head of the fraud"])
    told.finish(stage, doctor=doctor, officer=User.objects.get(username=OUTSIDE), seed=seed, by=by, now=now)


def _by_institution(people: list[Profile]) -> dict[str, list[Profile]]:
    found: dict[str, list[Profile]] = {place.code: [] for place in places()}
    for profile in people:
        found[profile.posts[0].institution].append(profile)
    return found
