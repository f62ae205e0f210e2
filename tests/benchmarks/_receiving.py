"""A receiver that takes whatever comes, as quickly as Python can over TLS: it is not what is measured.

``python -m tests.benchmarks._receiving CERTIFICATE LOG`` prints its port, and writes the id and the instant of each
letter to the log, of each in a batch as well.
"""

import asyncio
import re
import ssl
import sys
import time
from pathlib import Path
from typing import TextIO

TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ENDS = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_ID = re.compile(rb'"id":"([0-9a-f-]{36})"')


class Receiving(asyncio.Protocol):
    """One connection, by which letter comes after letter."""

    def __init__(self, log: TextIO) -> None:
        self._log, self._come = log, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer what is complete."""
        self._come += data
        head, end, rest = self._come.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or length is None or len(rest) < int(length[1]):
            return
        self._come = b""  # nobody sends the next one before the answer
        self._transport.write(TAKEN)
        now = time.time()
        self._log.write("".join(f"{each.decode()} {now:.6f}\n" for each in _ID.findall(rest)))
        self._log.flush()
        if _ENDS.search(head):
            self._transport.close()


async def main(certificate: str, log: TextIO) -> None:
    """Listen until killed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Receiving(log), "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w") as file:
        asyncio.run(main(sys.argv[1], file))
