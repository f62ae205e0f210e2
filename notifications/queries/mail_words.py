"""What an e-mail says: that something waits, which number it has, until when it can be answered, and where it is read;
or that an address is to be confirmed, or counts no more;
or how many there are of what an institution has to watch.

It names nobody, says no points and no standing, and of what kind the notice is only so far that its reader knows
whether it presses. Whoever wants more signs in: opening the notice is the receipt, the mail is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, override

from notifications.models import Event, Mail, MailAddress, Notice
from notifications.queries.digest_words import lines_of
from notifications.queries.digests import Digest
from notifications.queries.mail_addresses import last_day_of_link
from notifications.queries.printed import number_of
from notifications.wire.mailing import Message
from registry.models import Task, User
from registry.queries.explain import day

_LINE = "-" * 40


@dataclass(frozen=True, slots=True)
class Words:
    """A mail in one language; `lines` are a list after the paragraphs.

    `link` is what the button says, `why` why somebody has it.
    """

    language: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    link: str
    why: str
    lines: tuple[str, ...] = ()


def message_of(mails: Sequence[Mail], waiting: int, to: str) -> Message:
    """The mail to an address of the user about these, of which `waiting` are still needed; in the user's language, or
    in both.
    """
    first = mails[0]
    texts = [_words(first, waiting, language) for language in _languages(first.user)]
    return _message(str(first.uuid), to, texts, _path(first))


def message_with_link(mail: Mail, address: MailAddress, code: str) -> Message:
    """The mail with the link by which its reader confirms the address. Each try has another link, and its own id."""
    texts = [_to_confirm(address, language) for language in _languages(mail.user)]
    return _message(f"{mail.uuid}.{mail.fence}", address.address, texts, reverse("confirm_mail", args=[code]))


def message_of_end(mail: Mail, address: MailAddress) -> Message:
    """The mail to an address that counts no more."""
    texts = [_of_end(language) for language in _languages(mail.user)]
    return _message(str(mail.uuid), address.address, texts, _wish_path())


def message_of_digest(mail: Mail, digest: Digest, to: str) -> Message:
    """The mail with the digest of a week."""
    texts = [_of_digest(digest, language) for language in _languages(mail.user)]
    return _message(str(mail.uuid), to, texts, reverse("admin:index"))


def _languages(user: User) -> list[str]:
    return [user.language] if user.language else [code for code, _name in settings.LANGUAGES]


def _message(number: str, to: str, texts: Sequence[Words], path: str) -> Message:
    url, settings_url = f"{settings.REGISTRY_ADDRESS}{path}", f"{settings.REGISTRY_ADDRESS}{_wish_path()}"
    return Message(
        id=f"<{number}@{_host()}>",
        to=to,
        subject=" / ".join(text.subject for text in texts),
        text=f"\n{_LINE}\n\n".join(_plain(text, url, settings_url) for text in texts),
        html=render_to_string("notifications/mail.html", {"texts": texts, "url": url, "settings_url": settings_url}),
    )


def _words(mail: Mail, waiting: int, language: str) -> Words:
    with override(language):
        number = number_of(mail.of_notice)
        told = _of_several(waiting) if mail.gathered else tuple(_of_one(mail.of_notice, number))
        return Words(
            language="en" if get_language() == "en" else "zh-Hans",
            subject=_subject(waiting) if mail.gathered else gettext("A notice waits for you: %s") % number,
            greeting=gettext("Good day,"),
            paragraphs=(
                *told,
                gettext("What it says is read in the register after signing in, and nowhere else."),
                gettext("This mail is no receipt: what is opened there counts as received."),
            ),
            link=gettext("Sign in and read"),
            why=gettext(
                "You have this mail because your account wishes to be told by e-mail. You can change that here:"
            ),
        )


def _to_confirm(address: MailAddress, language: str) -> Words:
    with override(language):
        return _in_words(
            subject=gettext("Confirm this address for e-mail"),
            paragraphs=(
                gettext(
                    "In the payment qualification register an account asks to be told at this address that notices"
                    " wait. That is done only after you confirm that the address is yours."
                ),
                gettext("The link holds until the end of %(day)s, in Shanghai.") % {"day": last_day_of_link(address)},
                gettext("If you did not ask for it, do nothing: without your confirmation no notice is told here."),
            ),
            link=gettext("Confirm the address"),
            why=gettext("Addresses are changed and taken back here, after signing in:"),
        )


def _of_end(language: str) -> Words:
    with override(language):
        return _in_words(
            subject=gettext("No more e-mail to this address"),
            paragraphs=(
                gettext(
                    "In the payment qualification register an account was told at this address that notices wait. From"
                    " now on it is not: another address was confirmed, or this one was taken back."
                ),
                gettext("If that was not you, sign in, look at the address there, and change your password."),
            ),
            link=gettext("Sign in and look"),
            why=gettext("Addresses are changed and taken back here, after signing in:"),
        )


def _of_digest(digest: Digest, language: str) -> Words:
    with override(language):
        return _in_words(
            subject=gettext("The week at your institution, in numbers"),
            paragraphs=(
                gettext(
                    "In the payment qualification register this is how it stands at the institution for which you work,"
                    " counted as this mail went out. Who is meant is read there after signing in, and nowhere else."
                ),
            ),
            lines=lines_of(digest),
            link=gettext("Sign in to the desk"),
            why=gettext(
                "You have this mail each week as a compliance officer whose address is confirmed. Another day, or no"
                " digest, is chosen here:"
            ),
        )


def _in_words(**said: Any) -> Words:
    language = "en" if get_language() == "en" else "zh-Hans"
    return Words(language=language, greeting=gettext("Good day,"), **said)


def _of_one(notice: Notice, number: str) -> Iterator[str]:
    yield _kind(notice.event) % {"number": number}
    if closes := _closes(notice.event.deadline):
        yield closes


def _kind(event: Event) -> str:
    if event.step_id:
        return gettext(
            "In the payment qualification register a notice about a procedure waits for you. Its number is %(number)s."
        )
    if event.deadline_id or event.missed_id:
        return gettext(
            "In the payment qualification register a notice about a deadline waits for you. Its number is %(number)s."
        )
    return gettext(
        "In the payment qualification register a notice about your file waits for you. Its number is %(number)s."
    )


def _closes(task: Task | None) -> str:
    if task is None or task.state != Task.State.OPEN:
        return ""
    if task.due_on is None:
        return gettext("The last day for answering cannot be computed yet; it will stand with the notice.")
    return gettext("It can be answered until the end of %(day)s, in Shanghai.") % {"day": day(task.due_on)}


def _subject(waiting: int) -> str:
    return ngettext("%(number)s notice waits for your body", "%(number)s notices wait for your body", waiting) % {
        "number": waiting
    }


def _of_several(waiting: int) -> tuple[str]:
    told = ngettext(
        "In the payment qualification register %(number)s notice to the body for which you work waits unread.",
        "In the payment qualification register %(number)s notices to the bodies for which you work wait unread.",
        waiting,
    )
    return (told % {"number": waiting},)


def _plain(text: Words, url: str, settings_url: str) -> str:
    lines = ["\n".join(f"- {line}" for line in text.lines)] if text.lines else []
    ways = (f"{text.link}:\n{url}", f"{text.why}\n{settings_url}")
    return "\n\n".join([text.greeting, *text.paragraphs, *lines, *ways]) + "\n"


def _path(mail: Mail) -> str:
    if mail.gathered:
        return f"{reverse('admin:notifications_notice_changelist')}?taken=unread"
    return reverse("my_notice", args=[mail.of_notice.uuid])


def _wish_path() -> str:
    return reverse("mail_wish")


def _host() -> str:
    """What stands after the @ of a Message-ID: the register's own name, not that of the machine."""
    return settings.REGISTRY_ADDRESS.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
