"""The register as a real server on a port of its own, for tests that ask as strangers do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings


@contextmanager
def served() -> Iterator[str]:
    """Within, the register answers at this address, however often it is asked."""
    with override_settings(REGISTRY_REQUESTS_PER_MINUTE=1_000_000, ALLOWED_HOSTS=["127.0.0.1"]):
        thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        try:
            yield f"http://127.0.0.1:{thread.port}"
        finally:
            thread.terminate()
