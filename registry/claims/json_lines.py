"""Claims as NDJSON: one object on each line, with the members of a question and, if wanted, an `id` of its own."""

import json
from collections.abc import Iterator
from typing import IO, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.claims.errors import ClaimsRefused
from registry.claims.rows import Unread
from registry.claims.surveying import Survey
from registry.queries import faults
from registry.queries.faults import Fault, FieldError
from registry.queries.members import Members

LONGEST_LINE = 64 * 1024
NOT_JSON = Fault(
    "not_json", gettext_lazy("The line is not JSON: “%(value)s”."), gettext_lazy("Write one JSON object on each line.")
)
NOT_UTF8 = Fault("not_utf8", gettext_lazy("The line is not UTF-8."), gettext_lazy("Write the file in UTF-8."))
TOO_LONG = Fault(
    "too_long",
    gettext_lazy("The line is longer than 65,536 bytes."),
    gettext_lazy("Write one claim, and nothing else, on each line."),
)


def require_whole(file: IO[bytes], found: Survey) -> None:
    """Raises ClaimsRefused('truncated') for a file whose last line was cut off on the way."""
    if found.ends_with_a_line:
        return
    file.seek(max(0, found.size - LONGEST_LINE))
    last = file.read().rpartition(b"\n")[2]
    if last.strip() and isinstance(_document(last), FieldError):
        raise ClaimsRefused("truncated", _("The file ends in the middle of a line. Send it again, whole."))


def rows_of(file: IO[bytes]) -> Iterator[Unread]:
    """The rows, each with the number of its line. Empty lines are none."""
    file.seek(0)
    for number, line in enumerate(_lines(file), start=1):
        if line is None:
            yield Unread(number, error=TOO_LONG.of("", None))
        elif bare := line.strip(b" \t\r\n"):
            document = _document(bare)
            if isinstance(document, FieldError):
                yield Unread(number, error=document)
            else:
                yield Unread(number, document)


def _lines(file: IO[bytes]) -> Iterator[bytes | None]:
    """Each line; None for one that is too long, which is read past."""
    first = True
    while line := file.readline(LONGEST_LINE):
        whole = line.endswith(b"\n") or len(line) < LONGEST_LINE
        yield (line.removeprefix(b"\xef\xbb\xbf") if first else line) if whole else None
        while not whole:
            rest = file.readline(LONGEST_LINE)
            whole = rest.endswith(b"\n") or len(rest) < LONGEST_LINE
        first = False


def _document(line: bytes) -> Members | FieldError:
    try:
        value = json.loads(line.decode(), object_pairs_hook=Members, parse_constant=_no_number)
    except UnicodeDecodeError:
        return NOT_UTF8.of("", None)
    except (ValueError, RecursionError):
        return NOT_JSON.of("", line.decode())
    return value if isinstance(value, Members) else faults.NOT_AN_OBJECT.of("", value)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)
