"""Small pieces of lists: the standing as a label, points out of twelve, links to files."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from registry.models import Institution, Practitioner, Registration, StandingSpan
from registry.queries.explain import day, last_day, status_words


def status(value: str) -> SafeString:
    """A standing, by word, shape and colour."""
    return format_html('<span class="rg-status rg-status-{}">{}</span>', value, status_words(value))


def tag(words: str, tone: str = "") -> SafeString:
    """A few words as a label; `tone` is good, new, warn or stop."""
    return format_html('<span class="rg-tag{}">{}</span>', f" rg-tag-{tone}" if tone else "", words)


def standing(span: StandingSpan | None) -> SafeString:
    """The standing of a span and until when; a file without a span is normal."""
    if span is None or span.status == "normal":
        return status("normal")
    if span.status == "suspended" and span.until:
        return format_html('{} <span class="rg-small">{}</span>', status("suspended"), _until_last(span))
    bar = gettext("may be registered again") if span.may_reregister else _until_bar(span)
    return format_html('{} <span class="rg-small">{}</span>', status("terminated"), bar)


def standing_today(spans: Sequence[StandingSpan], today: date) -> SafeString:
    """The standing of the day and until when; of somebody normal also what is decided and begins on a later day.

    `spans` are those that do not end before the day, in order.
    """
    now = span_of(spans, today)
    coming = next((span for span in spans if span.starts_on > today and span.status != "normal"), None)
    if coming is None or (now and now.status != "normal"):
        return standing(now)
    begins = gettext("%(standing)s from %(day)s") % {
        "standing": status_words(coming.status),
        "day": day(coming.starts_on),
    }
    return format_html('{} <span class="rg-small">{}</span>', status("normal"), begins)


def span_of(spans: Iterable[StandingSpan], today: date) -> StandingSpan | None:
    """The span among them that holds the day; None for a file without one."""
    return next((span for span in spans if span.starts_on <= today), None)


def _until_last(span: StandingSpan) -> str:
    assert span.until is not None
    return gettext("up to and including %(day)s") % {"day": last_day(span.until)}


def _until_bar(span: StandingSpan) -> str:
    return gettext("barred until %(day)s") % {"day": day(span.until)} if span.until else ""


def person(practitioner: Practitioner) -> SafeString:
    """A link to a person's file."""
    url = reverse("admin:registry_practitioner_change", args=[practitioner.pk])
    return format_html('<a href="{}">{}</a> <span class="rg-code">{}</span>', url, practitioner.name, practitioner.code)


def institution(place: Institution) -> SafeString:
    """A link to an institution."""
    return format_html('<a href="{}">{}</a>', reverse("admin:registry_institution_change", args=[place.pk]), place.name)


def institutions(registrations: Iterable[Registration]) -> SafeString:
    """The names of the institutions of registrations, one under the other."""
    return format_html_join("", "<div>{}</div>", ((row.institution.name,) for row in registrations))
