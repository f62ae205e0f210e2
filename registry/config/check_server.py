"""The settlement check as a server of its own: ``python -m registry.config.check_server --bind 0.0.0.0:8001``.

It answers what stands in front of every bill, and nothing else (`registry.config.check_app`); a proxy sends these
addresses here. Its processes have nothing to do with pages, so that no slow page is in its way.

SIGHUP begins new processes with the present code and ends each old one when the new one had time to load; the listening
socket stays one and the same, so that nobody is refused. Connections to PostgreSQL: `LINES` and `THREADS` a process.
"""

import argparse
import os
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]  # re-exported for pickling
from granian.server.mp import MPServer

from registry.config import leaving, ready
from registry.config.children import end_with_parent

CLIENTS = 4096
"""Connections of clients to each process; whoever comes then waits to be let in."""

BACKLOG = 1024
LEAVING = 1.0  # seconds in which a process that takes nobody in any more answers those it has
HEADER_SECONDS = 30


class Server(MPServer):
    """Granian with one listening socket, given or made once, for all processes that come and go."""

    def __init__(self, application: str, listener: socket.socket, **settings: Any) -> None:
        super().__init__(application, **settings)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        self._listener.listen(self.backlog)
        self._listener.set_inheritable(True)
        number: Any = self._listener.fileno()
        self._sso, self._sfd = self._listener, number
        self._shd: Any = SocketHolder(number, False, self.backlog)  # type: ignore[call-arg]  # the stub knows no arguments

    def _drop_shared_socket(self) -> None:
        self._listener.close()

    def _spawn_worker(self, *given: Any, **more: Any) -> Any:
        worker: Any = super()._spawn_worker(*given, **more)
        end = worker.terminate

        def leave_and_end() -> None:
            if not self.interrupt_signal:  # others serve; who came to this one is answered first
                os.kill(worker.inner.pid, leaving.SIGNAL)
                time.sleep(LEAVING)
            end()

        worker.terminate = leave_and_end
        return worker


def load(listener: socket.socket, application: str) -> Callable[..., Any]:
    """The application, in a process that ends when the one that began it does; so each has the present code."""
    end_with_parent()
    leaving.leave_when_told(listener)
    module, _, name = application.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def main() -> None:
    """Serve until told to end."""
    asked = _arguments()
    listener = _listener(asked.bind)
    server = Server(
        asked.application,
        listener,
        interface=Interfaces.RSGI,
        loop=Loops.asyncio,
        workers=asked.workers,
        backpressure=CLIENTS,
        backlog=BACKLOG,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=asked.overlap,
        workers_kill_timeout=asked.grace,
    )
    server.on_startup(partial(ready.tell, "check"))
    signal.signal(signal.SIGQUIT, server.signal_handler_interrupt)
    server.serve(target_loader=partial(load, listener))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m registry.config.check_server", description=__doc__)
    parser.add_argument(
        "--bind", default="127.0.0.1:8001", metavar="HOST:PORT", help="or fd://NUMBER of a bound socket"
    )
    parser.add_argument("--workers", type=int, default=int(os.environ.get("WEB_CONCURRENCY", "2")), help="processes")
    parser.add_argument("--grace", type=int, default=5, help="seconds for requests under way at the end")
    parser.add_argument(
        "--overlap", type=float, default=8.0, help="seconds that a new process has to load before its predecessor ends"
    )
    parser.add_argument("--application", default="registry.config.check_app:application", metavar="MODULE:NAME")
    return parser.parse_args()


def _listener(bind: str) -> socket.socket:
    if bind.startswith("fd://"):
        return socket.socket(fileno=int(bind.removeprefix("fd://")))
    host, _, port = bind.rpartition(":")
    return socket.create_server(
        (host.strip("[]"), int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET
    )


if __name__ == "__main__":
    main()
