"""HTTP connections: time limits, a maximum number, and a quick shutdown.

Uvicorn limits neither the time a client takes to send the headers of a request nor the time it takes to read
a response, and it waits for open streams when it stops. HTTP is always parsed by h11.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from qa.server import exit_watcher
from qa.server.listening import BACKLOG
from qa.server.proxies import client_key

HEAD_SECONDS = 10.0  # seconds for the headers of a request
READ_SECONDS = 30.0  # seconds in which a client must read 48 kB of a pending response
MAX_CONNECTIONS = 1_000  # fewer if the process may open fewer files
FINISH_SECONDS = 1.0  # seconds to finish requests when the server stops; then streams are cut
CANCEL_SECONDS = 2  # seconds after which uvicorn cancels what still runs
CLOSE_SECONDS = 1.5  # seconds for other work to end, such as a build
EXIT_SECONDS = 4.5  # seconds after a signal until the process ends in any case
KILL_SECONDS = 5.0  # after a signal; then it is killed, because a call into C lets no Python run
QUIET_SECONDS = 10.0  # seconds between two identical log lines


def max_connections() -> int:
    """Maximum connections: half of the files that the process may open, because the index needs some."""
    try:
        import resource
    except ImportError:  # Windows
        return MAX_CONNECTIONS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if soft < 0 else max(8, min(MAX_CONNECTIONS, soft // 2))


class Connection(H11Protocol):
    """A connection that is closed if its client is too slow or there are too many connections."""

    limit = MAX_CONNECTIONS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.since = self.loop.time()  # when its request began, or when it began to wait for one
        self._counted: tuple[str, int] | None = None
        self._address = ""
        self._head: asyncio.TimerHandle | None = self.loop.call_later(HEAD_SECONDS, transport.abort)
        self._reading: asyncio.TimerHandle | None = None
        if len(self.connections) > self.limit:
            self._make_room()

    @property
    def waits(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def address(self) -> str:
        """What its client is counted under; behind a trusted proxy, the client of its latest request."""
        client = self.cycle.scope["client"] if self.cycle else self.client
        if client is not self._counted:
            self._counted, self._address = client, client_key(client[0] if client else "")
        return self._address

    def data_received(self, data: bytes) -> None:
        waited = self.waits
        super().data_received(data)
        if not self.waits:
            self._head = _cancelled(self._head)
            if waited:
                self.since = self.loop.time()
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def on_response_complete(self) -> None:
        self.since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reading = _cancelled(self._reading)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head = _cancelled(self._head)
        self._reading = _cancelled(self._reading)
        super().connection_lost(exc)

    def _make_room(self) -> None:
        """Close one of the client that has most: that which has idled longest, or else the oldest request.

        A newcomer is let in, so that a health check or a question gets through where streams hold all places.
        """
        others = (other for other in self.connections if isinstance(other, Connection))
        still_open = [other for other in others if not other.transport.is_closing()]
        if len(still_open) <= self.limit:
            return
        counts = Counter(other.address for other in still_open)
        most = max(counts.values())
        crowd = [other for other in still_open if other is not self and counts[other.address] == most]
        idle = [other for other in crowd if other.waits]
        closed = min(idle or crowd or [self], key=lambda other: other.since)
        closed.transport.abort()


def _cancelled(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    if timer:
        timer.cancel()
    return None


class AcceptFailures:
    """Exception handler of the event loop that limits how often it logs that no connection can be accepted.

    asyncio logs every failed attempt and retries after a second by itself. In Python 3.11, one pass makes as
    many attempts, and plans as many retries, as the backlog is long, and a retry may come after the listening
    socket was closed: at the end of the server, that is no error.
    """

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._said = -QUIET_SECONDS

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        message = str(context.get("message"))
        if "_start_serving" in message and isinstance(context.get("exception"), ValueError):
            return  # a retry on a closed socket: `ValueError: Invalid file descriptor: -1`
        if "out of system resource" not in message:
            loop.default_exception_handler(context)
        elif self._clock() - self._said >= QUIET_SECONDS:
            self._said = self._clock()
            self._say("qa: too many open files, so new connections have to wait. Raise `ulimit -n`.")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Server(uvicorn.Server):
    """A uvicorn server that ends within `EXIT_SECONDS`, even with open streams."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], None]) -> None:
        """`stop` is called once when the server begins to stop; it must not block."""
        super().__init__(config)
        self._stop = stop
        self._asked = threading.Event()
        threading.Thread(target=self._watch, name="exit", daemon=True).start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The signal handler."""
        super().handle_exit(sig, frame)
        self._asked.set()

    def _watch(self) -> None:
        """End the process if it does not end by itself, because threads that answer cannot be stopped
        otherwise.

        Their changes to the index and the corpus survive this, as they survive a power failure.
        """
        self._asked.wait()
        time.sleep(EXIT_SECONDS)
        os._exit(0)  # without `_leave`: a full pipe would hold it up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(AcceptFailures(_say))
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stop()
        asyncio.get_running_loop().call_later(FINISH_SECONDS, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            if isinstance(connection, Connection):
                connection.transport.abort()


def serve(
    app: Any,
    listening: socket.socket,
    *,
    stop: Callable[[], None] = lambda: None,
    ended: Callable[[float], bool] = lambda _: True,
) -> NoReturn:
    """Serve on a listening socket until SIGINT or SIGTERM; then end the process with status 0.

    To be called as the last thing of the program, in its main thread. `stop` is called when the server
    begins to stop; `ended` waits at most the given seconds for the end of what it stopped. The status is 1
    where the server could not start, and SIGKILL ends the process where it still runs after `KILL_SECONDS`.
    """
    Connection.limit = max_connections()

    async def until_stopped(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:  # from a stream that did not notice that its client was disconnected
            if not server.should_exit:
                raise

    config = uvicorn.Config(
        until_stopped,
        loop="asyncio",
        http=Connection,
        ws="none",
        log_level="error",  # malformed requests are not worth a line; `qa.server.access_log` logs requests
        access_log=False,
        server_header=False,
        proxy_headers=False,  # see `qa.server.proxies`
        backlog=BACKLOG,
        timeout_graceful_shutdown=CANCEL_SECONDS,
    )
    server = Server(config, stop)
    # Uvicorn re-raises the signal to the previous handlers. A requested stop is a success.
    for number in _signals():
        signal.signal(number, server.handle_exit)
    if sys.platform != "win32":
        exit_watcher.start(KILL_SECONDS)
    server.run(sockets=[listening])
    ended(CLOSE_SECONDS)
    _leave(0 if server.started else 1)


def _leave(status: int) -> NoReturn:
    """End the process without taking the interpreter down.

    That can last for seconds, stops the watching thread, and would crash a thread inside the model.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # its reader has gone
            stream.flush()
    os._exit(status)


def _signals() -> Sequence[signal.Signals]:
    return signal.SIGINT, signal.SIGTERM
