"""Make the first administrator of a register that has none."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from registry.actions.access import give_role
from registry.actions.errors import Refused
from registry.ledger.days import shanghai_day
from registry.models import Assignment, Role, User
from registry.models.access import APART

FIRST = Role.SECURITY_ADMINISTRATOR


class Command(BaseCommand):
    """Only while nobody holds the role, so that it is no way around whoever gives roles."""

    help = (
        "Make the first security administrator of a register, who then opens all other accounts in the office. "
        "The password is asked for, or read from standard input where that is no terminal. Refused as soon as somebody "
        "holds the role."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the name to sign in with")
        parser.add_argument("--family-name", required=True, help="as it is shown beside what this person did")
        parser.add_argument("--given-name", default="")
        parser.add_argument(
            "--role",
            choices=sorted(APART),
            default=FIRST.value,
            help="one of the three administrations; the other two can be made once as well (default: %(default)s)",
        )

    def handle(self, *args: Any, username: str, role: str, **options: Any) -> None:
        now = timezone.now()
        if Assignment.objects.filter(role=role, user__is_active=True).exists():
            raise CommandError(f"Somebody holds the role {role} already. Ask a security administrator for the account.")
        if User.objects.filter(username=username).exists():
            raise CommandError(f"There is an account “{username}” already. Choose another name.")
        user = User(
            username=username, last_name=options["family_name"], first_name=options["given_name"], is_staff=True
        )
        user.set_password(_password(user))
        try:
            with transaction.atomic():
                user.full_clean()
                user.save()
                give_role(user=user, role=Role(role), starts_on=shanghai_day(now), by=None, now=now)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"“{username}” is {Role(role).label}. The second factor is set up at the first sign-in.")


def _password(user: User) -> str:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if sys.stdin.isatty() and getpass.getpass("Once more: ") != password:
        raise CommandError("The two are not the same. Nothing was made.")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password
