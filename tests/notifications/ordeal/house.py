"""A register of its own as real processes, with the systems of three regions, and somebody who starts again whatever
ends, as the machine's service manager does.
"""

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

import psycopg

from registry.config import environment, folders, ready
from registry.config.bootstrap import HOUSE
from registry.config.children import spawn, stop
from registry.config.crew import HOST, Crew, reserved, run
from registry.config.database import ACTING
from registry.config.demonstration import BEAT, MANAGE, WEB, WORKER
from registry.config.postgres import DATABASE, OWNER, SUPERUSER, Postgres
from registry.config.trouble import Trouble
from registry.config.valkey import Valkey
from tests.notifications.ordeal.receiver import REGIONS, how_many
from tests.notifications.receiver import issue

LOOK_EVERY = 0.02  # seconds
RECOVERY = 120.0  # seconds until a server that was killed must be back
UNDELIVERED = "SELECT count(*) FILTER (WHERE state <> 'delivered'), count(*) FROM notifications_push"


@dataclass
class Post:
    """A process that is always there: what it runs, and the one that does so at the moment."""

    name: str
    arguments: Sequence[str | Path]
    logs: Path
    environ: Mapping[str, str]
    fds: Sequence[int] = ()
    started: int = 0
    crew: Crew = field(init=False)

    def start(self) -> None:
        """Each life has a log of its own."""
        self.started += 1
        name = f"{self.name}.{self.started}"
        self.crew = Crew(self.logs, {**self.environ, ready.NAME: name})
        self.crew.start(name, [str(each) for each in self.arguments], self.fds)

    @property
    def process(self) -> Popen[bytes]:
        """The one that runs, or ran last."""
        [found] = self.crew.members.values()
        return found

    def keep_up(self) -> None:
        """Start it again where it ended."""
        if self.process.poll() is not None:
            stop(self.process, grace=0)  # what it started may be there for a moment
            self.start()


class House:
    """The register on `folder`, as long as it is `standing`. `more` is said to each worker."""

    def __init__(self, folder: Path, *, more: Sequence[str] = ()) -> None:
        self.folder, self.logs, self.more = folder, folders.private(folder / "logs"), more
        self.postgres = Postgres(
            data=folder / "postgres", sockets=folder, log=self.logs / "postgres.log", throwaway=False, durable=True
        )
        self.valkey = Valkey(sockets=folder, log=self.logs / "valkey.log")
        self.posts: dict[str, Post] = {}
        self.plan, self.answers, self.found = (folder / name for name in ("plan.json", "answers.jsonl", "found.json"))
        self.inboxes = [folder / f"{code}.sqlite3" for code in REGIONS]

    @contextmanager
    def standing(self, decisions: int) -> Iterator[None]:
        """Everything runs, and so many decisions wait for somebody who takes them."""
        with ExitStack() as ending:
            ending.callback(self.valkey.stop)
            self.valkey.start()
            ending.callback(self.postgres.stop)
            self.postgres.start()
            run([MANAGE, "migrate", "--verbosity", "0"], what="migrate", folder=self.folder, environ=self.environ)
            self._write_papers()
            ports = _free_ports(len(REGIONS))
            self.program("prepare", decisions, self.plan, ",".join(map(str, ports)), self.folder / "authority.pem")
            listener = ending.enter_context(reserved(0))
            self.address = f"http://{HOST}:{listener.getsockname()[1]}"
            ending.callback(self._end)
            self._start(listener, ports)
            yield

    @property
    def environ(self) -> dict[str, str]:
        """What every process of it gets."""
        return {
            **environment.given(os.environ),
            **environment.for_tests(),
            "DATABASE_URL": self.postgres.url(ACTING),
            "DATABASE_OWNER_URL": self.postgres.url(OWNER),
            "REDIS_URL": self.valkey.url,
            "REGISTRY_REQUESTS_PER_MINUTE": "1000000",
            "DJANGO_SETTINGS_MODULE": "registry.config.settings",
            "PYTHONPATH": str(HOUSE),
        }

    def program(self, name: str, *arguments: object) -> None:
        """Run one of the programs of the ordeal to its end. Raises Trouble when it fails."""
        run([*_module(name), *map(str, arguments)], what=name, folder=self.folder, environ=self.environ)

    def begin(self, seed: int) -> Popen[bytes]:
        """The officer begins to decide."""
        arguments = [self.plan, self.address, self.answers, seed]
        return spawn(
            [sys.executable, *_module("decide"), *map(str, arguments)],
            log=self.logs / "decide.log",
            environ=self.environ,
        )

    def keep_up(self) -> None:
        """Start again whatever ended."""
        if _ended(self.postgres.process):
            self.postgres.process = None
            _until_it_stands(self.postgres.start)
        if _ended(self.valkey.process):
            self.valkey.process = None
            _until_it_stands(self.valkey.start)
        for post in self.posts.values():
            post.keep_up()

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Keep up until something is so, or for so long; whether it is so."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                return False
            self.keep_up()
            time.sleep(LOOK_EVERY)
        return True

    def effects(self) -> int:
        """How many letters have had their effect so far."""
        return sum(how_many(str(each)) for each in self.inboxes)

    def undelivered(self) -> tuple[int, int] | None:
        """How many pushes are not delivered, and how many there are; None where nobody can say."""
        try:
            with psycopg.connect(host=str(self.folder), user=SUPERUSER, dbname=DATABASE) as db:
                row = db.execute(UNDELIVERED).fetchone()
        except psycopg.OperationalError:
            return None
        assert row is not None
        return row[0], row[1]

    def _write_papers(self) -> None:
        authority = issue("Authority of the regions")
        own = issue("localhost", by=authority)
        for name, text in (
            ("authority.pem", authority.certificate),
            ("own.pem", own.certificate),
            ("own.key", own.key),
        ):
            (self.folder / name).write_text(text)

    def _start(self, listener: socket.socket, ports: Sequence[int]) -> None:
        web = [*WEB, "--bind", f"fd://{listener.fileno()}"]
        self._post("web", web, fds=[listener.fileno()])
        for name in ("worker-1", "worker-2"):
            self._post(name, [*WORKER, "--hostname", f"{name}@ordeal", *self.more])
        self._post("beat", [*BEAT, "--schedule", self.folder / "beat-schedule"])
        papers = ["--certificate", f"{self.folder / 'own.pem'}", "--private-key", f"{self.folder / 'own.key'}"]
        keys = json.loads(self.plan.read_text())["keys"]
        for code, port, key, inbox in zip(REGIONS, ports, keys, self.inboxes, strict=True):
            where = ["--key", key, "--port", str(port), "--inbox", str(inbox)]
            self._post(f"receiver-{code}", [*_module("receiver"), *where, *papers])
        for post in self.posts.values():
            post.crew.wait_until_ready()

    def _post(self, name: str, arguments: Sequence[str | Path], fds: Sequence[int] = ()) -> None:
        self.posts[name] = post = Post(name, arguments, self.logs, self.environ, fds)
        post.start()

    def _end(self) -> None:
        for post in self.posts.values():
            stop(post.process, grace=0)


def _module(name: str) -> list[str]:
    return ["-m", f"tests.notifications.ordeal.{name}"]


def _free_ports(count: int) -> list[int]:
    with ExitStack() as ending:
        return [ending.enter_context(reserved(0)).getsockname()[1] for _ in range(count)]


def _ended(process: Popen[bytes] | None) -> bool:
    return process is None or process.poll() is not None


def _until_it_stands(start: Callable[[], None]) -> None:
    """What was killed may leave children for a moment, which hold what the next one needs."""
    end = time.monotonic() + RECOVERY
    while True:
        try:
            return start()
        except Trouble:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
