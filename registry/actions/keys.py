"""Keys of systems: issued once, shown once, revoked at once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.ledger.days import shanghai_day
from registry.models import ApiKey, User, keys

LONGEST_LIFE = timedelta(days=365)
LONGEST_NAME = 120


ISSUED = (ApiKey.Scope.SETTLEMENT, ApiKey.Scope.PERSON)
"""The kinds of keys that have addresses to ask at."""


def issue_key(
    *, name: str, scope: str, expires_at: datetime, user: User | None = None, by: User | None, now: datetime
) -> tuple[ApiKey, str]:
    """A new key for a system, and its text: the only time that the text exists outside of that system.

    `user` is the person for whom a program acts. Every call makes another key, so that a system can change keys without
    a gap. Raises Refused for a name that is empty or longer than 120 characters, an unknown scope, a program without
    its person or a person without a program, and an end that has passed or lies more than 365 days ahead.
    """
    name = _clean_name(name)
    _require_scope(scope)
    _require_person(scope, user)
    _require_end(expires_at, now)
    prefix, key_text = keys.new_key()
    key = ApiKey(
        name=name,
        scope=scope,
        user=user,
        prefix=prefix,
        digest=keys.digest_of(key_text),
        created_at=now,
        expires_at=expires_at,
    )
    with transaction.atomic():
        keep(key, by=by, now=now)
    return key, key_text


def revoke_key(*, key: ApiKey, by: User | None, now: datetime) -> ApiKey:
    """The key is worth nothing from the next request on. Revoking it again changes nothing."""
    with transaction.atomic():
        present = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
        if present.revoked_at is None:
            present.revoked_at = now
            keep(present, by=by, now=now)
        return present


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > LONGEST_NAME or not cleaned.isprintable():
        raise Refused(
            "key_name_malformed",
            _("“%(name)s” cannot name a key: write 1 to 120 characters that tell which system holds it.")
            % {"name": name[:LONGEST_NAME]},
            field="name",
            value=name,
        )
    return cleaned


def _require_scope(scope: str) -> None:
    if scope not in ISSUED:
        raise Refused(
            "key_scope_unknown",
            _("“%(scope)s” is no role of a system. Choose one of: %(scopes)s.")
            % {"scope": scope, "scopes": ", ".join(ISSUED)},
            field="scope",
            value=scope,
        )


def _require_person(scope: str, user: User | None) -> None:
    if (scope == ApiKey.Scope.PERSON) != (user is not None):
        raise Refused(
            "key_person_refused",
            _("A key of a program of a person names the account for which it acts, and no other key does."),
            field="user",
            value=str(user or ""),
        )


def _require_end(expires_at: datetime, now: datetime) -> None:
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Refused(
            "key_end_refused",
            _("A key cannot end on %(end)s: choose a day from today on, at most %(days)s days ahead.")
            % {"end": shanghai_day(expires_at).isoformat(), "days": LONGEST_LIFE.days},
            field="expires_at",
            value=expires_at,
        )
