"""Everything that is kept about a practitioner, for the program of that practitioner only."""

from typing import Any

from rest_framework import serializers

from registry.api.desk import One
from registry.api.opening import OnPractitioner
from registry.api.shapes import Shape
from registry.queries.own_data import own_data
from registry.queries.roles import OWN_FILE


class Kept(serializers.DictField):
    """A row as it is kept, whatever it holds."""


def _rows(words: str) -> serializers.ListField:
    return serializers.ListField(child=Kept(), help_text=words)


class OwnDataShape(Shape):
    """What the register holds, part by part; officers stand in it by their office, document numbers with stars."""

    as_of = serializers.DateTimeField(help_text="when it was put together")
    standing = serializers.DictField(help_text="today, with the steps that led to it")
    files = _rows("the file, and those merged into it")
    codes = _rows("every personal code, former ones among them")
    names = _rows("every name, with the time for which it was known")
    places_in_the_list = _rows(
        "the place of each file in the offline list of the settlement check, once one was asked for"
    )
    documents = _rows("identity documents")
    certificates = _rows("professional certificates")
    merges = _rows("merges of these files")
    changes_of_the_record = _rows("each version of the record of the person")
    registrations = _rows("each version of each registration")
    facts = _rows("the facts of the ledger with their reasons")
    entries = _rows("the points entries behind the facts")
    periods = _rows("suspensions and terminations")
    changes = _rows("changes of standing")
    responsibilities = _rows("parts in handlings and triggers, with the grounds")
    triggers = _rows("personal triggers")
    proposals = _rows("points proposed")
    proposed_entries = _rows("each situation proposed")
    deliveries = _rows("how notices were served")
    tasks = _rows("what somebody owes or owed about the person")
    steps = _rows("steps of procedures")
    looks = _rows("every look into the file: when, of which office, what for")
    accounts = _rows("the accounts of the file")
    codes_of_access = _rows("codes of access that were issued")
    requests_for_corrections = _rows("what was asked to be corrected, with the answers")
    objections = _rows("objections and appeals with statements and decisions")
    points_of_dispute = _rows("what each of them disputes")
    evidence = _rows("evidence handed in, by title")
    outcomes_elsewhere = _rows("decisions of reconsiderations and courts")
    outcomes_for_entries = _rows("what these say of each entry")
    applications = _rows("applications for repair")
    activities = _rows("activities taken part in")
    notices = _rows("who was told of what about the person, when and why")
    subscriptions = _rows("who asked to be told of the person, from when until when")


class OwnData(OnPractitioner, One):
    """Everything that the register holds about you: for your own program and nobody else's."""

    tag = "practitioners"
    shape = OwnDataShape
    seen_by = OWN_FILE

    def find(self, **path: Any) -> dict[str, Any]:
        return own_data(self.person(**path), self.asker.now)
