"""Resources and their editions: what a record said from an instant on, under a number that stays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from registry.api.asking import Asker
from registry.api.fhir.searching import Param, Search
from registry.ledger.days import SHANGHAI
from registry.models import Practitioner


@dataclass(frozen=True, slots=True)
class Edition:
    """The `number`-th edition of a resource, from the instant `at` on; without `body` it is no longer there."""

    number: int
    at: datetime | None
    body: Callable[[], dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Found:
    """A resource that was found, in its present edition."""

    id: str
    edition: Edition


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found; `last` is where the next page begins, empty on the last one."""

    found: Sequence[Found]
    last: str


class Resource:
    """A type of resource for whoever asks: what is not theirs is not there."""

    type: ClassVar[str]
    about_people: ClassVar[bool] = True
    """Whether what a search says may identify a person."""

    parameter: ClassVar[str]
    """What the id is called in addresses."""

    params: ClassVar[Mapping[str, Param]]

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.opened: list[Practitioner] = []
        """Whose files what was found last opens."""

    def editions(self, id_: str) -> Sequence[Edition]:
        """Every edition, oldest first. Raises NotFound."""
        raise NotImplementedError

    def page(self, search: Search) -> Page:
        """One page of what a search finds. Raises Problem."""
        raise NotImplementedError


def document(type_: str, id_: str, edition: Edition) -> dict[str, Any]:
    """The resource as it is answered."""
    assert edition.body is not None
    meta = {"versionId": str(edition.number)}
    if edition.at:
        meta["lastUpdated"] = instant(edition.at)
    return {"resourceType": type_, "id": id_, "meta": meta, **edition.body()}


def instant(at: datetime) -> str:
    """An instant as FHIR writes it, by the clocks of Shanghai."""
    return at.astimezone(SHANGHAI).isoformat(timespec="microseconds" if at.microsecond else "seconds")


def period(starts_on: date, ends_on: date | None) -> dict[str, str]:
    """The days [starts_on, ends_on) as FHIR means them: its `end` is the last day that counts."""
    if ends_on is None:
        return {"start": starts_on.isoformat()}
    if ends_on <= starts_on:
        return {}
    return {"start": starts_on.isoformat(), "end": (ends_on - timedelta(days=1)).isoformat()}


def without_nothing(document_: Mapping[str, Any]) -> dict[str, Any]:
    """The members that hold something: FHIR knows neither null nor an empty list."""
    return {name: value for name, value in document_.items() if value not in (None, "", [], {})}
