"""``manage.py forget_second_factor``: for an officer who lost app, key and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.models import User


class Command(BaseCommand):
    """Takes away what is lost and ends the sessions; the next sign-in leads to setting up another one."""

    help = (
        "Forget the second factors and recovery codes of an officer who lost them. See who it is before you do: "
        "from then on the password alone leads to setting up a new one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the account, as it is typed at the sign-in")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget them. CommandError for an unknown account, and for one that has none."""
        try:
            user = User.objects.get(username=options["username"])
        except User.DoesNotExist:
            raise CommandError(f"There is no account {options['username']!r}.") from None
        gone, _ = Authenticator.objects.filter(user=user).delete()
        if not gone:
            raise CommandError(f"The account {user.username!r} has no second factor.")
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
            if session.get_decoded().get(SESSION_KEY) == str(user.pk):
                session.delete()
        self.stdout.write(f"{user.username}: {gone} forgotten. A new one is set up at the next sign-in.")
