"""The register of another province, as a story needs it: it decides, writes letters, and answers what is asked."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from notifications.actions.exchange import pulling, receiving, reconciling, taking_over
from notifications.actions.exchange.registers import enter_register
from notifications.models import Letter, Register
from notifications.models.pushes import Problem
from notifications.rules.envelope import Letter as Written
from notifications.rules.envelope import body
from notifications.rules.exchange import digest_of_policy, merkle_root
from notifications.wire.asking import Elsewhere, NotAnswered
from notifications.wire.signing import new_pair, public_text, signature_headers
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.models import Practitioner, Region
from registry.models.identifiers import uuid7
from registry.models.keys import new_key
from tests.notifications.exchange import Ticking
from tests.notifications.pushing import administrator

POLICY = "cn-2025"


@dataclass
class Person:
    """Somebody with a file there."""

    code: str
    name: str
    subject: UUID = field(default_factory=uuid7)
    facts: list[dict[str, Any]] = field(default_factory=list)
    letters: list[Written] = field(default_factory=list)


@dataclass
class Other:
    """`down` is how it fails to answer, if it does; `asked` are the paths that were asked for."""

    code: str = "cn-12"
    register: Register = field(init=False)
    people: dict[str, Person] = field(default_factory=dict)
    pair: tuple[bytes, bytes] = field(default_factory=new_pair)
    policies: dict[str, str] = field(default_factory=dict)
    decided: int = 0
    down: Problem | None = None
    asked: list[str] = field(default_factory=list)

    def enter(self, now: datetime) -> "Other":
        """Enter it here."""
        region, _made = Region.objects.get_or_create(code=f"{self.code[3:]}0000", defaults={"name_zh": "某省"})
        self.register = enter_register(
            code=self.code,
            region=region,
            url="https://other.example/",
            networks=["203.0.113.0/24"],
            keys=[public_text(self.pair[0])],
            key_there=new_key()[1],
            by=administrator(),
            now=now,
        )
        return self

    def knows(self, person: Practitioner, *, code: str = "", name: str = "") -> Person:
        """The same person has a file there, under the same code and name unless told otherwise."""
        found = Person(code or person.code, name or person.name)
        self.people[str(found.subject)] = found
        return found

    def scores(self, person: Person, points: int, on: date, at: datetime, **more: Any) -> Written:
        """It records points, and writes a letter."""
        scored = {"points": points, "counted_on": on.isoformat(), "policy": POLICY, "months": None}
        return self._decides(person, "points_scored", on, at, "points.recorded", {**scored, **more})

    def annuls(self, person: Person, entry: dict[str, Any], on: date, at: datetime) -> Written:
        """It annuls an entry."""
        named = {"entry": {"origin": entry["origin"], "id": entry["id"]}}
        return self._decides(person, "entry_annulled", on, at, "entry.annulled", named)

    def _decides(
        self, person: Person, kind: str, on: date, at: datetime, happening: str, more: dict[str, Any]
    ) -> Written:
        self.decided += 1
        fact = {"points": None, "counted_on": None, "policy": "", "months": None, "days": None, "entry": None} | {
            "kind": kind,
            "origin": self.code,
            "id": str(uuid7()),
            "origin_seq": self.decided,
            "decided_at": at.isoformat(),
            "effective_on": on.isoformat(),
            "legacy": False,
            "document_number": f"津医保{self.decided}号",
            "agency": "A120000",
        }
        person.facts.append(fact | more)
        written = Written(
            id=str(uuid7()),
            source=self.code,
            happening=happening,
            subject=str(person.subject),
            sequence=len(person.letters) + 1,
            time=at,
            notice=str(uuid7()),
            url=f"https://other.example/api/v1/practitioners/{person.subject}/",
        )
        person.letters.append(written)
        return written

    def signed(self, content: bytes, letter_id: str, now: datetime) -> dict[str, str]:
        """The headers of a letter that is sent now."""
        return signature_headers(letter_id, int(now.timestamp()), content, [self.pair[1]])

    def sends(self, written: Written, now: datetime) -> receiving.Taken:
        """The letter comes in here."""
        content = body(written)
        headers = self.signed(content, written.id, now)
        return receiving.receive(code=self.code, headers=headers, body=content, now=now)

    # what it answers --------------------------------------------------------------------------------------------------

    def answer(self, there: Elsewhere, path: str, **_more: Any) -> Any:
        """What it says to a question."""
        self.asked.append(path)
        if self.down:
            raise NotAnswered(self.down, 500)
        parts = urlsplit(path)
        asked = dict(parse_qsl(parts.query))
        if parts.path.endswith("/account/"):
            return self._account(parts.path.split("/")[-3])
        if parts.path.endswith("/digest/"):
            ids = [UUID(each.id) for each in self._on(asked["day"])]
            return {"day": asked["day"], "count": len(ids), "root": merkle_root(ids)}
        return {"items": [json.loads(body(each)) for each in self._listed(asked)], "next": None}

    def _account(self, notice: str) -> Any:
        person = next(p for p in self.people.values() if notice in {letter.notice for letter in p.letters})
        named = {fact["policy"] for fact in person.facts if fact["policy"]}
        known = {each: digest_of_policy(policies()[each]) for each in named if each in policies()}
        return {
            "person": {"id": str(person.subject), "codes": [person.code] if person.code else [], "name": person.name},
            "policies": known | self.policies,
            "facts": person.facts,
        }

    def _listed(self, asked: dict[str, str]) -> Iterator[Written]:
        if "day" in asked:
            yield from self._on(asked["day"])
        else:
            above, below = int(asked["above"]), int(asked["below"])
            yield from (each for each in self.people[asked["subject"]].letters if above < each.sequence < below)

    def _on(self, day: str) -> Iterator[Written]:
        for person in self.people.values():
            yield from (each for each in person.letters if shanghai_day(each.time).isoformat() == day)


@contextmanager
def reachable(other: Other) -> Iterator[None]:
    """Inside, whatever is asked of another register is asked of this one."""
    with ExitStack() as stack:
        for module in (taking_over, pulling, reconciling):
            stack.enter_context(patch.object(module, "ask", other.answer))
        yield


def take_over(clock: Ticking) -> int:
    """Take over whatever is due; a clock that stands still has its last look when nothing is."""
    return taking_over.take_over(clock=clock, longest=timedelta(seconds=1))


def letters() -> list[str]:
    """Where the letters stand, in the order of the other register."""
    return list(Letter.objects.order_by("subject", "sequence").values_list("state", flat=True))


def a_doubtful_letter(now: datetime) -> Letter:
    """A letter of Tianjin's register about somebody whom nobody knows here."""
    other = Other().enter(now)
    stranger = Person("D120000999999", "陌生人")
    other.people[str(stranger.subject)] = stranger
    other.sends(other.scores(stranger, 3, now.date(), now), now)
    with reachable(other):
        take_over(Ticking(now))
    return Letter.objects.select_related("register").get()
