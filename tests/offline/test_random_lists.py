"""Over registers made by chance: the list says what the facts say, and the lists and the deltas are one chain."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from registry.actions import status_lists as acts
from registry.actions.status_lists import publish_status_list
from registry.kit.verify_status_list import Lists, Refused, read_list
from registry.models import StatusList
from registry.models.certificate_keys import published_keys
from registry.queries import status_lists as queries
from registry.rules import status_list as rules
from tests.offline.random_changes import Going, wanted

pytestmark = pytest.mark.django_db
STEPS = 40


def live(seed: int, steps: int = STEPS) -> Counter[str]:
    """A register goes on; after each step the list held by deltas alone is that of the register. What was answered."""
    going = Going(Random(seed))
    held, said = Lists(published_keys()), Counter[str]()
    for number in range(steps):
        second = going.now.timestamp()
        if (new := publish_status_list(now=going.now)) and new.delta:
            held.follow([new.delta], second)
        elif new:
            held.take(new.token, now=second)
        said["published" if new else "nothing new"] += 1
        said.update(_compared(held, new, second))
        if number < steps - 1:
            going.step()
    sequences = list(StatusList.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, said["published"] + 1))
    return said


def _compared(held: Lists, new: StatusList | None, second: float) -> list[str]:
    """What is answered of every place, once it was found to be right."""
    newest = held.newest
    assert newest is not None
    if new:
        again = read_list(new.token, published_keys(), second)
        assert (again.content, again.identity) == (newest.content, newest.identity)
        assert (again.size, again.expires) == (newest.size, newest.expires)
    found = {place: held.check(place, newest.day, second) for place in range(newest.size)}
    assert found == wanted(date.fromisoformat(newest.day))
    return list(found.values())


@pytest.mark.parametrize("seed", [0, 2])
def test_the_list_says_of_every_place_what_the_facts_say_and_follows_from_the_one_before(seed: int) -> None:
    said = live(seed)
    assert {"published", "nothing new", "normal", "suspended", "terminated", "not_reregistered"} == {*said}


PLANTED = {
    "absorbed files are left out": (queries, "_STANDINGS", "merged.undone_at IS NULL", "false"),
    "undone merges hold for ever": (queries, "_STANDINGS", "merged.undone_at IS NULL", "true"),
    "what is to come counts already": (queries, "_STANDINGS", "starts_on <= %(day)s", "starts_on <= %(day)s + 60"),
    "changes are not looked at": (queries, "_RECORDED", "ORDER BY id DESC", "WHERE cause = 'day' ORDER BY id DESC"),
    "merges are not looked at": (queries, "_RECORDED", "ORDER BY id DESC", "WHERE cause = 'fact' ORDER BY id DESC"),
    "places are not looked at": (queries, "_RECORDED", "max(id) + 1", "min(id)"),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_a_bug_in_what_is_read_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, good, bad = PLANTED[bug]
    text = getattr(module, name)
    assert text.count(good) == 1
    monkeypatch.setattr(module, name, text.replace(good, bad))
    with pytest.raises((AssertionError, Refused)):
        live(0)


def test_a_delta_that_forgets_who_is_normal_again_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    good = rules.differences
    monkeypatch.setattr(rules, "differences", lambda *pair: (each for each in good(*pair) if each[1]))
    with pytest.raises(Refused, match="the root is another one"):
        live(0)


def test_a_list_that_was_altered_in_the_database_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    going = Going(Random(1))
    monkeypatch.setattr(
        acts, "list_claims", lambda picture, subject: rules.list_claims(going_wrong(picture), subject=subject)
    )
    publish_status_list(now=going.now)
    with pytest.raises(acts.ListAltered):
        publish_status_list(now=going.now + acts.RENEWED)


def going_wrong(picture: rules.Picture) -> rules.Picture:
    """With one bit more."""
    return picture._replace(content=bytes([picture.content[0] ^ 1]) + picture.content[1:])
