"""Codes of access: handed by an officer to a person who shows who they are, and typed once by that person.

An identity number alone never opens anything. What is typed is counted before it is looked at, and refused in the same
words after the same questions, whether the code is wrong, used, ended or late, or nobody has such a personal code.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.actions.sign_in import access_code_succeeded, count_access_code, count_showing
from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of, kept_file
from registry.models import (
    Assignment,
    EnrolmentCode,
    IdentityDocument,
    Institution,
    PersonalCode,
    Practitioner,
    Registration,
    Role,
    User,
    paper_codes,
    sealing,
)
from registry.queries.names import normalised_name
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.scope import scope_of

Kind = EnrolmentCode.Kind
LIFE = timedelta(days=7)
_NO_DIGEST = bytes(32)
MOST_ATTEMPTS = 5
"""With one code, of which none was right; a new code is needed then."""


class Opened(NamedTuple):
    """What a right code opens: the code, the file, and the account of the file, where it has one."""

    code: EnrolmentCode
    practitioner: Practitioner
    account: User | None


def issue_enrolment_code(
    *,
    practitioner: Practitioner,
    institution: Institution,
    code: str,
    name: str,
    document_number: str,
    by: User,
    now: datetime,
) -> tuple[EnrolmentCode, str]:
    """A code for the person whose personal code, name and identity document an officer was shown, and its text.

    It is for the first access, or for recovery where the file has an account; it holds for seven days and ends the one
    before. Raises Refused, with the field that is to blame, where one of the three does not stand in the file, where
    the person is not registered at `institution` today or that is not the officer's, where the file is the officer's
    own, and where its account is closed or holds an office too; TooManyAttempts after five comparisons in a row.
    """
    count_showing(by=by, practitioner=practitioner, now=now)
    with transaction.atomic():
        person = Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=kept_file(practitioner).pk)
        files = family_of(person.pk).files
        _require_registered(files, institution, by, now)
        _require_shown(person, files, code=code, name=name, number=document_number)
        _end_older(files, by, now)
        account = account_of(files, now)
        _require_recoverable(account, by, now)
        text = paper_codes.new_code()
        row = EnrolmentCode(
            practitioner=person,
            kind=Kind.RECOVER if account else Kind.ENROL,
            digest=paper_codes.digest_of(text, person),
            issued_by=by,
            institution=institution,
            issued_at=now,
            expires_at=now + LIFE,
        )
        keep(row, by=by, now=now)
        return row, text


def look_at_code(*, personal_code: str, code: str, address: str, now: datetime) -> Opened:
    """What the code opens; it is not used by that.

    The attempt counts for the file, the address and the code before anything is looked at, and is taken back where the
    code is right. Raises TooManyAttempts, after which nothing was looked at, and Refused in the same words for whatever
    is wrong. Call it outside of a transaction, which would forget what it counted.
    """
    typed = sealing.normalised(personal_code)
    count_access_code(personal_code=typed, address=address, now=now)
    _codes_of(typed)[1].update(attempts=F("attempts") + 1)
    with transaction.atomic():
        opened = _open(typed, code, now)
    access_code_succeeded(personal_code=typed, address=address)
    EnrolmentCode.objects.filter(pk=opened.code.pk).update(attempts=0)
    return opened


def use_code(*, personal_code: str, code: str, by: User | None, now: datetime) -> Opened:
    """The code, which was looked at, is used up; call it in the transaction in which the file gets what it is for.

    Of two who use it at once one is refused.
    """
    opened = _open(sealing.normalised(personal_code), code, now)
    opened.code.used_at = now
    keep(opened.code, by=by, now=now)
    return opened


def account_of(files: Collection[int], now: datetime) -> User | None:
    """The account that is, or will be, that of one of the files."""
    today = shanghai_day(now)
    rows = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), role=Role.PRACTITIONER)
    held = rows.filter(practitioner_id__in=files).select_related("user").order_by("pk").first()
    return held.user if held else None


def holds_an_office(user: User, now: datetime) -> bool:
    """Whether the account holds, or will hold, anything but the own file."""
    today = shanghai_day(now)
    held = Assignment.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), user=user)
    return held.exclude(role=Role.PRACTITIONER).exists()


def refused() -> Refused:
    """The one refusal of whatever is wrong with what was typed."""
    return Refused(
        "access_code_refused",
        _(
            "Personal code and one-time code do not open a file. Check both; a code holds for seven days, opens once,"
            " and a newer one ends it. Your institution issues another one."
        ),
    )


def _open(personal_code: str, code: str, now: datetime) -> Opened:
    """The same questions and one comparison, whatever is wrong."""
    file, codes = _codes_of(personal_code)
    waiting = codes.select_for_update(of=("self",), no_key=True).select_related("practitioner").first()
    whose = waiting.practitioner if waiting else None
    kept = bytes(waiting.digest) if waiting else _NO_DIGEST
    right = constant_time_compare(paper_codes.digest_of(code, whose), kept)
    files = family_of(file).files
    account = account_of(files, now)
    if not (waiting and right and now < waiting.expires_at and waiting.attempts <= MOST_ATTEMPTS):
        raise refused()
    if (waiting.kind == Kind.RECOVER) != (account is not None) or (account and not may_recover(account, now)):
        raise refused()  # what was true when the code was issued is not any more
    return Opened(waiting, kept_file(waiting.practitioner), account)


def may_recover(account: User, now: datetime) -> bool:
    """Whether a code on paper may give the account a new password: that of an office is nobody's to reset this way."""
    return account.is_active and not holds_an_office(account, now)


def _codes_of(personal_code: str) -> tuple[int, QuerySet[EnrolmentCode]]:
    """The file of a personal code and the codes of access that wait there; of no file where there is no such code."""
    holder = PersonalCode.objects.filter(code=personal_code).first()
    file = holder.practitioner_id if holder else 0
    return file, EnrolmentCode.objects.filter(_waiting(), practitioner_id__in=family_of(file).files).order_by("-pk")


def _end_older(files: Collection[int], by: User, now: datetime) -> None:
    rows = EnrolmentCode.objects.select_for_update(of=("self",), no_key=True)
    for row in rows.filter(_waiting(), practitioner_id__in=files):
        row.ended_at = now
        keep(row, by=by, now=now)


def _waiting() -> Q:
    return Q(used_at=None, ended_at=None)


# what an officer is shown -----------------------------------------------------------------------------------------


def _require_registered(files: Collection[int], institution: Institution, by: User, now: datetime) -> None:
    today = shanghai_day(now)
    theirs = scope_of(by, today).held_as(STAFF_KEEPERS)
    here = Registration.objects.filter(practitioner_id__in=files, institution=institution, superseded_at=None)
    here = here.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)
    if not theirs.covers(institution) or not here.exists():
        words = _("The person is not registered at %(institution)s today, or that is not for you to act for.")
        named = {"institution": institution.name}
        raise Refused("not_registered_here", words % named, field="institution", value=institution.code)


def _require_shown(person: Practitioner, files: Collection[int], *, code: str, name: str, number: str) -> None:
    codes = PersonalCode.objects.filter(practitioner_id__in=files, code=sealing.normalised(code))
    if not codes.exists():
        words = _("This is not a personal code of the file. Look whether the person stands in front of you.")
        raise Refused("other_code", words, field="code", value=code)
    if normalised_name(name) != normalised_name(person.name):
        words = _("This is not the name in the file. Compare it with the document; a new name is entered first.")
        raise Refused("other_name", words, field="name", value=name)
    documents = IdentityDocument.objects.filter(practitioner_id__in=files)
    if not documents.filter(number_index__in=sealing.blind_indexes(number)).exists():
        words = _(
            "This number stands on no identity document in the file. Copy it again from the document that the person"
            " shows; a document that is not in the file yet is added by the agency."
        )
        raise Refused("other_document", words, field="document_number", value=sealing.masked(number))


def _require_recoverable(account: User | None, by: User, now: datetime) -> None:
    if account is None:
        return
    if account.pk == by.pk:
        raise Refused("own_file", _("Nobody issues a code for the own file. Ask another officer."))
    if not may_recover(account, now):
        words = _(
            "The account of this file is closed, or holds a role of the office too: a security administrator looks"
            " after it, and no code is issued."
        )
        raise Refused("account_of_the_office", words)
