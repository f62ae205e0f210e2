"""People who show who they are, get a code on paper, and come in with it."""

from datetime import date

from registry.actions.enrolment import issue_enrolment_code
from registry.actions.own_access import enrol
from registry.actions.people import add_document
from registry.models import Assignment, DocumentKind, EnrolmentCode, Practitioner, Role, User
from tests.town import LAW_BEGINS, TODAY, Town, at

CARD = "11010519491231002X"
PASSWORD = "Eine lange Parole fuer Proben 7"
ADDRESS = "192.0.2.10"


def compliance_officer(town: Town, name: str = "he") -> User:
    """Of the hospital at which the surgeon and the nurse work."""
    user, _ = User.objects.get_or_create(username=name)
    Assignment.objects.get_or_create(
        user=user, role=Role.COMPLIANCE_OFFICER, institution=town.hospital, defaults={"starts_on": LAW_BEGINS}
    )
    return user


def with_card(town: Town, person: Practitioner | None = None, number: str = CARD) -> Practitioner:
    """The surgeon, or somebody else, with an identity card in the file."""
    person = person or town.surgeon
    kind = DocumentKind.RESIDENT_ID if number == CARD else DocumentKind.OTHER
    add_document(practitioner=person, kind=kind, number=number, by=town.officer, now=at(LAW_BEGINS))
    return person


def issued(
    town: Town, person: Practitioner | None = None, *, number: str = CARD, on: date = TODAY, by: User | None = None
) -> tuple[EnrolmentCode, str]:
    """The code that the compliance officer hands to somebody who shows everything that is right."""
    person = with_card(town, person, number)
    return issue_enrolment_code(
        practitioner=person,
        institution=town.hospital,
        code=person.code,
        name=person.name,
        document_number=number,
        by=by or compliance_officer(town),
        now=at(on),
    )


def enrolled(
    town: Town, person: Practitioner | None = None, *, number: str = CARD, username: str = "wangwei", on: date = TODAY
) -> User:
    """Somebody who made an account with such a code."""
    code, text = issued(town, person, number=number, on=on)
    return enrol(
        personal_code=code.practitioner.code,
        code=text,
        username=username,
        password=PASSWORD,
        address=ADDRESS,
        now=at(on, 11),
    ).user
