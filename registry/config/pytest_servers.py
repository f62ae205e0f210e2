"""pytest plugin: the environment of a test run and, where none are named, its servers. Before Django's settings load.

With ``DATABASE_URL`` and ``REDIS_URL`` set, the tests use those servers, and nothing is started. Under xdist the first
process starts the servers; the workers inherit the addresses.
"""

import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from registry.config import environment, servers
from registry.config.trouble import Trouble

NO_SERVERS_FOR = ("help", "version", "collectonly", "markers", "showfixtures")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Complete the environment; only then pytest-django loads the settings."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["REGISTRY_TEST_RUN"] = str(os.getpid())
        _name_servers(early_config)
    for name, value in environment.for_tests().items():
        os.environ.setdefault(name, value)
    return (yield)


def _name_servers(config: pytest.Config) -> None:
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        return
    if any(getattr(config.known_args_namespace, name, False) for name in NO_SERVERS_FOR):
        os.environ.setdefault("DATABASE_URL", environment.NOWHERE)
        return
    ending = ExitStack()
    config.add_cleanup(ending.close)
    try:
        os.environ.update(ending.enter_context(servers.throwaway(given=os.environ)))
    except Trouble as trouble:
        raise pytest.UsageError(str(trouble)) from None
