"""What a sheaf writes in one statement is, row for row, what saving one row after the other would have written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from registry.actions import decisions, points, procedure
from registry.actions.decisions import Finding, Outcome, decide_held, decide_reviewed, hold
from registry.actions.errors import Refused
from registry.actions.procedure import CLOCK, for_agency
from registry.actions.proposals import object_to
from registry.actions.silence import decide_by_silence
from registry.ledger import projection, writing
from registry.ledger.sheaf import RowsMissing, Sheaf
from registry.models import Case, Fact, Practitioner, Proposal, Task
from tests.casework import Desk, desk, morning_after, received
from tests.town import TODAY, at

pytestmark = pytest.mark.django_db

LATER = at(TODAY, 15)
OFTEN_NEW = {"id", "history_id", "uuid", "hash", "prev_hash", "salt", "origin_id", "origin_seq", "number"}
"""Columns that are another value whenever a row is written."""

Rows = dict[str, list[dict[str, Any]]]


class OneByOne(Sheaf):
    """The same by the ORM and the signals of simple-history."""

    def __init__(self) -> None:
        super().__init__()
        self.saves: list[Callable[[], Any]] = []

    def add(self, row: models.Model) -> None:
        self.saves.append(lambda: row.save(force_insert=True))

    def change(self, row: Any, changed: Any, *, by: Any, now: Any, why: str = "") -> None:
        row._history_user, row._history_date, row._change_reason = by, now, why or None
        self.saves.append(row.save)

    def replace(self, model: Any, files: Any, rows: Any) -> None:
        about = model.objects.filter(practitioner_id__in=list(files))
        self.saves += [about.delete, lambda: model.objects.bulk_create(rows)]

    def also(self, statement: str, **values: Any) -> None:
        def execute() -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)

        self.saves.append(execute)

    def write(self) -> None:
        for save in self.saves:
            save()
        self.saves = []


def held(here: Desk, *scored: int) -> Proposal:
    proposal = received(here, *scored)
    hold(proposal, "policy_wants_an_officer", acting=CLOCK, now=at(TODAY, 14))
    return proposal


def suspend_by_an_officer(here: Desk) -> None:
    decide_held(proposal=held(here, 9), by=here.reviewer, now=LATER)


def two_situations_by_an_officer(here: Desk) -> None:
    decide_held(proposal=held(here, 3, 5), by=here.reviewer, second=here.another, now=LATER)


def one_of_two_in_the_case(here: Desk) -> None:
    other = received(here, 2, who=here.nurse)
    decide_held(proposal=held(here, 3), by=here.reviewer, now=LATER)
    assert other.case.state == "open"


def reduced_after_review(here: Desk) -> None:
    proposal = received(here, 3, 5)
    acting = for_agency(here.reviewer, here.town.agency, here.another)
    object_to(proposal=proposal, acting=acting, now=at(TODAY, 14))
    first, second = proposal.items.order_by("pk")
    found = {first.pk: Finding(Outcome.ANNULLED), second.pk: Finding(Outcome.REDUCED, 2)}
    decide_reviewed(proposal=proposal, findings=found, acting=acting, grounds="复核", now=LATER)


def annulled_after_review(here: Desk) -> None:
    proposal = received(here, 3)
    acting = for_agency(here.reviewer, here.town.agency)
    object_to(proposal=proposal, acting=acting, now=at(TODAY, 14))
    found = {item.pk: Finding(Outcome.ANNULLED) for item in proposal.items.all()}
    decide_reviewed(proposal=proposal, findings=found, acting=acting, grounds="查无实据", now=LATER)


def silence(here: Desk) -> None:
    decide_by_silence(now=morning_after(received(here, 4)))


STORIES = (
    suspend_by_an_officer,
    two_situations_by_an_officer,
    one_of_two_in_the_case,
    reduced_after_review,
    annulled_after_review,
    silence,
)


@contextmanager
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        for module in (decisions, points, procedure, projection, writing):
            patched.setattr(module, "Sheaf", OneByOne)
        yield


def rows_after(story: Callable[[Desk], None], here: Desk) -> Rows:
    """Every row of the register after the story, of which nothing stays."""
    with transaction.atomic():
        story(here)
        found = {model._meta.db_table: _rows(model) for model in apps.get_app_config("registry").get_models()}
        transaction.set_rollback(True)
    return found


def _rows(model: type[models.Model]) -> list[dict[str, Any]]:
    rows = list(model._default_manager.order_by("pk").values())
    numbers: dict[Any, int] = {}
    for row in rows:
        for name in OFTEN_NEW & row.keys():
            del row[name]
        row |= {
            name: numbers.setdefault((name, value), len(numbers))
            for name, value in row.items()
            if _names_a_row(value, name)
        }
        row |= {name: len(value) for name, value in row.items() if name == "because"}
    return rows


def _names_a_row(value: Any, name: str) -> bool:
    return value is not None and (name.endswith("_id") or name == "subject")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_same_rows_are_there_as_if_each_had_been_saved(
    story: Callable[[Desk], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = desk()
    together = rows_after(story, here)
    with one_by_one(monkeypatch):
        apart = rows_after(story, here)
    differing = {
        table: [pair for pair in zip(apart[table], together[table], strict=True) if pair[0] != pair[1]][:2]
        for table in apart
        if apart[table] != together[table]
    }
    assert differing == {}
    assert together["registry_historicalproposal"]


def test_a_row_that_is_gone_is_missed() -> None:
    here = desk()
    proposal = held(here, 3)
    sheaf = Sheaf()
    task = Task.objects.filter(subject=proposal.uuid).order_by("pk").first()
    assert task is not None
    Task.objects.filter(pk=task.pk).delete()
    sheaf.change(task, ("state",), by=None, now=LATER)
    with pytest.raises(RowsMissing, match="0 of 1 rows of Task"):
        sheaf.write()


def test_what_the_database_refuses_is_named_and_leaves_nothing() -> None:
    here = desk()
    proposal = held(here, 3)
    sheaf = Sheaf()
    case = proposal.case
    case.state = Case.State.CLOSED
    sheaf.change(case, ("state",), by=None, now=LATER)
    sheaf.add(Practitioner(code=here.surgeon.code, name="王伟", category="physician", recorded_at=LATER))
    with pytest.raises(IntegrityError, match="registry_practitioner_code_key"), transaction.atomic():
        sheaf.write()
    case.refresh_from_db()
    assert case.state == "open"


def test_a_person_who_was_added_to_meanwhile_cannot_be_added_to_again() -> None:
    here = desk()
    proposal = held(here, 3)
    with transaction.atomic():
        person = writing.lock(here.surgeon)
    decide_held(proposal=proposal, by=here.reviewer, now=LATER)
    draft = writing.Draft(kind="points_scored", points=2, counted_on=TODAY, policy="cn-2025")
    with pytest.raises(IntegrityError, match="a_file_numbers_its_facts_once"), transaction.atomic():
        writing.append(practitioner=here.surgeon, draft=draft, now=LATER, person=person)
    assert Fact.objects.count() == 1


def test_a_decision_is_few_journeys(django_assert_max_num_queries: Any) -> None:
    here = desk()
    suspended = held(here, 9)
    with django_assert_max_num_queries(8):
        decide_held(proposal=suspended, by=here.reviewer, now=LATER)
    with pytest.raises(Refused, match="not_possible_now"):
        decide_held(proposal=suspended, by=here.reviewer, now=LATER)
