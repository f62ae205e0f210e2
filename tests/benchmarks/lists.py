"""H6: lists and searches of the office, beside the change list of Django's own admin on the same rows.

By turns: a page of the register as the administrator of the country asks for it, through every middleware, and the same
page of the standard pattern (`_standard_lists`); of both, also how long the rows of the page alone took, with what the
list counts and what belongs to its rows, but nothing drawn. Then each page of the office is asked by an administrator,
an auditor, an officer of a city and the compliance officer of the largest hospital, behind the second wall:
milliseconds and queries. With REGISTRY_BENCH_FILLED it takes the register that is there.
"""

import os
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partialmethod
from typing import Any
from unittest.mock import patch

from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.admin.keyset import KeysetChangeList
from registry.models import (
    Assignment,
    Case,
    IdentityDocument,
    PointsEntry,
    Practitioner,
    Registration,
    Role,
    StandingChange,
    User,
)
from tests.benchmarks import _standard_lists
from tests.benchmarks._many import fill

PEOPLE = 200_000
ROUNDS = 3
TURNS = 3
"""So often each page of the office is asked; the median counts."""
MOST_MS, MOST_QUERIES = 300, 15
GOALS = {"list": 25, "prefix": 40, "deep": 100}
DEEP = 0.9
"""How far into the list the deep page lies."""
OFFERED = re.compile(r'href="(/admin/[a-z_/-]+/)"')

ASKED_WHY = 302
"""Who opens a file outside the own work is asked for the reason first."""

_FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
"""Statements that frame others and are not counted."""

Page = tuple[str, str, dict[str, str], dict[str, str]]
"""What it is called, the address, what is in the address, and what is sent; nothing sent is a GET."""


def run(practitioners: int | None) -> dict[str, Any]:
    """Ratios of the three pages, and every page that is slow or asks much. `practitioners`: people in the register."""
    people = practitioners or PEOPLE
    fill(people)
    errors: list[str] = []
    administrator = _signed_in(_holder(Role.ADMINISTRATOR))
    ratios = {name: _compared(name, ours, theirs) for name, ours, theirs in _pairs(administrator, people)}
    pages, slow = 0, []
    for who, client in _askers(administrator):
        for name, address, query, sent in _pages(client):
            milliseconds, of_ours, queries, status, size = _asked(client, address, query, sent)
            pages += 1
            if status not in (200, ASKED_WHY, 403, 404):
                errors.append(f"{who} {name} {address}: {status}")
            over = milliseconds > MOST_MS or queries > MOST_QUERIES
            if over:
                slow.append(f"{who}: {name} {milliseconds:.0f} ms, {queries} queries")
            print(
                f"{'SLOW ' if over else ''}{who}: {name} {address} {milliseconds:.0f} ms,"
                f" {of_ours:.0f} of them our processor, {queries} queries, {status}, {size // 1000} kB",
                flush=True,
            )
    assert not errors, errors
    return {
        "path": "lists",
        "rows": people,
        **{f"x_standard_{name}": round(page, 1) for name, (page, _) in ratios.items()},
        **{f"x_standard_{name}_rows": round(rows, 1) for name, (_, rows) in ratios.items()},
        "goals": GOALS,
        "pages": pages,
        "slow": slow,
        "errors": len(errors),
    }


def _pairs(client: Client, people: int) -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """The same page of ours and of the standard pattern."""
    address = reverse("admin:registry_practitioner_changelist")
    prefix = Practitioner.objects.get(pk=random.Random(2026).randint(1, people)).name[:2]
    page = int(people * DEEP) // _standard_lists.PER_PAGE
    edge = Practitioner.objects.order_by("pk").values_list("pk", flat=True)[page * _standard_lists.PER_PAGE - 1]

    def ours(**query: str) -> Callable[[], Any]:
        return lambda: _page(client, address, query)

    def theirs(**query: str) -> Callable[[], Any]:
        return lambda: _standard_lists.ask(query)

    yield "list", ours(), theirs()
    yield "prefix", ours(q=prefix), theirs(q=prefix)
    yield "deep", ours(after=str(edge)), theirs(p=str(page + 1))


def _compared(name: str, ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[float, float]:
    """The medians of the ratios of each round, of whole pages and of their rows; the first of each is not counted."""
    ours(), theirs()
    pages, rows = list[float](), list[float]()
    for number in range(ROUNDS):
        standard = _seconds(theirs)
        of_ours = [_seconds(ours) for _ in range(TURNS)]
        register = tuple(statistics.median(part) for part in zip(*of_ours, strict=True))
        pages.append(standard[0] / register[0])
        rows.append(standard[1] / register[1])
        print(
            f"{name}, round {number + 1}: standard {standard[0] * 1000:,.0f} ms, ours {register[0] * 1000:.1f} ms,"
            f" {pages[-1]:.1f} ×; rows alone {standard[1] * 1000:,.0f} and {register[1] * 1000:.1f} ms,"
            f" {rows[-1]:.1f} ×",
            flush=True,
        )
    return statistics.median(pages), statistics.median(rows)


def _seconds(ask: Callable[[], Any]) -> tuple[float, float]:
    """For the whole page, and for its rows."""
    with _timed() as rows:
        began = time.perf_counter()
        ask()
        return time.perf_counter() - began, sum(rows)


@contextmanager
def _timed() -> Iterator[list[float]]:
    """How long each list takes to have its rows, from what it counts to the last that it reads."""
    taken: list[float] = []

    def timed(changes: Any, request: Any, *, asked: Callable[[Any, Any], None]) -> None:
        began = time.perf_counter()
        asked(changes, request)
        list(changes.result_list)
        taken.append(time.perf_counter() - began)

    kinds: tuple[Any, ...] = (KeysetChangeList, ChangeList)
    of_ours, of_theirs = (
        patch.object(kind, "get_results", partialmethod(timed, asked=kind.get_results)) for kind in kinds
    )
    with of_ours, of_theirs:
        yield taken


def _page(client: Client, address: str, query: dict[str, str]) -> bytes:
    answer = client.get(address, query)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content


def _askers(administrator: Client) -> Iterator[tuple[str, Client]]:
    yield "administrator", administrator
    yield "auditor", _signed_in(_holder(Role.AUDITOR))
    yield "officer of a city", _signed_in(User.objects.get(username="scoring-430100"))
    yield "compliance officer", _signed_in(_holder(Role.COMPLIANCE_OFFICER))


def _holder(role: Role) -> User:
    return Assignment.objects.filter(role=role).earliest("pk").user


def _signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    client.get("/healthz")
    return client


def _pages(client: Client) -> list[Page]:
    """Whatever the opening page leads to, searches of people, and single rows."""
    index = reverse("admin:index")
    offered = sorted({*OFFERED.findall(client.get(index).content.decode()), reverse("admin:work_list")})
    lists: list[Page] = [("opening page", index, {}, {})]
    lists += [("list", address, {}, {}) for address in offered if "/add/" not in address]
    return [*lists, *_searches(), *_singles()]


def _searches() -> list[Page]:
    people, documents = reverse("admin:registry_practitioner_changelist"), reverse("admin:find_by_document")
    somebody = Registration.objects.filter(institution__in=_home()).earliest("pk").practitioner
    terms = {
        "exact code": somebody.code,
        "beginning of a name": somebody.name[:2],
        "surname alone": somebody.name[:1],
        "part of a name": "建国",
        "one character": "霞",
        "nobody": "囍囍囍",
        "pinyin": somebody.pinyin[:7],
        "initials": somebody.initials,
    }
    found: list[Page] = [(f"people by {name}", people, {"q": term}, {}) for name, term in terms.items()]
    document = IdentityDocument.objects.filter(practitioner=somebody).earliest("pk")
    found.append(("document number", documents, {}, {"kind": "", "number": document.number}))
    found += [(f"people {key}={value}", people, {key: value}, {}) for key, value in (
        ("standing", "suspended"), ("standing", "normal"), ("standing", "terminated"), ("points", "0-0"),
        ("points", "9-11"),
        ("category__exact", "pharmacy_principal"), ("region", "430000"), ("region", "430111"),
        ("after", str(somebody.pk)),
    )]  # fmt: skip
    for name in ("pointsentry", "standingchange", "registration"):
        address = reverse(f"admin:registry_{name}_changelist")
        found.append((f"{name} by code", address, {"q": somebody.code}, {}))
    entries = reverse("admin:registry_pointsentry_changelist")
    found.append(("entries of a situation", entries, {"situation": "4-99"}, {}))
    found.append(
        (
            "entries of days",
            entries,
            {"fact__effective_on_from": "2026-01-01", "fact__effective_on_to": "2026-01-02"},
            {},
        )
    )
    changes = reverse("admin:registry_standingchange_changelist")
    found.append(("changes to terminated", changes, {"status_after__exact": "terminated"}, {}))
    return found


def _home() -> Any:
    return Assignment.objects.filter(role=Role.COMPLIANCE_OFFICER).values("institution")


def _singles() -> list[Page]:
    """A file without and with points, a case, an entry."""
    of_home = Registration.objects.filter(institution__in=_home())
    plain = of_home.earliest("pk").practitioner_id
    scored = StandingChange.objects.filter(practitioner__registrations__in=of_home).earliest("pk").practitioner_id
    entry = PointsEntry.objects.filter(practitioner=scored).earliest("pk")
    rows = {
        "a file": ("practitioner", plain),
        "a file with points": ("practitioner", scored),
        "an entry": ("pointsentry", entry.pk),
        "a case": ("case", Case.objects.get(handling=entry.handling_id).pk),
        "an institution": ("institution", of_home.earliest("pk").institution_id),
    }
    return [(name, reverse(f"admin:registry_{kind}_change", args=[pk]), {}, {}) for name, (kind, pk) in rows.items()]


def _asked(
    client: Client, address: str, query: dict[str, str], sent: dict[str, str]
) -> tuple[float, float, int, int, int]:
    """Milliseconds (the median), those of them in which this process worked, queries, status and size."""
    times, worked = list[float](), list[float]()
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(address, sent) if sent else client.get(address, query)
    queries = sum(not each["sql"].startswith(_FRAME) for each in captured)
    for _ in range(TURNS):
        began, working = time.perf_counter(), time.process_time()
        answer = client.post(address, sent) if sent else client.get(address, query)
        times.append(time.perf_counter() - began)
        worked.append(time.process_time() - working)
        if times[-1] > 5:
            break
    if os.environ.get("REGISTRY_BENCH_EXPLAIN") and min(times) * 1000 > MOST_MS:
        for each in sorted(captured, key=lambda each: -float(each["time"]))[:2]:
            print(f"    {float(each['time']) * 1000:.0f} ms: {each['sql'][:1500]}")
    return (
        statistics.median(times) * 1000,
        statistics.median(worked) * 1000,
        queries,
        answer.status_code,
        len(answer.content),
    )
