"""Who a user is at the provider of identities: said by a security administrator, never by the provider or oneself."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.models import OutsideIdentity, User


def give_identity(*, user: User, server: str, identifier: str, by: User, now: datetime) -> OutsideIdentity:
    """From now on `user` may sign in as `identifier` of the issuer `server`, and as nobody else there; an empty
    identifier takes that back.

    Saying the same again changes nothing. Raises Refused for oneself, and for an identity of somebody else.
    """
    if by.pk == user.pk:
        raise Refused("own_identity", _("Nobody says this of themselves. Ask another security administrator."))
    identifier = identifier.strip()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        row = OutsideIdentity.objects.filter(user=user).first() or OutsideIdentity(user=user)
        if (row.server, row.identifier) == (server, identifier):
            return row
        _require_free(row, server, identifier)
        row.server, row.identifier = server, identifier
        keep(row, by=by, now=now)
        return row


def _require_free(row: OutsideIdentity, server: str, identifier: str) -> None:
    taken = OutsideIdentity.objects.filter(server=server, identifier=identifier).exclude(pk=row.pk)
    if identifier and (other := taken.select_related("user").first()):
        words = _("“%(identifier)s” is the account “%(name)s” already. Take it back there first.")
        named = {"identifier": identifier, "name": other.user.get_username()}
        raise Refused("identity_taken", words % named, field="identifier", value=identifier)
