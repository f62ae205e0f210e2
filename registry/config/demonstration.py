"""The whole register on one machine: servers, data, web, worker and beat, started in order and ended together."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from registry.config import environment, servers
from registry.config.bootstrap import HOUSE
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
class Demonstration:
    """One demo: where its data is, what the data shall be, and at which port of this machine it serves."""

    folder: DemoFolder
    contents: Contents
    port: int
    say: Say

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
            crew.wait_until_ready()
            _see_that_it_answers(listener.getsockname()[1])
            crew.start("beat", [*BEAT, "--schedule", str(self.folder.logs / "beat-schedule")])
            ending.enter_context(self.folder.announced(variables))
            quick = environ["REGISTRY_SECOND_FACTOR"] == "false"
            yield {"url": f"http://{HOST}:{listener.getsockname()[1]}/", "second_factor": not quick, **told}, crew

    @contextmanager
    def _variables(self) -> Iterator[dict[str, str]]:
        if self.folder.loaded(self.contents) is None:
            self.folder.forget_unfinished()
            need_space(self.folder.path, 500 + self.contents.practitioners // 50)
        need_space(self.folder.path, 100)
        self.say("Starting PostgreSQL and Valkey")
        with servers.kept(self.folder.path, environment.given(os.environ)) as named:
            yield {**environment.plain_http(), **QUICK_SIGN_IN, **self.folder.keys(), **named}

    def _data(self, environ: Mapping[str, str]) -> dict[str, Any]:
        """Bring the tables up to date, fill them at the first start, and return what the filling told."""
        if not self.folder.schema_is_current():
            self.say("Making the tables")
            self._command(environ, "migrate", "--verbosity", "0")
        told = self.folder.loaded(self.contents)
        if told is None:
            self.say(f"Loading {self.contents.practitioners:,} practitioners (once)")
            size, seed = str(self.contents.practitioners), str(self.contents.seed)
            self._command(environ, "seed", "--practitioners", size, "--seed", seed, "--into", str(self.folder.filling))
            told = self.folder.filling_told()
        self.folder.remember(self.contents, told)
        return told

    def _command(self, environ: Mapping[str, str], *arguments: str) -> None:
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
