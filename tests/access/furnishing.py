"""What the two towns hold beside one of everything, so that hardly an address is without a row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from appeals.actions.attempts import begin_attempt
from appeals.actions.courses import Asked, put_lesson, put_question, set_course
from appeals.actions.drafts import begin_draft, file_draft, write_point
from appeals.actions.objections import add_evidence
from appeals.actions.release import release_evidence
from appeals.models import Attendance, Evidence, Seat
from notifications.actions.fanning_out import fan_out
from notifications.actions.mail_addresses import give_address, new_link
from notifications.models import Look, MailAddress
from registry.actions.certificates import make_certificate
from registry.actions.handlings import record_trigger
from registry.actions.keys import issue_key
from registry.actions.own_corrections import ask_for_correction
from registry.actions.people import add_document
from registry.actions.procedure import for_agency
from registry.actions.sharing import share
from registry.actions.status_lists import give_places, publish_status_list
from registry.claims import jobs
from registry.claims.jobs import Handed
from registry.models import (
    ApiKey,
    Assignment,
    Authority,
    Category,
    DocumentKind,
    Fact,
    PhaseIn,
    Practitioner,
    Role,
    User,
)
from registry.queries.certificates import code_of
from tests.appeals import repairs
from tests.appeals.disputes import stored
from tests.rules import sample_files
from tests.town import LAW_BEGINS, TODAY, at, score

if TYPE_CHECKING:
    from tests.fuzz.things import Things

APRIL, BORN = date(2025, 4, 1), date(1971, 3, 4)

REQUEST = "登记的姓名有误"


def furnish(things: Things) -> None:
    """The rest of the town: an authority, the surgeon's papers, points, trigger and request, what an expert reads."""
    town = things.here.town
    for kind, name in (("health", "市卫健委"), ("healthcare_security", "市医保局")):
        Authority.objects.create(code=f"{kind[:12]}{town.region.code}", name=name, kind=kind, region=town.region)
    PhaseIn.objects.create(region=town.region, category=Category.PHYSICIAN, starts_on=LAW_BEGINS)
    for work in Look.Work:
        Look.objects.update_or_create(work=work, defaults={"at": timezone.now()})
    _papers(things)
    _seen_by_an_expert(things)
    _objecting(things)
    _to_be_shown(things)
    _to_study(things)
    _to_be_confirmed(things)
    _claimed(things)
    give_key(town.officer)
    give_places(codes=[town.surgeon.code], now=at(APRIL))
    publish_status_list(now=at(APRIL))
    fan_out(clock=lambda: at(APRIL))


def _to_study(things: Things) -> None:
    """A study on the web that the surgeon is enrolled in and has not begun, and one that she has begun."""
    _study(things)
    attempt = begin_attempt(part=_study(things), by=holder_of(things), now=at(APRIL))
    things.ids["attempt"] = str(attempt.uuid)


def _study(things: Things) -> Attendance:
    town = things.here.town
    activity = repairs.offered(town, APRIL, "study_with_test")
    said: dict[str, Any] = {"acting": for_agency(town.officer, town.agency), "now": at(APRIL)}
    course = set_course(activity=activity, questions_drawn=1, attempts_most=1, waiting_days=1, **said)
    put_lesson(course=course, title="记分", text="记分规则", **said)
    asked = Asked(text="几分暂停？", choices=["九分", "十二分"], right=[0], explanation="九分暂停")
    put_question(course=course, asked=asked, **said)
    return repairs.enrolled(town, activity, town.surgeon)[0]


def give_key(user: User) -> Authenticator:
    """A security key of the account, as a browser would register it."""
    if there := Authenticator.objects.filter(user=user, type="webauthn").first():
        return there
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "key", "credential": _registered()})


def _registered() -> dict[str, Any]:
    made: Any = ES256
    public = made.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(bytes(16), bytes(16), public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    told = AuthenticatorData.create(bytes(32), flags, 0, credential)
    client = CollectedClientData.create("webauthn.create", bytes(16), "https://register.example")
    said = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
    }
    number = websafe_encode(bytes(16))
    return {"id": number, "rawId": number, "type": "public-key", "response": said}


def number_of(region_code: str) -> str:
    """The document number of the surgeon of a town: nothing else looks like it."""
    return f"E{region_code}77"


def _papers(things: Things) -> None:
    town, number = things.here.town, number_of(things.here.town.region.code)
    now = at(APRIL)
    add_document(practitioner=town.surgeon, kind=DocumentKind.OTHER, number=number, by=town.officer, now=now)
    Practitioner.objects.filter(pk=town.surgeon.pk).update(birth_date=BORN)
    score(town, 1, TODAY, who=town.surgeon)
    record_trigger(
        practitioner=town.surgeon, kind="licence_revoked", document_number="吊销1号", made_on=TODAY,
        conduct_from=TODAY, conduct_until=TODAY, agency=town.agency, institution=town.hospital,
        by=town.officer, now=now,
    )  # fmt: skip
    ask_for_correction(practitioner=town.surgeon, what=REQUEST, by=holder_of(things), now=now)


def holder_of(things: Things) -> User:
    """The account of the surgeon's own file."""
    town = things.here.town
    user, made = User.objects.get_or_create(username=f"surgeon-{town.region.code}")
    if made:
        held = {"role": Role.PRACTITIONER, "practitioner": town.surgeon}
        Assignment.objects.create(user=user, starts_on=LAW_BEGINS, **held)
    return user


def _objecting(things: Things) -> None:
    """What the surgeon files and what she only writes, on the pages of her own."""
    author, now, upload = holder_of(things), at(APRIL), ("病历.pdf", sample_files.pdf())
    filed, written = (fact_of(things, number) for number in ("罚字901号", "罚字902号"))
    for entry in (filed, written):
        draft = begin_draft(practitioner=things.here.surgeon, entry=entry, by=author, now=now)
        about: dict[str, Any] = {"number": None, "about": str(entry.origin_id), "text": "金额算错了"}
        write_point(draft=draft, uploads=[upload], by=author, now=now, **about)
        if entry is filed:
            objection = file_draft(draft=draft, by=author, now=now)
    file = Evidence.objects.get(point__objection=objection).file
    things.ids |= {"draft": str(draft.uuid), "own objection": str(objection.uuid), "own file": str(file.uuid)}


def fact_of(things: Things, number: str) -> Fact:
    """An entry of one point of the surgeon's."""
    return score(things.here.town, 1, TODAY, who=things.here.surgeon, number=number).fact


def _to_be_shown(things: Things) -> None:
    """A certificate of the surgeon, and a code by which somebody may look."""
    asked: dict[str, Any] = {"practitioner": things.here.town.surgeon, "by": holder_of(things), "now": at(APRIL)}
    certificate = make_certificate(on=APRIL, language="en", with_points=False, **asked)
    code, text = share(recipient="第二医院", scope="standing", days=30, most_looks=20, **asked)
    things.ids |= {
        "certificates.certificate": str(certificate.uuid),
        "verify.number": certificate.number,
        "<str:number>.code": code_of(certificate),
        "sharing.code": str(code.uuid),
        "shared.code": text,
    }


def _claimed(things: Things) -> None:
    """A file of claims that a settlement system handed in, checked."""
    now = timezone.now()
    ends = now + timedelta(days=9)
    key, text = issue_key(name="系统", scope=ApiKey.Scope.SETTLEMENT, expires_at=ends, by=None, now=now)
    content = b'{"practitioner": "D9", "institution": "H9", "on": "2025-03-10"}\n'
    received = jobs.receive(handed=Handed(language="en"), contents=[content], key=key, now=now)
    jobs.hand_over(received, now=now)
    jobs.work_due(clock=lambda: now)
    things.ids |= {"check": str(received.uuid), "key of a system": text}


def _to_be_confirmed(things: Things) -> None:
    """A link by which the surgeon confirms an address for e-mail."""
    holder = holder_of(things)
    give_address(address="wangwei@example.cn", by=holder, now=timezone.now())
    things.ids["confirm.code"] = new_link(address=MailAddress.objects.get(user=holder))


def _seen_by_an_expert(things: Things) -> None:
    """A piece of evidence that the panel of the expert's seat is shown."""
    here, seat = things.here, Seat.objects.get(uuid=things.ids["seat"])
    point, now = seat.panel.points.earliest("pk"), at(APRIL)
    acting = for_agency(here.another, here.town.agency)
    add_evidence(point=point, exhibits=[("病程", stored(by=here.another))], acting=acting, now=now)
    release_evidence(evidence=Evidence.objects.get(point=point), file=None, by=here.reviewer, now=now)
