"""Who somebody is at the provider of identities is said by another one, once for each identity, and kept."""

import pytest

from registry.actions.errors import Refused
from registry.actions.identities import give_identity
from registry.models import OutsideIdentity, User
from registry.queries.identities import account_of_identity
from tests.town import TODAY, at

SERVER, OTHER = "https://id.example", "https://id.other.example"
NOW = at(TODAY)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> tuple[User, User, User]:
    return User.objects.create_user("guan"), User.objects.create_user("zhao"), User.objects.create_user("qian")


def give(user: User, by: User, identifier: str = "zhao.wei", server: str = SERVER) -> OutsideIdentity:
    return give_identity(user=user, server=server, identifier=identifier, by=by, now=NOW)


def test_an_identity_opens_the_account_it_was_given_to_at_that_server_only(people: tuple[User, User, User]) -> None:
    guan, zhao, _qian = people
    give(zhao, guan, " zhao.wei ")
    assert account_of_identity(SERVER, "zhao.wei") == zhao
    for server, identifier in ((SERVER, "Zhao.Wei"), (SERVER, "zhao"), (SERVER, ""), (OTHER, "zhao.wei")):
        assert account_of_identity(server, identifier) is None
    User.objects.filter(pk=zhao.pk).update(is_active=False)
    assert account_of_identity(SERVER, "zhao.wei") is None


def test_taken_back_it_opens_nothing_and_may_be_given_to_another(people: tuple[User, User, User]) -> None:
    guan, zhao, qian = people
    for user in (zhao, qian):
        give(user, guan)
        give(user, guan, "")
    assert account_of_identity(SERVER, "") is None
    give(qian, guan)
    assert account_of_identity(SERVER, "zhao.wei") == qian


def test_nobody_says_it_of_themselves_and_no_identity_is_two_accounts(people: tuple[User, User, User]) -> None:
    guan, zhao, qian = people
    give(zhao, guan)
    for user, code in ((guan, "own_identity"), (qian, "identity_taken")):
        with pytest.raises(Refused) as refused:
            give(user, guan)
        assert refused.value.code == code
    give(qian, guan, server=OTHER)  # there it is somebody else


def test_who_said_it_and_when_is_kept_and_saying_it_again_is_nothing_new(people: tuple[User, User, User]) -> None:
    guan, zhao, _qian = people
    for identifier in ("zhao.wei", "zhao.wei", "wei.zhao"):
        give(zhao, guan, identifier)
    kept = OutsideIdentity.objects.get().history.order_by("history_id")
    assert [(row.identifier, row.history_user, row.history_date) for row in kept] == [
        ("zhao.wei", guan, NOW),
        ("wei.zhao", guan, NOW),
    ]
