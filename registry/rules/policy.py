"""The numbers of the law as dated data: what a policy says, and which one is in force where and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from registry.rules.policy_file import (
    NATIONAL,
    PolicyError,
    PolicyFile,
    Provision,
    Situation,
    Value,
    read_policy_file,
)
from registry.rules.policy_frame import BANDS, GRADES, RULES

__all__ = [
    "GRADES",
    "NATIONAL",
    "MonthRange",
    "NoPolicyInForce",
    "Policies",
    "Policy",
    "PolicyError",
    "Provision",
    "Situation",
    "Value",
    "load_policies",
]

_OWN_FILES = Path(__file__).parent / "policies"


class NoPolicyInForce(LookupError):
    """No policy holds in the region on the day: the scheme had not begun, or had ended."""

    def __init__(self, region: str, on: date) -> None:
        super().__init__(f"no policy is in force in region {region} on {on}")
        self.region = region
        self.on = on


class MonthRange(NamedTuple):
    """The months of a suspension: what applies by default, and between which bounds the agency may choose."""

    default: int
    min: int
    max: int


@dataclass(frozen=True, eq=False)
class Policy:
    """One dated policy, laid over the national one it is based on. Clocks are working days; bars are months."""

    id: str
    region: str
    first_day: date
    last_day: date | None
    draft: bool
    title: Mapping[str, str]
    own_values: frozenset[str]
    _values: Mapping[str, Value]
    provisions: Mapping[str, Provision]
    situations: Mapping[str, Situation]

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def value(self, key: str) -> Value:
        """The value with its provision and certainty. Raises `KeyError` for a key that the policy does not set."""
        return self._values[key]

    def values(self) -> Iterable[tuple[str, Value]]:
        """Every key that is set, in the order of the law."""
        return [(key, self._values[key]) for key in RULES if key in self._values]

    def get(self, key: str) -> Any:
        """The bare value."""
        return self._values[key].value

    def provision(self, key: str) -> Provision:
        """The provision that the value of this key rests on."""
        return self.provisions[self._values[key].provision]

    def covers(self, day: date) -> bool:
        """The day lies between the first and the last day, both included."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    @cached_property
    def suspend_at(self) -> int:
        """The total of a year from which a person is suspended."""
        return int(self.get("thresholds.suspend"))

    @cached_property
    def terminate_at(self) -> int:
        """The total of a year, or the points of one entry, from which a person is terminated."""
        return int(self.get("thresholds.terminate"))

    @cached_property
    def two_years_at(self) -> int | None:
        """Drafts only: the total that suspends if each of two consecutive years has it."""
        value = self._values.get("thresholds.each_of_two_years")
        return None if value is None else int(value.value)

    @cached_property
    def bar_cumulative(self) -> int:
        """The bar after a termination by the total of a year, in months."""
        return int(self.get("bars.cumulative"))

    @cached_property
    def bar_single(self) -> int:
        """The bar after a termination by one entry, in months."""
        return int(self.get("bars.single"))

    @cached_property
    def suspension_start(self) -> str:
        """When a suspension starts: same_day, next_day or next_month."""
        return str(self.get("suspension.start"))

    @cached_property
    def year_of(self) -> str:
        """What decides which year owns the points: the day of the 'handling' or of the 'decision'."""
        return str(self.get("counting.year"))

    @cached_property
    def conduct_from(self) -> date:
        """The first day of conduct that is scored."""
        day: date = self.get("counting.conduct_from")
        return day

    @cached_property
    def grids(self) -> dict[tuple[bool, int], MonthRange]:
        """The months of a suspension by (one entry alone?, total of the year)."""
        return {(single, total): row for single in (True, False) for total, row in self._grid(single)}

    def _grid(self, single: bool) -> Iterator[tuple[int, MonthRange]]:
        grid = "single" if single else "cumulative"
        for total in range(1, self.terminate_at):
            keys = [f"months.{grid}.{total}.{part}" for part in MonthRange._fields]
            if all(key in self for key in keys):
                yield total, MonthRange(*map(self.get, keys))

    def months(self, total: int, *, single: bool) -> MonthRange:
        """The months of a suspension at this total of the year. Raises `KeyError` where there is none."""
        return self.grids[single, total]

    @cached_property
    def bands(self) -> dict[int, tuple[int, int]]:
        """The lowest and the highest points of each band."""
        return {band: (self.get(f"bands.{band}.lo"), self.get(f"bands.{band}.hi")) for band in BANDS}

    @cached_property
    def band_shift(self) -> int:
        """By how many bands the points may leave the situation's band."""
        return int(self.get("bands.shift"))

    def default_points(self, band: int, grade: str) -> int:
        """The points of a grade of responsibility inside a band, unless the agency gives a reason for others."""
        low, high = self.bands[band]
        return {"lowest": low, "middle": (low + high) // 2, "highest": high}[self.get(f"points.{grade}")]

    def allowed_points(self, band: int) -> tuple[int, int]:
        """The lowest and the highest points that a situation of the band may bring, with any permitted shift."""
        lowest, highest = max(1, band - self.band_shift), min(len(BANDS), band + self.band_shift)
        return self.bands[lowest][0], self.bands[highest][1]

    def emergency_exempt(self, status: str) -> bool:
        """Emergency and rescue are paid although the person is 'suspended' or 'terminated'."""
        return bool(self.get(f"emergency.{status}"))

    @cached_property
    def measures_exempt_emergency(self) -> bool:
        """Emergency and rescue are paid although a measure against the institution holds."""
        return bool(self.get("measures.emergency_exempt"))

    def clock(self, name: str) -> int:
        """A time limit in working days, by the name that follows `clocks.` in the file, as in 'objection'."""
        return int(self.get(f"clocks.{name}"))


class Policies(Mapping[str, Policy]):
    """All policies by id, drafts included."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._by_id = {policy.id: policy for policy in policies}
        self._by_region: dict[str, list[Policy]] = {}
        for policy in sorted(self._by_id.values(), key=lambda policy: policy.first_day):
            if not policy.draft:
                self._by_region.setdefault(policy.region, []).append(policy)
        self.for_entries = frozenset(policy.id for policy in self._by_id.values() if not policy.draft)

    def __getitem__(self, policy_id: str) -> Policy:
        return self._by_id[policy_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def in_force(self, region: str, on: date) -> Policy:
        """The policy of the county, else the city, else the province, else the nation. Never a draft.

        Raises `NoPolicyInForce` where not even a national one holds on the day.
        """
        for area in (region, f"{region[:4]}00", f"{region[:2]}0000", NATIONAL):
            for policy in self._by_region.get(area, ()):
                if policy.covers(on):
                    return policy
        raise NoPolicyInForce(region, on)

    def national(self, on: date) -> Policy:
        """The national policy to explain a fact of this day by: the last that had begun, else the first ever."""
        nationals = self._by_region[NATIONAL]
        return next((policy for policy in reversed(nationals) if policy.first_day <= on), nationals[0])


def load_policies(directory: Path | None = None) -> Policies:
    """Read and check every policy file of a directory (by default the law as shipped). Raises `PolicyError`."""
    return _shipped() if directory is None else _load(directory)


@cache
def _shipped() -> Policies:
    return _load(_OWN_FILES)


def _load(directory: Path) -> Policies:
    files = {file.id: file for file in map(read_policy_file, sorted(directory.glob("*.toml")))}
    policies = {file.id: _assemble(file, files) for file in files.values()}
    for file in files.values():
        _check_whole(file, policies[file.id])
        _check_overlaps(file, files)
    if not any(policy.region == NATIONAL and not policy.draft for policy in policies.values()):
        raise PolicyError(str(directory), "region", NATIONAL, "no file holds a national policy")
    return Policies(policies.values())


def _assemble(file: PolicyFile, files: Mapping[str, PolicyFile]) -> Policy:
    base = _base(file, files)
    return Policy(
        id=file.id,
        region=file.region,
        first_day=file.first_day,
        last_day=file.last_day,
        draft=file.draft,
        title=file.title,
        own_values=frozenset(file.values),
        _values={**(base.values if base else {}), **file.values},
        provisions={**(base.provisions if base else {}), **file.provisions},
        situations={**(base.situations if base else {}), **file.situations},
    )


def _base(file: PolicyFile, files: Mapping[str, PolicyFile]) -> PolicyFile | None:
    if file.based_on is None:
        return None
    base = files.get(file.based_on)
    if base is None or base.region != NATIONAL or base.draft or base.based_on:
        raise file.refusal("based_on", file.based_on, "must be a national policy that stands by itself and is no draft")
    return base


def _check_whole(file: PolicyFile, policy: Policy) -> None:
    for key in _needed(policy):
        if key not in policy:
            raise file.refusal(key, None, "is missing: say it, or be based_on a policy that does")
    for key, provision in _sources(policy):
        if provision not in policy.provisions:
            raise file.refusal(key, provision, "names a provision that no file describes")
    _check_bounds(file, policy)


def _check_bounds(file: PolicyFile, policy: Policy) -> None:
    for (single, total), row in policy.grids.items():
        if not row.min <= row.default <= row.max:
            key = f"months.{'single' if single else 'cumulative'}.{total}.default"
            raise file.refusal(key, row.default, f"must lie between min {row.min} and max {row.max}")
    for low, high in _ASCENDING:
        if policy.get(low) >= policy.get(high):
            raise file.refusal(low, policy.get(low), f"must be less than {high} = {policy.get(high)}")


_ASCENDING = (
    ("thresholds.suspend", "thresholds.terminate"),
    ("tiers.talk", "tiers.interview"),
    ("ratios.settlement_paused", "ratios.agreement_suspended"),
)


def _needed(policy: Policy) -> Iterator[str]:
    yield from (key for key, rule in RULES.items() if rule.needed)
    lowest = policy.two_years_at or policy.suspend_at
    for total in range(min(lowest, policy.suspend_at), policy.terminate_at):
        for grid in ("cumulative", "single") if total >= policy.suspend_at else ("cumulative",):
            yield from (f"months.{grid}.{total}.{part}" for part in MonthRange._fields)


def _sources(policy: Policy) -> Iterator[tuple[str, str]]:
    yield from ((key, value.provision) for key, value in policy.values())
    yield from ((f"situations.{code}", item.provision) for code, item in policy.situations.items())


def _check_overlaps(file: PolicyFile, files: Mapping[str, PolicyFile]) -> None:
    for other in files.values():
        same_region = other.region == file.region and not (other.draft or file.draft)
        if same_region and other.id < file.id and _share_days(file, other):
            raise file.refusal("first_day", file.first_day, f"{other.id} covers the same region on some of these days")


def _share_days(one: PolicyFile, other: PolicyFile) -> bool:
    one_last, other_last = one.last_day or date.max, other.last_day or date.max
    return one.first_day <= other_last and other.first_day <= one_last
