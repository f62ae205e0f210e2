"""The lottery that draws a panel of experts. Whoever has the seed can draw it again, with this text alone.

**Before.** The seed is 32 bytes from chance, used for one draw only. Its *commitment* is SHA-256(seed); it is published
before the pool is frozen. Then pool and case are frozen and their digests are published (see `digests`), then the
seed. Hashes are written as 64 lower-case hexadecimal digits.

**The draw.** Lots are tickets, as in a drum; there is no arithmetic but on small whole numbers, so that no machine can
come to another result.

1. Whoever has a reason against sitting (see `exclusions`) is out. The others are *eligible*; fewer of them than seats,
   and there is no draw.
2. The *middle load* is the load of the eligible expert in the middle when the loads are put in rising order; of two in
   the middle, the lower one: number (n - 1) // 2 of n, counted from 0.
3. An expert has 2^k *tickets*, where k = 3 + middle load - own load, but at least 0 and at most 6. With the middle
   load that is 8; one panel more halves them, one fewer doubles them; nobody has fewer than 1 or more than 64.
4. The *number* of a ticket is HMAC-SHA256. The key is the seed (32 bytes), the message the ASCII text
   `panel-draw-1`, id of the case, id of the expert and place of the ticket (1, 2, 3 … in decimal), joined by single
   line feeds (0x0A), none at the end.
5. The tickets are drawn from the lowest number to the highest, and an expert's first ticket counts. So the order of
   drawing is by the lowest number that each expert has. (Were two experts' numbers ever equal, the id that sorts
   first by its bytes would go first.)
6. The first `size` experts are the panel, in this order; the rest are the reserves, in this order.

**Replacement.** A silent or recused expert is left out of the order of drawing and everybody behind moves up: the next
reserve takes the free seat. Nothing is drawn anew.

The chance to be drawn next is thus exactly one's share of the tickets of those not drawn yet. An expert's tickets do
not depend on who else is in the pool, except through the middle load: while that stays, taking anybody out of the pool
leaves the order of all others as it was.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

from appeals.rules.digests import case_digest, pool_digest
from appeals.rules.exclusions import REASONS, Excluded, sort_out
from appeals.rules.pool import Case, Expert, InvalidDraw, Terms, check

LOTTERY = "panel-draw-1"
"""The name of this lottery: another way of drawing needs another name."""

SEED_BYTES = 32
DOUBLINGS_AT_THE_MIDDLE = 3
MOST_DOUBLINGS = 6


class TooFewExperts(Exception):
    """There are more seats than experts who can sit: `missing` says how many more it takes."""

    def __init__(self, *, seats: int, able: int, because: str) -> None:
        self.missing = seats - able
        super().__init__(
            f"The panel has {seats} seats and {able} of the experts can sit: {self.missing} missing. {because}"
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """An eligible expert: how many tickets they had, and which of them (from 1) had their lowest number."""

    expert: str
    load: int
    tickets: int
    ticket: int
    number: str


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome, with everything it can be added up again from.

    `drawn` is in the order of drawing; the panel is its first part and the reserves are the rest. `excluded` is in the
    order of ids.
    """

    pool_digest: str
    case_digest: str
    middle_load: int
    panel: tuple[str, ...]
    reserves: tuple[str, ...]
    drawn: tuple[Drawn, ...]
    excluded: tuple[Excluded, ...]


def commitment_to(seed: bytes) -> str:
    """What is published before the pool is frozen. Raises `InvalidDraw` for a seed of another length."""
    if len(seed) != SEED_BYTES:
        raise InvalidDraw("seed", f"{len(seed)} bytes", f"must be {SEED_BYTES} bytes")
    return hashlib.sha256(seed).hexdigest()


def draw(*, commitment: str, seed: bytes, pool: Sequence[Expert], case: Case, terms: Terms) -> Result:
    """Draw the panel; the order of the pool does not matter.

    Raises `InvalidDraw` where the seed is not the one committed to or an input cannot be one, and `TooFewExperts`.
    """
    if commitment_to(seed) != commitment:
        raise InvalidDraw("commitment", commitment, "is not the SHA-256 of the seed")
    check(pool, case, terms)
    eligible, excluded = sort_out(pool, case, terms)
    if len(eligible) < terms.size:
        raise TooFewExperts(seats=terms.size, able=len(eligible), because=_counted(excluded))
    middle = middle_load(eligible)
    drawn = rank(seed, case.id, eligible, middle)
    order = tuple(each.expert for each in drawn)
    return Result(
        pool_digest=pool_digest(pool),
        case_digest=case_digest(case, terms),
        middle_load=middle,
        panel=order[: terms.size],
        reserves=order[terms.size :],
        drawn=drawn,
        excluded=excluded,
    )


def seated(result: Result, *, without: Container[str]) -> tuple[str, ...]:
    """The panel when the silent and recused experts are replaced, in the order of drawing.

    Raises `TooFewExperts` when the reserves are used up.
    """
    able = [expert for expert in (*result.panel, *result.reserves) if expert not in without]
    if len(able) < len(result.panel):
        raise TooFewExperts(seats=len(result.panel), able=len(able), because="The reserves are used up.")
    return tuple(able[: len(result.panel)])


def middle_load(eligible: Sequence[Expert]) -> int:
    """The load of the expert in the middle; of two in the middle, the lower one. There must be somebody."""
    return sorted(expert.load for expert in eligible)[(len(eligible) - 1) // 2]


def tickets_for(load: int, middle: int) -> int:
    """How many tickets an expert with this load has: 1 to 64."""
    return 1 << min(max(DOUBLINGS_AT_THE_MIDDLE + middle - load, 0), MOST_DOUBLINGS)


def rank(seed: bytes, case_id: str, eligible: Sequence[Expert], middle: int) -> tuple[Drawn, ...]:
    """The eligible experts in the order of drawing."""
    drawn = [_drawn(seed, case_id, expert, tickets_for(expert.load, middle)) for expert in eligible]
    return tuple(sorted(drawn, key=lambda each: (each.number, each.expert)))


def ticket_number(seed: bytes, case_id: str, expert_id: str, ticket: int) -> str:
    """The number of one ticket, in 64 hexadecimal digits; `ticket` counts from 1."""
    message = f"{LOTTERY}\n{case_id}\n{expert_id}\n{ticket}".encode("ascii")
    return hmac.digest(seed, message, "sha256").hex()


def _drawn(seed: bytes, case_id: str, expert: Expert, tickets: int) -> Drawn:
    number, ticket = min((ticket_number(seed, case_id, expert.id, each), each) for each in range(1, tickets + 1))
    return Drawn(expert.id, expert.load, tickets, ticket, number)


def _counted(excluded: Sequence[Excluded]) -> str:
    counts = Counter(reason for each in excluded for reason in each.reasons)
    told = ", ".join(f"{reason} {counts[reason]}" for reason in REASONS if counts[reason])
    return f"Excluded are {len(excluded)} ({told})." if told else "Nobody is excluded: the pool is too small."
