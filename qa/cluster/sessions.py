"""Connections to PostgreSQL whose every call ends in time."""

from __future__ import annotations

import os
import socket
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from qa.cluster import address as addresses
from qa.cluster.address import Address
from qa.cluster.extra import optional
from qa.cluster.failures import Late, explained
from qa.errors import Unreachable

MOST_IDLE = 4  # connections that a pool keeps
# The time-out of a call notices a frozen machine; these notice one that is gone while nothing is called.
_ALIVE = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
# `jit` costs more than it saves. A plan that is made without a filter's values takes up to five times as long
# (docs/decisions/0041-measured.md). The server gives up what nobody waits for any more. Enough candidates for
# DEPTH + SPARE rows, and so many looked at that a filter finds as many as there are.
_SETTINGS = {
    "jit": "off",
    "plan_cache_mode": "force_custom_plan",
    "client_connection_check_interval": "1s",
    "hnsw.ef_search": "400",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "200000",
}


@dataclass(slots=True)
class _Limit:
    """What a call may take; a connection refers to it rather than to its session, which ends with it."""

    seconds: float


class Session:
    """One connection, for one thread at a time."""

    def __init__(self, address: Address, *, path: str = "", purpose: str = "reads") -> None:
        """`path`: the schema of a generation. Raises StoreError."""
        psycopg = optional("psycopg")
        settings = {**_SETTINGS, "search_path": f'"{path}",qa,public' if path else "qa,public"}
        self._limit = _Limit(addresses.READ)
        with explained():
            opened = psycopg.connect(
                **address.parameters(),
                **_ALIVE,
                autocommit=True,
                connect_timeout=int(addresses.CONNECT),
                application_name=f"qa {purpose}: process {os.getpid()} on {socket.gethostname()}"[:63],
                options=" ".join(f"-c {name}={value}" for name, value in settings.items()),
            )
        _limit_calls(opened, self._limit)
        self._opened = opened
        self.close = weakref.finalize(self, opened.close)

    @property
    def limit(self) -> float:
        """Seconds that a call may take."""
        return self._limit.seconds

    @limit.setter
    def limit(self, seconds: float) -> None:
        self._limit.seconds = seconds

    @property
    def broken(self) -> bool:
        """Whether the connection can no longer be used."""
        return bool(self._opened.closed)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement; none if it has no result. Raises StoreError and BrokenIndex."""
        with self._calls():
            cursor = self._opened.execute(sql, values or None, binary=True)
            return cursor.fetchall() if cursor.description else []

    def script(self, sql: str) -> None:
        """Run several statements without values or results."""
        with self._calls():
            self._opened.execute(sql)

    def count(self, sql: str, values: Sequence[object] = ()) -> int:
        """How many rows a statement wrote."""
        with self._calls():
            return int(self._opened.execute(sql, values).rowcount)

    def many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run a statement for each of some rows, in one transaction."""
        if rows:
            with self._calls(), self._opened.transaction(), self._opened.cursor() as cursor:
                cursor.executemany(sql, rows)

    def copy_in(self, table: str, types: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Append rows to a table."""
        sql = f"COPY {table} FROM STDIN (FORMAT BINARY)"
        with (
            self._calls(),
            self._opened.transaction(),
            self._opened.cursor() as cursor,
            cursor.copy(sql) as copy,
        ):
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the block writes."""
        with self._calls(), self._opened.transaction():
            yield

    @contextmanager
    def _calls(self) -> Iterator[None]:
        """Explain errors; a connection without an answer is closed."""
        try:
            with explained():
                yield
        except Unreachable:
            self._opened.close()
            raise

    @contextmanager
    def within(self, seconds: float) -> Iterator[Session]:
        """Let each call of the block take so long."""
        before, self.limit = self.limit, seconds
        try:
            yield self
        finally:
            self.limit = before


def _limit_calls(opened: Any, limit: _Limit) -> None:
    """Let each call of a connection end in time; psycopg waits for all of them by its method `wait`."""
    wait = opened.wait

    def in_time(call: Generator[Any, Any, Any], *rest: Any, **more: Any) -> Any:
        try:
            return wait(_bounded(call, limit.seconds), *rest, **more)
        except Late:
            opened.close()  # its state is unknown
            raise

    opened.wait = in_time


def _bounded(call: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """A call of psycopg that raises Late where the server is silent for too long.

    psycopg yields what it waits for and is told what is ready; after each tenth of a second, nothing is.
    """
    end = time.monotonic() + seconds
    ready = None
    while True:
        try:
            waits_for = call.send(ready)
        except StopIteration as done:
            return done.value
        ready = yield waits_for
        if not ready and time.monotonic() > end:
            call.close()
            raise Late


class Pool:
    """Sessions that several threads share."""

    def __init__(self, opened: Callable[[], Session]) -> None:
        """`opened` gives a new session, or raises StoreError or BrokenIndex."""
        self._open = opened
        self._idle: list[Session] = []
        self._lock = threading.Lock()
        self._closed = False

    def give(self, session: Session) -> None:
        """Take a session that is not used at the moment."""
        with self._lock:
            if not (self._closed or session.broken) and len(self._idle) < MOST_IDLE:
                self._idle.append(session)
                return
        session.close()

    def rows(
        self, sql: str, values: Sequence[object] = (), *, seconds: float = addresses.READ
    ) -> list[tuple[Any, ...]]:
        """The rows of a statement that only reads.

        If the server ended an idle connection since it was used last, as at a restart, a new one is tried.
        """
        while True:
            with self._lock:
                session = self._idle.pop() if self._idle else None
            fresh = session is None
            session = session or self._open()
            began = time.monotonic()
            try:
                with session.within(seconds):
                    return session.rows(sql, values)
            except Unreachable:
                if fresh or time.monotonic() - began >= seconds:
                    raise
            finally:
                self.give(session)

    def close(self) -> None:
        """Close all sessions; those in use when they are given back."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for session in idle:
            session.close()
