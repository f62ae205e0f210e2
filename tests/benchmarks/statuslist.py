"""The offline list: how large it is, how quickly it is made, loaded and asked, beside two other ways, by turns.

13 million places, 1 % of them not normal. There are rows for these people and no others: who is normal has a place and
nothing else, so making the list reads the same rows. Places lie scattered, as when everybody was asked for.

Beside it: the settlement check of the API, one request for each question, asked in the same process and so without any
network (which is kind to it); and a plain signed JSON object of the personal codes of those who are not normal, which
any program can write. That one is asked more quickly, names everybody, and cannot tell who is normal from who is not
known.
"""

import statistics
import time
import zlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.test import Client
from django.utils import timezone

from registry.actions.keys import issue_key
from registry.actions.status_lists import RENEWED, publish_status_list
from registry.config.database import as_owner
from registry.kit import verify_status_list as kit
from registry.kit.verify_status_list import Lists
from registry.models import ApiKey, ListPlace, Practitioner, StandingSpan, StatusList
from registry.models.certificate_keys import certificate_keys, published_keys
from registry.queries.status_lists import marks_on, recorded
from registry.rules.statements import canonical, token
from tests.town import TODAY, build

PLACES, CHANGES = 13_000_000, 1000
ROUNDS, LOADS, CHECKS, REQUESTS = 3, 5, 200_000, 200
STATUSES, WEIGHTS = (("suspended", False), ("terminated", False), ("terminated", True)), (60, 30, 10)
BEGUN = date(2026, 1, 1)
PLAIN = "plain+jws"
Found = TypeVar("Found")


class Person(NamedTuple):
    """Somebody who has a place."""

    file: int
    code: str
    place: int


def run(practitioners: int | None) -> dict[str, Any]:
    """Bytes, milliseconds and microseconds of each way. `practitioners`: places in the list."""
    size, chance, now = practitioners or PLACES, Random(1), timezone.now()
    request, people = _requests(now), _people(size, chance)
    _stand(people[CHANGES // 2 :], chance)
    _analyze()
    plain = _plain(people[CHANGES // 2 :], now)
    rounds = []
    for number in range(ROUNDS):
        figures = {**_made(now + 2 * number * RENEWED, people, chance), **_plain_bytes(plain)}
        figures |= _asked(size, people, plain, request, chance)
        rounds.append(figures)
        print(f"round {number + 1}: " + ", ".join(f"{name} {each:,.2f}" for name, each in figures.items()), flush=True)
    ratios = {
        "check_x_request": [each["request_us"] / each["check_us"] for each in rounds],
        "check_x_plain": [each["plain_check_us"] / each["check_us"] for each in rounds],
        "load_x_plain": [each["plain_load_ms"] / each["load_ms"] for each in rounds],
    }
    return {
        "path": "statuslist",
        "places": size,
        "not_normal": len(people) - CHANGES // 2,
        "rounds": ROUNDS,
        **{name: round(statistics.median(each[name] for each in rounds), 2) for name in rounds[0]},
        **{name: round(statistics.median(each), 2) for name, each in ratios.items()},
        **{f"{name}_rounds": [round(ratio, 2) for ratio in each] for name, each in ratios.items()},
    }


# who there is ---------------------------------------------------------------------------------------------------------


def _people(size: int, chance: Random) -> list[Person]:
    """One per cent of the places, and some more for the changes; the last place is one of them, so the list is long."""
    places = chance.sample(range(size - 1), size // 100 + CHANGES // 2 - 1)
    places.append(size - 1)
    now = timezone.now()
    codes = [f"D43{number:010d}" for number in chance.sample(range(10**10), len(places))]
    rows = [Practitioner(code=code, name="某", category="nurse", recorded_at=now) for code in codes]
    Practitioner.objects.bulk_create(rows, batch_size=2000)
    people = [Person(row.pk, row.code, place) for row, place in zip(rows, places, strict=True)]
    chance.shuffle(people)
    given = [ListPlace(place=each.place, practitioner_id=each.file, recorded_at=now) for each in people]
    ListPlace.objects.bulk_create(given, batch_size=10_000)
    return people


def _stand(people: list[Person], chance: Random) -> None:
    """They are not normal from a day on."""
    standing = zip(people, chance.choices(STATUSES, WEIGHTS, k=len(people)), strict=True)
    spans = [
        StandingSpan(practitioner_id=each.file, starts_on=BEGUN, status=status, points=9, may_reregister=may)
        for each, (status, may) in standing
    ]
    StandingSpan.objects.bulk_create(spans, batch_size=5000)


def _change(people: list[Person], chance: Random) -> None:
    """Half of the changes are returns to normal, half are new; who returned stands first, to be changed again."""
    half = CHANGES // 2
    returning = people[half : 2 * half]
    StandingSpan.objects.filter(practitioner_id__in=[each.file for each in returning]).delete()
    _stand(people[:half], chance)
    people[:] = [*returning, *people[2 * half :], *people[:half]]


def _analyze() -> None:
    """As the owner of the tables, as the server itself does after a while."""
    with as_owner(connection.settings_dict):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()


# one round ------------------------------------------------------------------------------------------------------------


def _made(now: datetime, people: list[Person], chance: Random) -> dict[str, float]:
    """A list, a thousand changes, and the next one; both are published anew for being an hour old."""
    first, made = _timed(lambda: publish_status_list(now=now))
    _change(people, chance)
    second, made_with_delta = _timed(lambda: publish_status_list(now=now + RENEWED))
    assert first is not None
    assert second is not None
    _, rows = _timed(lambda: marks_on(second.day))
    _, nothing = _timed(recorded)
    lists, at = Lists(published_keys()), second.known_at.timestamp()
    lists.take(first.token, now=at)
    _, followed = _timed(lambda: lists.follow([second.delta], at))
    assert lists.take(second.token, now=at).root == second.root
    return {
        "list_bytes": len(second.token),
        "delta_bytes": len(second.delta),
        "first_ms": made,
        "made_ms": made_with_delta,
        "of_it_rows_ms": rows,
        "nothing_new_ms": nothing,
        "follow_ms": followed,
    }


def _asked(
    size: int, people: list[Person], plain: str, request: Callable[[], None], chance: Random
) -> dict[str, float]:
    newest = StatusList.objects.latest("sequence")
    at, day = newest.known_at.timestamp(), newest.day.isoformat()
    loads, plain_loads = [], []
    for _ in range(LOADS):
        lists = Lists(published_keys())
        loads.append(_timed(lambda into=lists: into.take(newest.token, now=at))[1])  # type: ignore[misc]
        codes, milliseconds = _timed(lambda: kit._claims(plain, PLAIN, published_keys(), at)["codes"])
        plain_loads.append(milliseconds)
    places = [chance.randrange(size) for _ in range(CHECKS)]
    named = [chance.choice(people).code if chance.random() < 0.01 else f"D44{place:010d}" for place in places]

    def check() -> None:
        for place in places:
            lists.check(place, day)

    def check_plain() -> None:
        for code in named:
            codes.get(code, 0)

    return {
        "load_ms": statistics.median(loads),
        "plain_load_ms": statistics.median(plain_loads),
        "check_us": _timed(check)[1] * 1000 / CHECKS,
        "plain_check_us": _timed(check_plain)[1] * 1000 / CHECKS,
        "request_us": _timed(request)[1] * 1000 / REQUESTS,
    }


def _timed(do: Callable[[], Found]) -> tuple[Found, float]:
    """What came of it, and the milliseconds."""
    began = time.perf_counter()
    found = do()
    return found, (time.perf_counter() - began) * 1000


# the other ways -------------------------------------------------------------------------------------------------------


def _requests(now: datetime) -> Callable[[], None]:
    town = build()
    ends = now + timedelta(days=9)
    _, key = issue_key(name="结算", scope=ApiKey.Scope.SETTLEMENT, expires_at=ends, by=town.officer, now=now)
    asked = {"practitioner": town.surgeon.code, "institution": town.hospital.code, "on": TODAY.isoformat()}
    client, headers = Client(), {"authorization": f"Bearer {key}"}

    def ask() -> None:
        for _ in range(REQUESTS):
            answer = client.post("/api/v1/eligibility", asked, "application/json", headers=headers)
            assert answer.status_code == 200, answer.content

    ask()
    return ask


def _plain(people: list[Person], now: datetime) -> str:
    key, seconds = certificate_keys()[0], int(now.timestamp())
    codes = {each.code: 1 + number % 3 for number, each in enumerate(people)}
    text = canonical({"iat": seconds, "exp": seconds + 86400, "codes": codes})
    return token(text, key_id=key.id, signature=key.sign(text, kind=PLAIN), kind=PLAIN)


def _plain_bytes(plain: str) -> dict[str, float]:
    """As it is, and compressed for the way."""
    return {"plain_bytes": len(plain), "plain_bytes_compressed": len(zlib.compress(plain.encode(), 9))}
