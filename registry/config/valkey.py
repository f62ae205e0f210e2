"""A Valkey of our own on a private Unix socket. It keeps nothing: wake-up hints only."""

import signal
import socket
import subprocess
import time
from pathlib import Path

from registry.config.children import last_lines, spawn, stop
from registry.config.programs import valkey_program
from registry.config.trouble import failed

START_SECONDS = 20.0
STOP_SECONDS = 5.0


class Valkey:
    """One server with its socket in ``sockets``."""

    def __init__(self, *, sockets: Path, log: Path) -> None:
        self.socket, self.log = sockets / "valkey", log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start and wait until it answers. Raises Trouble."""
        options = {"port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700", "save": "", "appendonly": "no"}
        options |= {"dir": str(self.socket.parent), "daemonize": "no"}
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.process = spawn([valkey_program(), *arguments], log=self.log, environ={}, ended_by=signal.SIGKILL)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise failed("Starting Valkey", self.socket.parent, last_lines(self.log))
            time.sleep(0.02)

    def stop(self) -> None:
        """End it; there is nothing to save."""
        if self.process:
            stop(self.process, grace=STOP_SECONDS)
            self.process = None

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False
