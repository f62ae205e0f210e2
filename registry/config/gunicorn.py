"""How gunicorn serves the register: ``gunicorn --config python:registry.config.gunicorn``.

The variable WEB_CONCURRENCY sets the number of processes.
"""

from typing import Any

from registry.config import ready
from registry.config.children import end_with_parent

wsgi_app = "registry.config.wsgi"
worker_class = "gthread"
threads = 4  # connections to PostgreSQL = processes x threads
preload_app = True
control_socket_disable = True
forwarded_allow_ips = ""  # a proxy is believed where REGISTRY_BEHIND_PROXY says so, not for being a neighbour
graceful_timeout = 5
timeout = 60
max_requests = 20_000
max_requests_jitter = 2_000
errorlog = "-"


def post_fork(server: Any, worker: Any) -> None:
    """A worker whose master was killed has nobody left to serve for."""
    end_with_parent()


def when_ready(server: Any) -> None:
    """The port is open: who comes now is answered as soon as a worker is up."""
    ready.tell("web")
