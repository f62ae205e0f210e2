"""The whole register on one machine: servers, data, web, worker and beat, started in order and ended together."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from registry.config import environment, ready, servers
from registry.config.bootstrap import HOUSE
from registry.config.certificates import NAME, Papers
from registry.config.children import last_lines
from registry.config.crew import HOST, Crew, reserved, run
from registry.config.demo_folder import Contents, DemoFolder
from registry.config.trouble import FULL_DISK, Trouble, need_space, no_space

MANAGE = str(HOUSE / "manage.py")
CELERY = ["-m", "celery", "--app", "registry.config.celery", "--quiet", "--workdir", str(HOUSE)]
WORKER = [*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
BEAT = [*CELERY, "beat", "--pidfile", ""]
WEB = [
    "-m",
    "gunicorn",
    "--config",
    "python:registry.config.gunicorn",
    "--chdir",
    str(HOUSE),
    "--workers",
    "2",
    "--graceful-timeout",
    "1",
]
QUICK_SIGN_IN = {"REGISTRY_SECOND_FACTOR": "false"}
"""Whoever looks around has no app for a dozen accounts; the environment may say otherwise."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Region:
    """A register as one of several: its name, its province, and where the others reach it.

    Without `history` its people are the same as those of the others and nothing has happened to them here.
    """

    register: str
    province: str
    port: int
    papers: Papers
    history: bool

    @property
    def address(self) -> str:
        """Where other registers write and ask."""
        return f"https://{NAME}:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """What makes it this register."""
        return {"REGISTRY_REGISTER_ID": self.register, "REGISTRY_ADDRESS": self.address}

    @property
    def web(self) -> list[str]:
        """How it serves the others, beside what it serves to browsers."""
        papers = ["--certfile", str(self.papers.certificate), "--keyfile", str(self.papers.key)]
        return [*WEB, "--workers", "1", "--env", f"{ready.NAME}=exchange", *papers]


@dataclass(frozen=True)
class Demonstration:
    """One demo: where its data is, what the data shall be, at which port of this machine it serves, and as which
    register it talks to others, if it does.
    """

    folder: DemoFolder
    contents: Contents
    port: int
    say: Say
    region: Region | None = None

    @contextmanager
    def running(self) -> Iterator[tuple[dict[str, Any], Crew]]:
        """Start everything; yield what there is to tell, and the crew; end everything. Raises Trouble."""
        with ExitStack() as ending:
            listener = ending.enter_context(reserved(self.port))
            ending.enter_context(self.folder.held())
            variables = ending.enter_context(self._variables())
            environ = {**variables, **environment.given(os.environ)}
            told = self._data(environ)
            crew = Crew(self.folder.logs, environ)
            ending.callback(crew.end)
            ending.callback(self.say, "Ending")
            self.say("Starting web, worker and beat")
            crew.start("web", [*WEB, "--bind", f"fd://{listener.fileno()}"], pass_fds=[listener.fileno()])
            crew.start("worker", WORKER)
            if self.region:
                behind = ending.enter_context(reserved(self.region.port))
                crew.start("exchange", [*self.region.web, "--bind", f"fd://{behind.fileno()}"], [behind.fileno()])
            crew.wait_until_ready()
            _see_that_it_answers(listener.getsockname()[1])
            crew.start("beat", [*BEAT, "--schedule", str(self.folder.logs / "beat-schedule")])
            ending.enter_context(self.folder.announced(variables))
            quick = environ["REGISTRY_SECOND_FACTOR"] == "false"
            named = {"register": self.region.register} if self.region else {}
            url = f"http://{HOST}:{listener.getsockname()[1]}/"
            yield {"url": url, **named, "second_factor": not quick, **told}, crew

    @contextmanager
    def _variables(self) -> Iterator[dict[str, str]]:
        if self.folder.loaded(self.contents) is None:
            self.folder.forget_unfinished()
            need_space(self.folder.path, 500 + self.contents.practitioners // 50)
        need_space(self.folder.path, 100)
        self.say("Starting PostgreSQL and Valkey")
        with servers.kept(self.folder.path, environment.given(os.environ)) as named:
            own = self.region.variables if self.region else {}
            yield {**environment.plain_http(), **QUICK_SIGN_IN, **self.folder.keys(), **named, **own}

    def _data(self, environ: Mapping[str, str]) -> dict[str, Any]:
        """Bring the tables up to date, fill them at the first start, and return what the filling told."""
        if not self.folder.schema_is_current():
            self.say("Making the tables")
            self.command(environ, "migrate", "--verbosity", "0")
        told = self.folder.loaded(self.contents)
        if told is None:
            self.say(f"Loading {self.contents.practitioners:,} practitioners (once)")
            self.command(environ, "seed", *self._wanted(), "--into", str(self.folder.filling))
            told = self.folder.filling_told()
        self.folder.remember(self.contents, told)
        return told

    def _wanted(self) -> list[str]:
        """What is asked of the data, as arguments."""
        found = ["--practitioners", str(self.contents.practitioners), "--seed", str(self.contents.seed)]
        without = self.region and not self.region.history
        return [*found, "--without-history", self.region.province] if self.region and without else found

    def command(self, environ: Mapping[str, str], *arguments: str) -> None:
        """Run a command of ours on this register. Raises Trouble when it fails."""
        try:
            run([MANAGE, *arguments], what=f"manage.py {arguments[0]}", folder=self.folder.path, environ=environ)
        except Trouble:
            if FULL_DISK in last_lines(self.folder.logs / "postgres.log", 100):
                raise no_space(self.folder.path, f"it filled up during manage.py {arguments[0]}") from None
            raise


def _see_that_it_answers(port: int) -> None:
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", "/healthz")
    if (status := connection.getresponse().status) != 200:
        raise Trouble(
            f"The web server answers {status} at http://{HOST}:{port}/healthz.",
            "Look into logs/web.log of the data folder.",
        )
    connection.close()
