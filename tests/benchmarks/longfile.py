"""A file of five hundred entries beside a file of one: the check, the API, the page of the office and the own page.

The two people work at the same hospital, and are asked about by turns, each page whole, through every middleware. The
entries are those of an older register, from the first day of the law to yesterday, each with a handling of its own, and
every tenth is annulled. Nobody is scored five hundred times in two years: it is the hardest that a file can be, for
nearly all of it belongs to a termination that lasts.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.config.database import as_owner
from registry.ledger.days import shanghai_day
from registry.ledger.writing import Draft, append_all
from registry.models import ApiKey, Assignment, Fact, Practitioner, Responsibility, Role, User
from registry.models.identifiers import uuid7
from tests.town import LAW_BEGINS, Town, at, build, score

ENTRIES, ONE_IN = 500, 10
TURNS, TURNS_OF_WHOLE = 31, 3
GOAL = 1.5
"""So many times as long as the file of one entry the long one may take."""

WHOLE = ", whole"

Ask = Callable[[Practitioner], Any]
Took = tuple[float, float]
"""Seconds that passed, and seconds of our processor."""


def run(practitioners: int | None) -> dict[str, Any]:
    """The ratio of each path. `practitioners`: entries of the long file, for there are two people."""
    town = build()
    entries = practitioners or ENTRIES
    _score(town, entries)
    _analyze()
    figures = {name: _by_turns(name, ask, town) for name, ask in _paths(town).items()}
    bound = {name: each for name, each in figures.items() if not name.endswith(WHOLE)}
    over = [name for name, each in bound.items() if max(each["ratio"], each["processor"]) > GOAL]
    facts = Fact.objects.filter(practitioner=town.surgeon).count()
    return {
        "path": "longfile", "entries": entries, "facts": facts, "turns": TURNS, "goal": GOAL,
        "ratios": figures, "over": over, "errors": 0,
    }  # fmt: skip


def _score(town: Town, entries: int) -> None:
    """One for the nurse, by the act that records it; and all the others for the surgeon, like that one."""
    chance, last = Random(2026), shanghai_day(timezone.now()) - timedelta(days=1)
    one = score(town, 1, last, who=town.nurse, number="单")
    apart = (last - LAW_BEGINS) / entries
    days = [LAW_BEGINS + apart * number for number in range(entries)]
    drafts = [_draft(one.fact, kind="points_scored", on=day, points=chance.choice((1, 2, 3))) for day in days]
    with transaction.atomic():
        facts = append_all(practitioner=town.surgeon, drafts=drafts, now=at(last))
        for fact, behind in zip(facts, _copies(one.responsibility, town.surgeon, days), strict=True):
            _copy(one, fact=fact, practitioner=town.surgeon, responsibility=behind, handling=behind.handling)
        annulled = [_draft(fact, kind="entry_annulled", on=fact.effective_on, entry=fact) for fact in facts[7::ONE_IN]]
        append_all(practitioner=town.surgeon, drafts=annulled, now=at(last, 11))


def _draft(like: Fact, *, on: date, **more: Any) -> Draft:
    scored: dict[str, Any] = {"counted_on": on, "policy": like.policy} if more["kind"] == "points_scored" else {}
    return Draft(
        effective_on=on, reason=like.reason, agency=like.agency, actor=like.actor, legacy=True, **scored, **more
    )


def _copies(one: Responsibility, person: Practitioner, days: list[date]) -> Iterator[Responsibility]:
    for number, day in enumerate(days):
        handling = _copy(
            one.handling,
            uuid=uuid7(),
            document_number=f"罚字{number}",
            made_on=day,
            conduct_from=day,
            conduct_until=day,
        )
        yield _copy(one, practitioner=person, handling=handling, identified_on=day)


def _copy(row: Any, **changed: Any) -> Any:
    """The same row again with other values, without its history."""
    names = [field.name for field in row._meta.concrete_fields if not field.primary_key]
    (made,) = type(row).objects.bulk_create([type(row)(**{name: getattr(row, name) for name in names} | changed)])
    return made


def _analyze() -> None:
    with as_owner(connection.settings_dict):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()


def _paths(town: Town) -> dict[str, Ask]:
    """Each asks about one person and answers with the response."""
    Assignment.objects.create(user=town.officer, role=Role.AGENCY_OFFICER, agency=town.agency, starts_on=LAW_BEGINS)
    office = _signed_in(town.officer)
    holders = {person.pk: _signed_in(_holder(person)) for person in (town.surgeon, town.nurse)}
    settlement, program = _key(town, ApiKey.Scope.SETTLEMENT), _key(town, ApiKey.Scope.PERSON, user=town.officer)
    today = shanghai_day(timezone.now())

    def check(person: Practitioner) -> Any:
        question = {"practitioner": person.code, "institution": town.hospital.code, "on": today.isoformat()}
        return settlement.post("/api/v1/eligibility", json.dumps(question), "application/json")

    def standing(person: Practitioner, **query: str) -> Any:
        return program.get(f"/api/v1/practitioners/{person.uuid}/standing/", query)

    def file(person: Practitioner, **query: str) -> Any:
        return office.get(reverse("admin:registry_practitioner_change", args=[person.pk]), query)

    def own(person: Practitioner, **query: str) -> Any:
        return holders[person.pk].get(reverse("my_file"), query)

    return {
        "check": check,
        "standing": standing,
        "file of the office": file,
        "own file": own,
        f"standing{WHOLE}": lambda person: standing(person, steps="all"),
        f"file of the office{WHOLE}": lambda person: file(person, whole="1"),
    }


def _signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    client.get("/healthz")  # the first page of a session notes its beginning
    return client


def _holder(person: Practitioner) -> User:
    user = User.objects.create(username=f"holder-{person.code}")
    Assignment.objects.create(user=user, role=Role.PRACTITIONER, practitioner=person, starts_on=LAW_BEGINS)
    return user


def _key(town: Town, scope: str, **holder: Any) -> Client:
    now = timezone.now()
    until = now + timedelta(days=1)
    _row, text = issue_key(name=scope, scope=scope, expires_at=until, by=town.officer, now=now, **holder)
    return Client(headers={"authorization": f"Bearer {text}", "accept-language": "zh-hans"})


def _by_turns(name: str, ask: Ask, town: Town) -> dict[str, Any]:
    """The medians of the ratios of turns, of the time that passes and of that of our processor, which PostgreSQL's is
    not among; and what one answer of each takes of both in ms, in queries and in bytes.
    """
    sizes, queries = zip(*(_looked_at(name, ask, person) for person in (town.surgeon, town.nurse)), strict=True)
    pairs: list[tuple[Took, Took]] = []
    for turn in range(TURNS_OF_WHOLE if name.endswith(WHOLE) else TURNS):
        order = (town.surgeon, town.nurse) if turn % 2 else (town.nurse, town.surgeon)
        took = {person.pk: _took(ask, person) for person in order}
        pairs.append((took[town.surgeon.pk], took[town.nurse.pk]))
    figure: dict[str, Any] = {"bytes": sizes, "queries": queries}
    for number, (ratio, ms) in enumerate((("ratio", "ms"), ("processor", "processor_ms"))):
        long, single = ([each[number] for each in side] for side in zip(*pairs, strict=True))
        figure[ratio] = round(statistics.median(one / other for one, other in zip(long, single, strict=True)), 2)
        figure[ms] = [round(statistics.median(side) * 1000, 1) for side in (long, single)]
    print(f"{name}: {figure}", flush=True)
    return figure


def _looked_at(name: str, ask: Ask, person: Practitioner) -> tuple[int, int]:
    """The size of the answer, which is good, and how many queries it takes; nothing of it is counted."""
    ask(person)
    with CaptureQueriesContext(connection) as asked:
        answer = ask(person)
    assert answer.status_code == 200, (name, answer.status_code, answer.content)
    return len(answer.content), len(asked)


def _took(ask: Ask, person: Practitioner) -> Took:
    began = time.perf_counter(), time.process_time()
    ask(person)
    return time.perf_counter() - began[0], time.process_time() - began[1]
