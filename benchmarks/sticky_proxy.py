"""One address for several servers on this machine, as a load balancer with affinity by client gives it.

A connection goes to the server of its client's address, and to the next one if that refuses it. Bytes pass as
they are, and a connection that breaks on one side is closed on the other.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from contextlib import suppress

HOST = "127.0.0.1"
PIECE = 65_536  # bytes


class StickyProxy:
    """Forwards connections to servers at some ports."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = ports
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._forward, HOST, 0, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Accept no more connections."""
        if self._server:
            self._server.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = writer.get_extra_info("peername")[0]
        first = zlib.crc32(client.encode()) % len(self._ports)
        for port in [*self._ports[first:], *self._ports[:first]]:
            with suppress(OSError):
                onward = await asyncio.open_connection(HOST, port, local_addr=(client, 0))
                await asyncio.gather(_pipe(reader, onward[1]), _pipe(onward[0], writer))
                return
        writer.close()


async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Pass on what comes until the end or a break."""
    with suppress(OSError):
        while piece := await source.read(PIECE):
            sink.write(piece)
            await sink.drain()
    sink.close()
