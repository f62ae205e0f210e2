"""The browser of a practitioner at the pages of the own, for stories."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registry.models import Assignment, Practitioner, Proposal, Role, User
from tests.rules import sample_files
from tests.town import LAW_BEGINS

LIST = "/my/objections/"


def holder(person: Practitioner, name: str) -> User:
    """The account of whoever the file is about."""
    user = User.objects.create(username=name)
    Assignment.objects.create(user=user, role=Role.PRACTITIONER, practitioner=person, starts_on=LAW_BEGINS)
    return user


class Screen:
    """Somebody's browser; what it shows last is `page`."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.user = user
        self.status, self.page, self.url = 0, "", ""

    def get(self, url: str, **given: Any) -> "Screen":
        return self._shows(self.client.get(url, given, follow=True, headers={"accept-language": "en"}), url)

    def post(self, url: str, **given: Any) -> "Screen":
        return self._shows(self.client.post(url, given, follow=True, headers={"accept-language": "en"}), url)

    def _shows(self, answer: Any, asked: str) -> "Screen":
        self.status, self.page = answer.status_code, answer.content.decode()
        self.url = answer.redirect_chain[-1][0].split("#")[0] if answer.redirect_chain else asked
        return self

    def begins(self, **about: Any) -> str:
        """The address of the draft that it begins."""
        self.post(LIST + "begin/", **about)
        assert "/drafts/" in self.url
        return self.url


def pdf(name: str = "考勤.pdf", more: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sample_files.pdf() + more)


def drafted(surgeon: Screen, proposal: Proposal, text: str = "当日不在岗") -> str:
    """A draft with one point about the first item."""
    draft = surgeon.begins(proposal=proposal.uuid)
    item = proposal.items.earliest("pk")
    surgeon.post(draft + "points/add/", about=item.pk, text=text, do="save")
    return draft
