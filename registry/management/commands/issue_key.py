"""Issue a key to a system."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.actions.errors import Refused
from registry.actions.keys import ISSUED, LONGEST_LIFE, issue_key
from registry.models import ApiKey, Authority, Region, User


class Command(BaseCommand):
    """Prints the key alone on standard output, so that it can be piped into a secret store; all else goes to stderr."""

    help = "Issue a key to a system that asks the register. The key is printed once and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="which system holds the key, in words")
        parser.add_argument(
            "--days", type=int, default=90, help=f"days until it ends, 1 to {LONGEST_LIFE.days} (default: 90)"
        )
        parser.add_argument(
            "--scope",
            choices=[scope.value for scope in ISSUED],
            default=ApiKey.Scope.SETTLEMENT.value,
            help="what the system is (default: %(default)s)",
        )
        parser.add_argument("--user", help="the account for which a program of a person acts, by its user name")
        parser.add_argument("--authority", help="whose system reads, for an authority's system, by its code")
        parser.add_argument("--region", help="whose register reads what it was told: the province, by its six digits")
        parser.add_argument(
            "--network",
            action="append",
            default=[],
            help="a network from which the key is taken, as 203.0.113.0/24; may be repeated (default: from anywhere)",
        )

    def handle(self, *args: Any, name: str, days: int, scope: str, user: str | None, **options: Any) -> None:
        now, code = timezone.now(), options["authority"]
        authority = Authority.objects.filter(code=code).first() if code else None
        if code and authority is None:
            raise CommandError(f"--authority {code}: there is no authority of this code.")
        region = Region.objects.filter(code=options["region"]).first() if options["region"] else None
        if options["region"] and region is None:
            raise CommandError(f"--region {options['region']}: there is no region of this code.")
        holder = User.objects.filter(username=user).first() if user else None
        if user and holder is None:
            raise CommandError(f"--user {user}: there is no account of this name.")
        if not 1 <= days <= LONGEST_LIFE.days:
            raise CommandError(
                f"--days {days}: a key lives 1 to {LONGEST_LIFE.days} days. Issue another before it ends."
            )
        try:
            key, key_text = issue_key(
                name=name,
                scope=scope,
                user=holder,
                authority=authority,
                region=region,
                networks=options["network"],
                expires_at=now + timedelta(days=days),
                by=None,
                now=now,
            )
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        until = timezone.localtime(key.expires_at).isoformat(timespec="minutes")
        self.stderr.write(f"Key for “{key.name}” ({key.scope}), good until {until}. It is shown this once:")
        self.stdout.write(key_text)
