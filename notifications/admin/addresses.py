"""Whether a mail reaches the person whose file is open, for the officers who would tell them in person."""

from collections.abc import Iterator

from django.http import HttpRequest

from notifications.queries.mail_addresses import has_address
from notifications.queries.mailing import sends_mail
from registry.admin.extensions import Section, offer_sections
from registry.admin.roles import has_any
from registry.queries.file import PractitionerFile
from registry.queries.roles import STAFF_KEEPERS
from registry.queries.sight import full_sight


def told_by_mail(request: HttpRequest, file: PractitionerFile) -> Iterator[Section]:
    """That there is an address that counts, or none; never which one."""
    if sends_mail() and has_any(request, STAFF_KEEPERS):
        with full_sight():  # an address is behind the wall of its user alone
            yield Section("notifications/parts/told_by_mail.html", has_address(file.members, file.on), beside=True)


offer_sections("person", told_by_mail)
