"""A sealed file as a file: pieces are opened as they are read, one at a time, and none lies anywhere unsealed."""

import io
from collections.abc import Iterable, Iterator
from typing import IO

from registry.models import ClaimsCheck, ClaimsPiece

PIECE = 1024 * 1024
"""Bytes of a piece before it is sealed; the last one of a file may be shorter."""

Part = ClaimsPiece.Part


def keep_pieces(check: ClaimsCheck, part: str, contents: Iterable[bytes], *, first: int = 0) -> int:
    """Seal each of the contents as a piece of its own, numbered from `first`. Returns the number after the last."""
    vault, number = check.vault, first
    for number, content in enumerate(contents, start=first + 1):
        ClaimsPiece.objects.create(check_of=check, part=part, number=number - 1, sealed=vault.seal(content))
    return number


def cut(content: bytes) -> Iterator[bytes]:
    """The content in pieces."""
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]


def opened(check: ClaimsCheck, part: str) -> Iterator[bytes]:
    """The pieces of one part in their order, each read when it is wanted."""
    vault = check.vault
    numbers = ClaimsPiece.objects.filter(check_of=check, part=part).order_by("number").values_list("pk", flat=True)
    for pk in list(numbers):
        yield vault.unseal(bytes(ClaimsPiece.objects.values_list("sealed", flat=True).get(pk=pk)))


class _Pieces(io.RawIOBase):
    """The file of a check, read at any place."""

    def __init__(self, check: ClaimsCheck) -> None:
        super().__init__()
        self._check, self._place = check, 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._check.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a buffer that can be written to
        number, offset = divmod(self._place, PIECE)
        if self._place >= self._check.size:
            return 0
        content = self._piece(number)[offset : offset + len(buffer)]
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            row = ClaimsPiece.objects.get(check_of=self._check, part=Part.FILE, number=number)
            self._held = (number, self._check.vault.unseal(bytes(row.sealed)))
        return self._held[1]


def file_of(check: ClaimsCheck) -> IO[bytes]:
    """The file that was handed in."""
    return io.BufferedReader(_Pieces(check), PIECE)
