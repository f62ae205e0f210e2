"""Somebody who was told something, and who looks at it."""

from django.test import Client

from notifications.models import Notice
from registry.models import User
from tests.notifications.exchange import announce
from tests.town import TODAY, Town, score


def scored_and_told(town: Town, points: int = 3) -> None:
    """The surgeon gets points, and everybody is told."""
    score(town, points, TODAY)
    announce()


def to_the_surgeon(town: Town) -> Notice:
    """The newest notice to him of a change of his standing."""
    return Notice.objects.filter(practitioner=town.surgeon, event__change__isnull=False).latest("pk")


def signed_in(user: User) -> Client:
    """The browser of the user."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.get("/healthz")  # the first page of a session notes its beginning
    return client
