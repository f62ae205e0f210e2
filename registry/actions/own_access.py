"""How a practitioner comes to the own file: by a new account, by one there is already, or by a new password."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.access import give_role
from registry.actions.enrolment import Opened, account_of, look_at_code, use_code
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.ledger.families import family_of
from registry.models import Assignment, EnrolmentCode, Practitioner, Role, User

Kind = EnrolmentCode.Kind


def enrol(*, personal_code: str, code: str, username: str, password: str, address: str, now: datetime) -> Assignment:
    """A new account that holds the file, made with the code that is used up by it: both or neither.

    Raises Refused and TooManyAttempts as `look_at_code` does; and Refused for a name that somebody has, and a password
    that is too weak, after which the code can be used still.
    """
    _require_kind(look_at_code(personal_code=personal_code, code=code, address=address, now=now), Kind.ENROL)
    with transaction.atomic():
        opened = use_code(personal_code=personal_code, code=code, by=None, now=now)
        user = _new_account(username, password, opened.practitioner)
        return _give(user, opened.practitioner, now)


def claim(*, personal_code: str, code: str, user: User, address: str, now: datetime) -> Assignment:
    """The account that somebody is signed in with holds the file too: a compliance officer may be a nurse as well.

    Raises Refused and TooManyAttempts as `look_at_code` does; and Refused for an account that holds another file
    already, and for a code that the holder of the account issued.
    """
    opened = look_at_code(personal_code=personal_code, code=code, address=address, now=now)
    _require_kind(opened, Kind.ENROL)
    if opened.code.issued_by_id == user.pk:
        raise Refused("own_code", _("You issued this code yourself. Ask another officer to issue one for you."))
    _require_no_other_file(user, now)
    with transaction.atomic():
        opened = use_code(personal_code=personal_code, code=code, by=user, now=now)
        return _give(user, opened.practitioner, now)


def recover(*, personal_code: str, code: str, password: str, address: str, now: datetime) -> User:
    """A new password for the account of the file. Its second factors are gone, and its sessions end with their next
    page, for they rest on the password. Raises as `enrol` does.
    """
    opened = look_at_code(personal_code=personal_code, code=code, address=address, now=now)
    _require_kind(opened, Kind.RECOVER)
    with transaction.atomic():
        opened = use_code(personal_code=personal_code, code=code, by=opened.account, now=now)
        assert opened.account is not None  # a code of recovery opens nothing else
        user = User.objects.select_for_update(no_key=True).get(pk=opened.account.pk)
        _set_password(user, password)
        user.save()
        Authenticator.objects.filter(user=user).delete()
        return user


def _new_account(username: str, password: str, person: Practitioner) -> User:
    name = User.normalize_username(username.strip())
    user = User(username=name, last_name=person.name)
    try:
        User._meta.get_field("username").run_validators(name)
    except ValidationError as error:
        raise Refused("username_malformed", " ".join(error.messages), field="username", value=username) from None
    if not name:
        raise Refused("username_missing", _("Choose a user name."), field="username", value=username)
    _set_password(user, password)
    taken = _("Somebody else has the user name “%(name)s”. Choose another one.") % {"name": name}
    if User.objects.filter(username__iexact=name).exists():
        raise Refused("username_taken", taken, field="username", value=username)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Refused("username_taken", taken, field="username", value=username) from None
    return user


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("password_too_weak", " ".join(error.messages), field="password1") from None
    user.set_password(password)


def _give(user: User, person: Practitioner, now: datetime) -> Assignment:
    return give_role(user=user, role=Role.PRACTITIONER, place=person, starts_on=shanghai_day(now), by=None, now=now)


def _require_kind(opened: Opened, kind: EnrolmentCode.Kind) -> None:
    if opened.code.kind == kind:
        return
    if kind == Kind.ENROL:
        words = _("This file has an account already. The code sets a new password for it; sign out first.")
        raise Refused("file_has_account", words)
    raise Refused("file_has_no_account", _("This file has no account yet. The code is for making one."))


def _require_no_other_file(user: User, now: datetime) -> None:
    held = [
        row.practitioner_id
        for row in Assignment.objects.filter(user=user, role=Role.PRACTITIONER)
        if row.practitioner_id and account_of(family_of(row.practitioner_id).files, now) == user
    ]
    if held:
        words = _("The account “%(name)s” holds the file of a person already. Use another account.")
        raise Refused("account_has_file", words % {"name": user.get_username()})
