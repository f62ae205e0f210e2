"""What a draft can be about, and what is known of each thing while it is written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from appeals.models import Draft
from appeals.queries.disputed import appealable, behind_the_standing, present_points
from registry.ledger.days import shanghai_day
from registry.ledger.law import policies
from registry.ledger.writing import unlocked
from registry.models import Fact, Practitioner, ProposedEntry, User
from registry.queries.explain import wording
from registry.rules.policy_frame import FOR_EVER


@dataclass(frozen=True, slots=True)
class Thing:
    """One proposed item, or one entry on record, that a point can be about; `points` are those that it has by now."""

    key: str
    about: ProposedEntry | Fact
    points: int
    situation: str = ""

    @property
    def entry(self) -> Fact | None:
        """The entry on record; None for what is only proposed."""
        return self.about if isinstance(self.about, Fact) else None

    @property
    def situation_words(self) -> str:
        """The wording of the situation in the language of the moment; nothing where an older register named none."""
        if isinstance(self.about, Fact):
            law, code = policies()[self.about.policy], self.situation
        else:
            law, code = policies()[self.about.proposal.policy], self.about.situation
        found = law.situations.get(code)
        return wording(found) if found else code


def own_drafts(user: User) -> QuerySet[Draft]:
    """The drafts of the author about the own file, the one changed last first."""
    rows = Draft.objects.filter(user=user).select_related("proposal__case__agency", "practitioner")
    return rows.order_by("-changed_at", "-pk")


def things_of(draft: Draft, today: date) -> dict[str, Thing]:
    """What the points of the draft can be about, by key: the items proposed, or the entries on record.

    Of an appeal against the standing, those that the standing of the day rests on.
    """
    if draft.proposal is not None:
        items = draft.proposal.items.select_related("proposal").order_by("pk")
        return {str(item.pk): Thing(str(item.pk), item, item.points) for item in items}
    if not draft.words.standing:
        return entries_of(draft.practitioner)
    behind = {fact.pk for fact in behind_the_standing(unlocked(draft.practitioner), today)}
    return {key: each for key, each in entries_of(draft.practitioner).items() if each.about.pk in behind}


def entries_of(practitioner: Practitioner, *, files: Collection[int] = ()) -> dict[str, Thing]:
    """The entries of the person that are not annulled, by key, the latest first."""
    return {
        str(fact.origin_id): Thing(str(fact.origin_id), fact, present_points(fact), _situation(fact))
        for fact in appealable(practitioner, files=files)
    }


def kept_until(draft: Draft) -> date | None:
    """The last day on which the draft is kept if nothing is changed; None where the policy keeps it for ever."""
    changed = shanghai_day(draft.changed_at)
    days = policies().national(changed).get("retention.drafts")
    return None if days == FOR_EVER else changed + timedelta(days=days)


def changed_before(moment: datetime) -> QuerySet[Draft]:
    """The drafts that nobody changed since, to be forgotten."""
    return Draft.objects.filter(changed_at__lt=moment)


def _situation(fact: Fact) -> str:
    recorded = getattr(fact, "points_entry", None)
    return recorded.situation if recorded else ""
