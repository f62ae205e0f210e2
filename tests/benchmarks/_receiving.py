"""A receiver that takes whatever comes, as quickly as Python can over TLS: it is not what is measured.

``python -m tests.benchmarks._receiving CERTIFICATE LOG`` prints its port, and writes the id and the instant of each
letter to the log.
"""

import asyncio
import ssl
import sys
import time
from pathlib import Path
from typing import TextIO

TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


async def main(certificate: str, log: TextIO) -> None:
    """Listen until killed."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
                await reader.readexactly(int(fields["content-length"]))
                writer.write(TAKEN)
                log.write(f"{fields['webhook-id']} {time.time():.6f}\n")
                if fields.get("connection") == "close":
                    break
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", buffering=1) as file:
        asyncio.run(main(sys.argv[1], file))
