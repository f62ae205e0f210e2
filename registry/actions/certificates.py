"""Making a certificate of standing: the practitioner does, for whomever they like to show it to."""

from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.requirements import require_choice
from registry.ledger.days import beginning_of, shanghai_day
from registry.ledger.families import family_of, kept_file
from registry.ledger.law import policies
from registry.models import Practitioner, StandingCertificate, User
from registry.models.certificate_keys import certificate_keys
from registry.queries.certificates import own_certificates, statement
from registry.queries.explain import day
from registry.queries.file import file_of
from registry.queries.own_file import holds
from registry.queries.sight import as_the_asker
from registry.rules.policy import NATIONAL, NoPolicyInForce
from registry.rules.statements import canonical

MOST_A_DAY = 10
"""A person needs few; whoever takes over a session shall not fill the register."""


def make_certificate(
    *, practitioner: Practitioner, on: date, language: str, with_points: bool, by: User, now: datetime
) -> StandingCertificate:
    """A signed certificate of what the register says of the day `on`, as known at `now`.

    Raises Refused where the file is not that of `by`, for a day to come or before the scheme, for a language that is
    none of the register's, and after ten certificates in one day.
    """
    require_choice("language", language, StandingCertificate.Language.values)
    with transaction.atomic():
        person = Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=kept_file(practitioner).pk)
        files = family_of(person.pk).files
        _require_own(files, by, now)
        _require_day(on, now)
        _require_few(files, now)
        with as_the_asker():
            file = file_of(person, on, now)
        number = _next_number()
        key = certificate_keys()[0]
        stated = statement(file, number=_named(number, now), language=language, with_points=with_points, made_at=now)
        content = canonical(stated)
        return StandingCertificate.objects.create(
            pk=number,
            practitioner=person,
            number=stated["number"],
            content=content,
            signature=key.sign(content),
            key_id=key.id,
            on_day=on,
            known_at=now,
            language=language,
            made_at=now,
            made_by=by,
        )


def _next_number() -> int:
    with connection.cursor() as cursor:
        table = StandingCertificate._meta.db_table
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])


def _named(number: int, now: datetime) -> str:
    """The register, the year in which it was made, C for certificate, and which one it is."""
    return f"{settings.REGISTRY_REGISTER_ID.upper()}-{shanghai_day(now).year}-C{number:07d}"


def _require_own(files: frozenset[int], by: User, now: datetime) -> None:
    if not holds(by, files, shanghai_day(now)):
        raise Refused("not_own_file", _("Only whoever the file is about makes certificates of it."))


def _require_day(on: date, now: datetime) -> None:
    if on > shanghai_day(now):
        words = _("%(day)s is to come. The register certifies what it knows of days that have begun.")
        raise Refused("day_to_come", words % {"day": day(on)}, field="on", value=on)
    try:
        policies().in_force(NATIONAL, on)
    except NoPolicyInForce:
        words = _("On %(day)s there was no such register. Choose a later day.")
        raise Refused("before_the_scheme", words % {"day": day(on)}, field="on", value=on) from None


def _require_few(files: frozenset[int], now: datetime) -> None:
    if own_certificates(files).filter(made_at__gte=beginning_of(shanghai_day(now))).count() >= MOST_A_DAY:
        words = _("%(count)d certificates were made today already. Use one of them, or make another one tomorrow.")
        raise Refused("too_many_certificates", words % {"count": MOST_A_DAY})
