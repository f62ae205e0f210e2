"""The settlement check without Django: the same answers as the ordinary view, its twin, at the price of one statement.

Only what is certain is answered here: one well-formed question, without an emergency and about what is known now, by a
good key, of a person whose files were never merged. All else goes to the twin, which is the reference for every answer,
refusal and log line. What the middleware makes of a request's headers (language, host, headers of the answer) is learnt
from the twin's own answer to the first request that comes in the same manner, and written down nowhere else.

Nothing is read or written here: whoever serves brings the request and asks the statement (`registry.config.checking`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hmac import compare_digest
from typing import Any, TypeGuard

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import translation
from rest_framework.renderers import JSONRenderer

from registry.api.eligibility import Eligibility, EligibilityBatch, shown_instant, verdict_shape
from registry.api.parsers import read_json
from registry.api.problems import BACK_AFTER, MEDIA_TYPE, UNAVAILABLE, Problem
from registry.api.questions import MOST_ITEMS, read_question
from registry.ledger.law import policies
from registry.models import keys
from registry.queries import members
from registry.queries.eligibility import Found, Law, Question, judge, law
from registry.queries.keys import taken_from
from registry.queries.members import LONGEST_CODE
from registry.queries.quick_check import (
    Questions,
    Row,
    Seen,
    SeenOfMany,
    found_in,
    parameters,
    parameters_of_many,
    seen,
    seen_of_many,
)

ADDRESS, BATCH = "/api/v1/eligibility", "/api/v1/eligibility/batch"

Environ = Mapping[str, Any]
"""A request as WSGI describes it, without its body."""

_MANNER = (
    "PATH_INFO",
    "HTTP_HOST",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "CONTENT_TYPE",
    "wsgi.url_scheme",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
)
"""What of a request the middleware and the parser look at, beside the key and the body."""

_NEVER = ("HTTP_COOKIE", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_ENCODING", "QUERY_STRING")
"""Where there is one of these, the twin answers."""

_MANNERS = 1000
_PLAIN = ("practitioner", "institution", "on")
_BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; its headers do not say how long it is."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes


@dataclass(frozen=True, slots=True)
class Learnt:
    """How the twin answered somebody who asked in this manner."""

    headers: list[tuple[str, str]]
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that can be answered here if the key is good: one question, or those of a batch."""

    question: Question | Questions
    key_text: str
    prefix: str
    sender: tuple[str, str | None]
    learnt: Learnt
    now: datetime
    """The instant up to which the answer knows everything."""

    @property
    def statement(self) -> str:
        """The name of the statement that answers it."""
        return "many" if isinstance(self.question, Questions) else "one"

    @property
    def parameters(self) -> list[bytes]:
        """With what the statement is asked."""
        if isinstance(self.question, Questions):
            return parameters_of_many(self.prefix, self.question, self.now)
        return parameters(self.prefix, self.question, self.now)

    @property
    def halves(self) -> list[list[bytes]]:
        """With what the statement is asked for each half of a batch."""
        assert isinstance(self.question, Questions), "one question has no halves"
        return [parameters_of_many(self.prefix, half, self.now) for half in self.question.halves()]


class QuickCheck:
    """What one process has learnt, and what it answers by that."""

    def __init__(self) -> None:
        self._learnt: dict[tuple[Any, ...], Learnt] = {}

    def asked(self, environ: Environ, body: bytes, now: datetime) -> Asked | None:
        """What is asked at `now`; None where the twin has to answer."""
        if environ["REQUEST_METHOD"] != "POST" or any(environ.get(name) for name in _NEVER):
            return None
        learnt = self._learnt.get(_manner(environ))
        key_text = _key_text(environ)
        prefix = keys.prefix_of(key_text)
        if learnt is None or prefix is None or environ.get("CONTENT_LENGTH") != str(len(body)):
            return None
        question = _read_many(body) if environ["PATH_INFO"] == BATCH else _read_one(body, now)
        if question is None:
            return None
        sender = environ.get("REMOTE_ADDR") or "", environ.get("HTTP_X_FORWARDED_FOR")
        return Asked(question, key_text, prefix, sender, learnt, now)

    def learn(self, environ: Environ, response: Response) -> None:
        """Remember how the twin answered a question."""
        language = dict(response.headers).get("Content-Language")
        if response.status != 200 or language is None or environ["PATH_INFO"] not in (ADDRESS, BATCH):
            return
        if len(self._learnt) >= _MANNERS:
            self._learnt.clear()
        self._learnt[_manner(environ)] = Learnt(response.headers, language)


def answer(asked: Asked, rows: list[Row]) -> Response | None:
    """The answer; None where the key is not good for it, or the twin has to look at more."""
    if not rows:
        return None
    if isinstance(asked.question, Questions):
        content = _many(asked, asked.question.days, seen_of_many(rows[0]))
    else:
        content = _one(asked, asked.question, rows[0])
    return None if content is None else Response(200, asked.learnt.headers, content)


def _one(asked: Asked, question: Question, row: Row) -> bytes | None:
    found = seen(row, question) if question.name is not None else None
    digest, good, networks = row[:3]
    if digest is None or good != b"t" or not _may_ask(asked, digest.decode(), (networks or b"").decode()):
        return None
    if found is None:
        words = _words_of(tuple(row), question.on, asked.learnt.language)
    else:
        words = _words_seen(found, question.on, asked.learnt.language)
    return None if words is None else words + _end(asked)


def _many(asked: Asked, days: Sequence[str], found: SeenOfMany | None) -> bytes | None:
    if found is None or found.merged or not _may_ask(asked, found.digest, found.networks):
        return None
    asked_and_found = list(zip(days, found.texts, strict=True))
    end, language = _end(asked), asked.learnt.language
    words = {
        (day, text): _words_on(*found_in(text), date.fromisoformat(day), language) + end
        for day, text in set(asked_and_found)
    }
    return b'{"results":[' + b",".join([words[each] for each in asked_and_found]) + b"]}"


def _end(asked: Asked) -> bytes:
    return f',"known_at":"{shown_instant(asked.now)}"}}'.encode()


def unavailable(asked: Asked) -> Response:
    """Too much is asked at the moment; when to ask again."""
    headers = [(name, MEDIA_TYPE if name == "Content-Type" else value) for name, value in asked.learnt.headers]
    return Response(503, [*headers, ("Retry-After", str(BACK_AFTER))], _unavailable(asked.learnt.language))


def _manner(environ: Environ) -> tuple[Any, ...]:
    return tuple([environ.get(name) for name in _MANNER])


def _read_one(body: bytes, now: datetime) -> Question | None:
    """The question, as the twin reads it; None where that does not go, or the twin has to answer it."""
    if len(body) > Eligibility.max_body_bytes:
        return None
    if (plain := _read_plain(_json(body))) is not None and body.count(b":") == len(_PLAIN):
        return plain
    try:
        question = read_question(read_json(body), now=now)
    except Problem:
        return None
    return None if question.emergency or question.known_at is not None else question


def _read_many(body: bytes) -> Questions | None:
    """The questions of a batch, where each says who, where and when, and no more.

    No member is given twice where there are as many colons as members and as the days and codes need none.
    """
    document = _json(body) if len(body) <= EligibilityBatch.max_body_bytes else None
    items = document.get("items") if isinstance(document, dict) and len(document) == 1 else None
    if not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS or body.count(b":") != 3 * len(items) + 1:
        return None
    return _columns(items)


def _json(body: bytes) -> object:
    """The value, nothing where it is none; of UTF-8 alone, and of a member that is given twice the last."""
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        return None


def _read_plain(item: object) -> Question | None:
    if not isinstance(item, dict) or len(item) != len(_PLAIN):
        return None
    practitioner, institution, day = map(item.get, _PLAIN)
    if not (_is_plain_code(practitioner) and _is_plain_code(institution) and isinstance(day, str)):
        return None
    on = _day(day)
    return None if on is None else Question(practitioner=practitioner, institution=institution, on=on)


def _is_plain_code(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.isalnum() and value.isascii() and len(value) <= LONGEST_CODE


def _columns(items: list[Any]) -> Questions | None:
    """The same of many, looked at column by column."""
    if {*map(type, items)} != {dict} or {*map(len, items)} != {len(_PLAIN)}:
        return None
    try:
        who, where, days = ([item[name] for item in items] for name in _PLAIN)
    except KeyError:
        return None
    plain = _are_plain_codes(who) and _are_plain_codes(where) and {*map(type, days)} == {str}
    return Questions(who, where, days) if plain and None not in map(_day, {*days}) else None


def _are_plain_codes(values: list[Any]) -> bool:
    if {*map(type, values)} != {str}:
        return False
    lengths, together = {*map(len, values)}, "".join(values)
    return min(lengths) > 0 and max(lengths) <= LONGEST_CODE and together.isalnum() and together.isascii()


@lru_cache(maxsize=10_000)
def _day(text: str) -> date | None:
    try:
        return members.day(text)
    except members.Wrong:
        return None


def _key_text(environ: Environ) -> str:
    given: str = environ.get("HTTP_AUTHORIZATION") or ""
    return given[len(_BEARER) :] if given.startswith(_BEARER) else ""


def _may_ask(asked: Asked, digest: str, networks: str) -> bool:
    genuine = compare_digest(digest, keys.digest_of(asked.key_text).hex())
    return genuine and _comes_from(networks, *asked.sender)


@lru_cache(maxsize=10_000)
def _comes_from(networks: str, direct: str, forwarded: str | None) -> bool:
    """Whether a key for these networks is taken from there, as the twin sees it."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": direct, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {})}
    try:
        return taken_from(networks.split(), get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return False


@lru_cache(maxsize=10_000)
def _words_of(row: tuple[bytes | None, ...], on: date, language: str) -> bytes | None:
    """The same of a question without a name: where the row is the same, so is the answer."""
    return _words_seen(seen(row, Question(practitioner="", institution="", on=on)), on, language)


def _words_seen(found: Seen, on: date, language: str) -> bytes | None:
    return None if found.found is None else _words_on(found.found, found.region, on, language)


def _words_on(found: Found, region: str | None, on: date, language: str) -> bytes:
    """The answer on a day without its last member, which is the instant."""
    lawful = _law(region, on)
    return _words(found, lawful.policy.id if lawful.policy else None, lawful.explains.id, language)


@lru_cache(maxsize=10_000)
def _law(region: str | None, on: date) -> Law:
    return law(region, on)


@lru_cache(maxsize=10_000)
def _words(found: Found, policy: str | None, explains: str, language: str) -> bytes:
    lawful = Law(policies()[policy] if policy else None, policies()[explains])
    with translation.override(language):
        shown = verdict_shape(judge(found, law=lawful, emergency=False))
    rendered: bytes = JSONRenderer().render(shown)
    return rendered[:-1]


def forget() -> None:
    """Make nothing of what was answered before: the policies are other ones from here on."""
    _law.cache_clear()
    _words_of.cache_clear()
    _words.cache_clear()


@lru_cache(maxsize=10)
def _unavailable(language: str) -> bytes:
    with translation.override(language):
        rendered: bytes = JSONRenderer().render(Problem(UNAVAILABLE).document())
    return rendered
