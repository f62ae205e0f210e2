"""Keys of systems: issued once, shown once, revoked at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.actions.errors import Refused
from registry.actions.keeping import keep
from registry.ledger.days import shanghai_day
from registry.models import ApiKey, Authority, Region, User, keys
from registry.queries.explain import day

PROVINCE = 2
"""Digits that name a province (GB/T 2260)."""

LONGEST_LIFE = timedelta(days=365)
LONGEST_NAME = 120
LONGEST_OVERLAP = timedelta(days=30)
ISSUED = (ApiKey.Scope.SETTLEMENT, ApiKey.Scope.PERSON, ApiKey.Scope.AUTHORITY, ApiKey.Scope.REGION)
"""The kinds of keys that have addresses to ask at."""


def issue_key(
    *,
    name: str,
    scope: str,
    expires_at: datetime,
    user: User | None = None,
    authority: Authority | None = None,
    region: Region | None = None,
    networks: Sequence[str] = (),
    replaces: ApiKey | None = None,
    by: User | None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """A new key for a system, and its text: the only time that the text exists outside of that system.

    `user` is the person for whom a program acts, `authority` the authority whose system reads, `region` the province
    whose register reads what it was told. `networks` (CIDR) are those from which the key is taken; none means from
    anywhere. Every call makes another key, so that a system can change keys without a gap. Raises Refused for a name
    that is empty or longer than 120 characters, an unknown scope, a key without the holder that its scope asks for or
    with another one, a network that is none, and an end that has passed or lies more than 365 days ahead.
    """
    name = _clean_name(name)
    _require_scope(scope)
    _require_holder(scope, user, authority, region)
    _require_end(expires_at, now)
    prefix, key_text = keys.new_key()
    key = ApiKey(
        name=name,
        scope=scope,
        user=user,
        authority=authority,
        region=region,
        networks=_clean_networks(networks),
        replaces=replaces,
        prefix=prefix,
        digest=keys.digest_of(key_text),
        created_at=now,
        expires_at=expires_at,
    )
    with transaction.atomic():
        keep(key, by=by, now=now)
    return key, key_text


def rotate_key(
    *, key: ApiKey, expires_at: datetime, overlap: timedelta, by: User | None, now: datetime
) -> tuple[ApiKey, str]:
    """A key that takes over from `key`, for the same holder and networks, and its text.

    Both hold for `overlap` (at most 30 days, and never longer than the older one would have), so that the system can
    change without a gap. Raises Refused for a key that holds no longer, for an overlap that is none, and as
    `issue_key` does.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        words = _("Both keys cannot hold for %(days)s days: choose 0 to %(most)s.") % {
            "days": overlap.days,
            "most": LONGEST_OVERLAP.days,
        }
        raise Refused("key_overlap_refused", words, field="overlap", value=overlap.days)
    with transaction.atomic():
        older = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
        if older.revoked_at is not None or older.expires_at <= now:
            raise Refused("key_over", _("This key holds no longer. Issue a new one instead."))
        newer, key_text = issue_key(
            name=older.name,
            scope=older.scope,
            expires_at=expires_at,
            user=older.user,
            authority=older.authority,
            region=older.region,
            networks=older.networks,
            replaces=older,
            by=by,
            now=now,
        )
        older.expires_at = min(older.expires_at, now + overlap)
        keep(older, by=by, now=now)
    return newer, key_text


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


def _require_holder(scope: str, user: User | None, authority: Authority | None, region: Region | None) -> None:
    _require_person(scope, user)
    if (scope == ApiKey.Scope.AUTHORITY) != (authority is not None):
        raise Refused(
            "key_authority_refused",
            _("A key of an authority's system names the authority, and no other key does."),
            field="authority",
            value=str(authority or ""),
        )
    is_province = region is not None and len(region.prefix) == PROVINCE
    if (scope == ApiKey.Scope.REGION) != is_province or (region is not None and not is_province):
        raise Refused(
            "key_region_refused",
            _("A key of another register names its province, and no other key does."),
            field="region",
            value=str(region or ""),
        )


def _require_person(scope: str, user: User | None) -> None:
    message: str | Promise
    if scope == ApiKey.Scope.PERSON and user is None:
        message = _("The program of a person acts for an account. Enter its user name.")
    elif scope != ApiKey.Scope.PERSON and user is not None:
        words = _("Only the program of a person acts for an account. Leave “%(name)s” out, or choose that role.")
        message = words % {"name": user.get_username()}
    else:
        return
    raise Refused("key_person_refused", message, field="user", value=str(user or ""))


def _clean_networks(networks: Sequence[str]) -> list[str]:
    cleaned = []
    for network in networks:
        try:
            cleaned.append(str(ip_network(network.strip())))
        except ValueError:
            words = _("“%(network)s” is no network. Write it as 203.0.113.0/24, or an address alone.") % {
                "network": network[:60]
            }
            raise Refused("key_network_malformed", words, field="networks", value=network) from None
    return list(dict.fromkeys(cleaned))


def _require_end(expires_at: datetime, now: datetime) -> None:
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Refused(
            "key_end_refused",
            _("A key cannot end on %(end)s: choose a day from today on, at most %(days)s days ahead.")
            % {"end": day(shanghai_day(expires_at)), "days": LONGEST_LIFE.days},
            field="expires_at",
            value=expires_at,
        )
