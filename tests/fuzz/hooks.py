"""What the fuzzer does before each request: a good idempotency key is made fresh, and no version is required.

Without it nearly every write would be answered as a key used before, and nothing behind that would be reached.
"""

import re
from typing import Any
from uuid import uuid4

import schemathesis

GOOD = re.compile(r"[!-~]{8,200}")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Only where a header was good; what was made wrong on purpose stays wrong."""
    headers = case.headers or {}
    if GOOD.fullmatch(str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = f"fuzz-{uuid4()}"
    if headers.get("If-Match"):
        headers["If-Match"] = "*"
