"""``manage.py exchange``: let this register and that of another province know each other."""

import json
import os
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

LONGEST_KEY = 365  # days


class Command(BaseCommand):
    """Each of the two introduces itself to the other, and believes what the other handed over."""

    help = (
        "Let two registers exchange what they decide. At each: `introduce` makes an endpoint for the other, with"
        " a pair of keys, and a key by which the other may ask, and writes what the other has to know into a file that"
        " is handed over in person; `believe` takes such a file from the other. The same is done in the office under"
        " Endpoints, Keys of systems and Other registers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        introduce = acts.add_parser("introduce", help="prepare for another register, and write what it has to know")
        introduce.add_argument("--region", required=True, metavar="CODE", help="the other's province, six digits")
        introduce.add_argument("--own-region", required=True, metavar="CODE", help="the province of this register")
        introduce.add_argument("--into", required=True, type=Path, metavar="FILE", help="readable by you only")
        introduce.add_argument("--days", type=int, default=LONGEST_KEY, help="how long its key lasts (%(default)s)")
        believe = acts.add_parser("believe", help="take letters of another register from now on")
        believe.add_argument("file", type=Path, help="what the other's `introduce` has written")
        for each in (introduce, believe):
            each.add_argument("--at", required=True, metavar="URL", help="where the other answers: https://name/")
            each.add_argument("--networks", required=True, nargs="+", metavar="CIDR", help="all its name may lead to")
            each.add_argument("--issuer", type=Path, metavar="FILE", help="certificate authority of its own, in PEM")
            each.add_argument("--by", required=True, metavar="USER", help="an administrator of the whole register")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it. CommandError says what is wrong and what to do."""
        from registry.actions.errors import Refused
        from registry.models import Region, User

        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"There is no account {options['by']!r}. Name an administrator of the whole register.")
        said = {"by": by, "now": timezone.now(), "networks": options["networks"]}
        said["issuer"] = options["issuer"].read_text() if options["issuer"] else ""
        act = self._introduce if options["act"] == "introduce" else self._believe
        try:
            act(options, said)
        except Refused as refused:
            raise CommandError(f"{refused} ({refused.field}: {refused.value})") from None
        except Region.DoesNotExist:
            raise CommandError("There is no such region. Name a province by its six digits, such as 120000.") from None

    def _introduce(self, options: dict[str, Any], said: dict[str, Any]) -> None:
        from notifications.actions.endpoints import approve_endpoint, propose_endpoint
        from notifications.wire.connecting import Credentials
        from notifications.wire.signing import public_text
        from registry.actions.keys import issue_key
        from registry.models import ApiKey, Region

        region, by, now = Region.objects.get(code=options["region"]), said["by"], said["now"]
        asked = propose_endpoint(
            body=region,
            name=f"{region.name} · {settings.REGISTRY_REGISTER_ID}",
            url=f"{options['at'].rstrip('/')}/registers/{settings.REGISTRY_REGISTER_ID}/letters/",
            networks=said["networks"],
            credentials=Credentials(said["issuer"]),
            by=by,
            now=now,
        )
        endpoint = approve_endpoint(endpoint=asked, by=by, now=now)
        _key, text = issue_key(
            name=f"register of {region.name}",
            scope=ApiKey.Scope.REGION,
            region=region,
            expires_at=now + timedelta(days=options["days"]),
            by=by,
            now=now,
        )
        handed = {
            "register": settings.REGISTRY_REGISTER_ID,
            "region": options["own_region"],
            "keys": [public_text(bytes(key.public)) for key in endpoint.keys.all()],
            "key_there": text,
        }
        with os.fdopen(os.open(options["into"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(handed, file)
        self.stdout.write(f"Hand {options['into']} over to the other register in person; it holds a key.")

    def _believe(self, options: dict[str, Any], said: dict[str, Any]) -> None:
        from notifications.actions.exchange.registers import enter_register
        from registry.models import Region

        try:
            handed = json.loads(options["file"].read_text())
            code, region, keys, key_there = (handed[name] for name in ("register", "region", "keys", "key_there"))
        except (OSError, ValueError, KeyError, TypeError):
            raise CommandError(
                f"{options['file']} is not what `exchange introduce` writes. Ask for it again."
            ) from None
        enter_register(
            code=code,
            region=Region.objects.get(code=region),
            url=options["at"],
            keys=keys,
            key_there=key_there,
            **said,
        )
        self.stdout.write(f"What {code} decides counts here from now on.")
