"""The weekly digest on the opening page of an institution: where it is read."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from notifications.queries.digests import has_digests
from registry.admin.extensions import Section
from registry.admin.roles import scope


def on_overview(request: HttpRequest, _subject: Any) -> Iterator[Section]:
    """The way to this week's digest, for who has one. Asks nothing of the database."""
    if has_digests(scope(request)):
        yield Section("notifications/parts/digest_card.html", None, beside=True)
