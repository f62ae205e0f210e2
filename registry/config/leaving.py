"""How a process that serves leaves and drops nobody: it takes no new connection, answers those it has, and ends.

The listening socket belongs to all processes of a server and stays open, so that closing it here would not keep this
process from accepting. Instead every descriptor of it is made to mean another socket, to which nobody connects.
Standard library only.
"""

import os
import signal
import socket
from pathlib import Path

SIGNAL = signal.SIGUSR1
_state: dict[str, socket.socket] = {}


def leave_when_told(listener: socket.socket) -> None:
    """From here on `SIGNAL` makes this process take no more connections from the socket."""
    _state["listener"] = listener
    signal.signal(SIGNAL, lambda _number, _frame: _leave())


def leaving() -> bool:
    """Whether clients should be told to come back over another connection."""
    return "nobody" in _state


def _leave() -> None:
    if leaving():
        return
    listener = os.fstat(_state["listener"].fileno())
    nobody = socket.create_server(("127.0.0.1", 0))
    nobody.setblocking(False)
    _state["nobody"] = nobody
    for entry in list(Path("/proc/self/fd").iterdir()):
        number = int(entry.name)
        try:
            found = os.fstat(number)
        except OSError:
            continue  # the folder itself, which was open while it was read
        if (found.st_dev, found.st_ino) == (listener.st_dev, listener.st_ino):
            os.dup2(nobody.fileno(), number)
