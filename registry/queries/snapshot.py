"""Several reads of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, router, transaction

from registry.models import Practitioner


@contextmanager
def one_moment() -> Iterator[None]:
    """Within, every query sees the register as it was at the first one, whatever is recorded meanwhile.

    Inside a transaction that has begun already, its own isolation holds.
    """
    asked = router.db_for_read(Practitioner)
    if connections[asked].in_atomic_block:
        yield
        return
    with connections[asked].cursor():
        pass  # the session is told how far it sees before the transaction begins, of which it would be a query
    with transaction.atomic(using=asked):
        with connections[asked].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
