"""Points entries as they are by now: what was scored, what corrects it, and what it still counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from registry.ledger.law import policies
from registry.models import Fact, FactKind, PointsEntry
from registry.queries.explain import Source, wording


@dataclass(frozen=True, slots=True)
class Present:
    """An entry by now. `points` are those that count: of the last revision, and none at all once annulled."""

    entry: PointsEntry
    annulled: Fact | None
    revised: Fact | None

    @property
    def points(self) -> int:
        """What counts; 0 for an annulled entry, which never existed."""
        if self.annulled:
            return 0
        scored = self.entry.fact.points if self.revised is None else self.revised.points
        assert scored is not None  # both kinds of fact have points
        return scored

    @property
    def situation_words(self) -> str:
        """The wording of the situation in the policy of the entry, in the language of the moment."""
        situation = policies()[self.entry.fact.policy].situations.get(self.entry.situation)
        return wording(situation) if situation else self.entry.situation

    @property
    def source(self) -> Source | None:
        """The provision of the situation; None for one that an older register had."""
        law = policies()[self.entry.fact.policy]
        situation = law.situations.get(self.entry.situation)
        if situation is None:
            return None
        provision = law.provisions[situation.provision]
        return Source(law.id, f"situations.{situation.code}", wording(provision), situation.certainty)


def present_of(entry: PointsEntry) -> Present:
    """The entry by now; its corrections are fetched already, or are asked for."""
    return Present(entry, correction_of(entry, FactKind.ENTRY_ANNULLED), correction_of(entry, FactKind.ENTRY_REVISED))


def correction_of(entry: PointsEntry, kind: str) -> Fact | None:
    """The last correction of the kind, in the order in which they were decided."""
    found: Iterable[Fact] = (fact for fact in entry.fact.corrections.all() if fact.kind == kind)
    return max(found, key=lambda fact: (fact.decided_at, fact.origin, fact.origin_seq), default=None)


def with_everything(entries: QuerySet[PointsEntry]) -> QuerySet[Any]:
    """The entries with all that is shown of them: three queries, however many they are."""
    rows = entries.select_related(
        "fact__agency",
        "practitioner",
        "responsibility",
        "handling__institution",
        "trigger__institution",
        "proposed__proposal__case",
    )
    corrections = Fact.objects.select_related("agency", "entry").order_by("decided_at", "origin", "origin_seq")
    return rows.prefetch_related(Prefetch("fact__corrections", corrections))
