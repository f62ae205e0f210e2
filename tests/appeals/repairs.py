"""Repair in stories: activities that are offered and completed, experts who deliberate, and the two officers' grant."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from appeals.actions.activities import enrol, offer_activity
from appeals.actions.applications import file_application
from appeals.actions.deliberations import convene, sign_opinion
from appeals.actions.grants import grant_application
from appeals.actions.results import Result, record_results
from appeals.models import Activity, Application, Attendance, Expert, ExpertAvailability
from registry.actions.procedure import for_agency, for_practitioner
from registry.models import Practitioner, Task, User
from tests.town import LAW_BEGINS, Town, at

SEEN = "签到表与考核记录存卷"


def offered(town: Town, on: date, kind: str = "training", **fields: Any) -> Activity:
    """An activity of the agency, on one day unless said otherwise."""
    usual: dict[str, Any] = {
        "title": f"{on:%m月%d日}医保政策学习",
        "starts_on": on,
        "ends_on": on,
        "pass_mark": 60 if kind == "study_with_test" else None,
        "acting": for_agency(town.officer, town.agency),
        "now": at(on, 8),
    }
    return offer_activity(kind=kind, **{**usual, **fields})


def enrolled(town: Town, activity: Activity, *people: Practitioner, on: date | None = None) -> list[Attendance]:
    """People enrolled by the agency, by default on the first day."""
    now = at(on or activity.starts_on, 9)
    return enrol(activity=activity, practitioners=people, acting=for_agency(town.officer, town.agency), now=now)


def completed(town: Town, who: Practitioner, on: date, kind: str = "training", **fields: Any) -> Attendance:
    """One activity, taken part in and completed on the day."""
    (part,) = enrolled(town, offered(town, on, kind, **fields), who)
    score = 80 if kind == "study_with_test" else None
    return confirmed(town, Result(attendance=part, attended=True, completed_on=on, score=score, remark=SEEN), on)


def confirmed(town: Town, result: Result, on: date) -> Attendance:
    """The result as the agency recorded it."""
    return record_results(results=[result], acting=for_agency(town.officer, town.agency), now=at(on, 11))[0]


def expert(name: str, **fields: Any) -> Expert:
    """An expert with an account, available since the law began."""
    user, _ = User.objects.get_or_create(username=f"expert-{name}")
    found = Expert.objects.create(name=name, user=user, specialties=["surgery"], recorded_at=at(LAW_BEGINS), **fields)
    ExpertAvailability.objects.create(expert=found, starts_on=LAW_BEGINS)
    return found


def pair() -> list[Expert]:
    """Two who may deliberate."""
    return [expert("林"), expert("郑")]


def account(who: Expert) -> User:
    """The account with which the expert signs."""
    assert who.user is not None
    return who.user


def filed(
    town: Town,
    parts: Sequence[Attendance],
    on: date,
    *,
    who: Practitioner | None = None,
    kind: str = "relief",
    amount: int = 1,
) -> Application:
    """The person (by default the nurse) asks the town's agency."""
    return file_application(
        practitioner=who or town.nurse,
        kind=kind,
        amount=amount,
        attendances=parts,
        statement="已认真整改，参加学习",
        agency=town.agency,
        acting=for_practitioner(),
        now=at(on, 12),
    )


def called(town: Town, application: Application, on: date, *experts: Expert) -> Application:
    """The agency calls the experts."""
    acting = for_agency(town.officer, town.agency)
    return convene(application=application, experts=experts, acting=acting, now=at(on, 13))


def signed(application: Application, who: Expert, on: date, *, in_favour: bool = True) -> Application:
    """The expert signs; the application as it stands afterwards."""
    reasons = "整改有效" if in_favour else "整改不到位"
    sign_opinion(application=application, in_favour=in_favour, reasons=reasons, by=account(who), now=at(on, 14))
    return Application.objects.get(pk=application.pk)


def deliberated(town: Town, application: Application, on: date, *experts: Expert) -> Application:
    """All the experts are called and in favour."""
    called(town, application, on, *experts)
    for each in experts:
        application = signed(application, each, on)
    return application


def granted(town: Town, application: Application, on: date, *, hour: int = 15) -> Application:
    """Two officers grant it."""
    return grant_application(
        application=application,
        grounds="经专家评议，同意",
        acting=for_agency(town.officer, town.agency, town.second),
        now=at(on, hour),
    )


def tasks(application: Application, *, state: str = "open") -> list[str]:
    """What is owed about the application, in order."""
    rows = Task.objects.filter(subject=application.uuid, state=state).order_by("id")
    return list(rows.values_list("kind", flat=True))
