"""manage.py verify_certificate: whether a certificate of standing is genuine, with the published keys alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.kit import verify_certificate


class Command(BaseCommand):
    """A shell around the single file that others copy."""

    help = (
        "Is this certificate of standing genuine? Looks at the signatures of the statement and of the whole file with"
        " the keys that the register publishes at /verify/keys.json; asks neither a database nor a network. Exit code 1"
        " where it is not. registry/kit/verify_certificate.py does the same without this project."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        verify_certificate.add_arguments(parser)

    def handle(self, *_: Any, file: Any, statement: str | None, key: Any, **options: Any) -> None:
        code, text = verify_certificate.run(file, statement, key)
        if code:
            raise CommandError(text, returncode=code)
        self.stdout.write(text)
