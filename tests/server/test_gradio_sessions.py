"""What one client makes Gradio hold: with a stand-in for its queue, and with Gradio itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from qa.server.gradio_sessions import (
    DATA,
    HEARTBEAT,
    JOIN,
    MAX_HEARTBEATS,
    MAX_STREAMS,
    MAX_UNREAD,
    MAX_UNREAD_OF_CLIENT,
    BoundedSessions,
    Message,
    Receive,
    Scope,
    Send,
)
from tests.support.browsing import Server
from tests.support.fakes import FakeBackend

A, B = "192.0.2.1", "192.0.2.2"
LONG = 60  # seconds after which a test gives up


class FakeQueue:
    def __init__(self) -> None:
        self.pending_messages_per_session: dict[str, Any] = {}
        self.pending_event_ids_session: dict[str, set[str]] = {}
        self.cleaned: list[str] = []

    async def clean_events(self, *, session_hash: str) -> None:
        self.cleaned.append(session_hash)


class FakeGradio:
    """Joins hold a result; a stream lasts until `ended` is set, and reads them all then."""

    def __init__(self) -> None:
        self.queue = FakeQueue()
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == JOIN:
            name = json.loads((await receive())["body"])["session_hash"]
            self.queue.pending_messages_per_session.setdefault(name, [])
            held = self.queue.pending_event_ids_session.setdefault(name, set())
            held.add(str(len(held)))
        elif scope["path"] == DATA or scope["path"].startswith(HEARTBEAT):
            await self.ended.wait()
            for held in self.queue.pending_event_ids_session.values():
                held.clear()
        await send({"type": "http.response.body", "body": b""})


class Client:
    def __init__(self, *, unread_seconds: float = LONG) -> None:
        self.gradio = FakeGradio()
        self.app = BoundedSessions(self.gradio, lambda: self.gradio.queue, unread_seconds=unread_seconds)

    async def sends(self, path: str, session: str = "s", address: str = A) -> tuple[int, bytes]:
        sent: list[Message] = []

        async def receive() -> Message:
            body = json.dumps({"fn_index": 0, "session_hash": session}).encode()
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        query = f"session_hash={session}".encode()
        scope = {"type": "http", "path": path, "query_string": query, "client": (address, 1)}
        await self.app(scope, receive, send)
        return sent[0]["status"], sent[1]["body"]

    async def joins(self, session: str = "s", address: str = A) -> int:
        return (await self.sends(JOIN, session, address))[0]


def _run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(test(), LONG)

    asyncio.run(bounded())


def test_a_session_that_is_not_read_may_join_only_so_often() -> None:
    async def test() -> None:
        client = Client()
        assert [await client.joins() for _ in range(MAX_UNREAD)] == [200] * MAX_UNREAD
        assert await client.joins() == 503
        assert await client.joins("other") == 200
        client.gradio.ended.set()
        assert (await client.sends(DATA))[0] == 200
        assert await client.joins() == 200

    _run(test)


def test_a_client_with_many_sessions_may_join_only_so_often() -> None:
    async def test() -> None:
        client = Client()
        said = [await client.joins(f"s{n}") for n in range(MAX_UNREAD_OF_CLIENT + 1)]
        assert said == [200] * MAX_UNREAD_OF_CLIENT + [503]
        assert await client.joins("b", B) == 200

    _run(test)


def test_requests_that_join_at_once_are_counted() -> None:
    async def test() -> None:
        client = Client()
        said = await asyncio.gather(*(client.joins() for _ in range(MAX_UNREAD + 3)))
        assert sorted(said) == [200] * MAX_UNREAD + [503] * 3

    _run(test)


def test_what_nobody_reads_is_dropped() -> None:
    async def test() -> None:
        client = Client(unread_seconds=0)
        assert await client.joins() == 200
        queue = client.gradio.queue
        while queue.pending_messages_per_session:
            await asyncio.sleep(0)
        assert set(queue.cleaned) == {"s"}
        assert not queue.pending_event_ids_session
        assert not client.app._sessions

    _run(test)


def test_what_is_being_read_is_not_dropped() -> None:
    async def test() -> None:
        client = Client(unread_seconds=0.05)
        assert await client.joins() == 200
        reading = asyncio.create_task(client.sends(DATA))
        await asyncio.sleep(0.2)
        assert client.gradio.queue.pending_messages_per_session
        client.gradio.ended.set()
        assert (await reading)[0] == 200
        assert not client.app._sessions

    _run(test)


@pytest.mark.parametrize(("path", "most"), [(DATA, MAX_STREAMS), (f"{HEARTBEAT}s", MAX_HEARTBEATS)])
def test_a_client_has_only_so_many_streams(path: str, most: int) -> None:
    async def test() -> None:
        client = Client()
        assert await client.joins() == 200
        streams = [asyncio.create_task(client.sends(path)) for _ in range(most)]
        await asyncio.sleep(0)
        assert (await client.sends(path))[0] == 503
        others = asyncio.create_task(client.sends(path, address=B))
        await asyncio.sleep(0)
        assert not others.done()
        assert await client.joins() == 200
        client.gradio.ended.set()
        assert {status for status, _ in await asyncio.gather(*streams, others)} == {200}
        assert (await client.sends(path))[0] == 200

    _run(test)


def test_a_stream_of_an_unknown_session_ends_at_once() -> None:
    async def test() -> None:
        client = Client()
        status, body = await client.sends(DATA, "nobody")
        assert status == 200
        assert json.loads(body.removeprefix(b"data: "))["session_not_found"] is True
        assert not client.app._sessions

    _run(test)


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_gradio_itself() -> None:
    """Its queue has the names that are used here, and results are read after they were refused room."""
    running = Server(backend=FakeBackend())
    try:
        with httpx.Client(base_url=running.url, timeout=LONG) as client:
            rows = client.get("/config").json()["dependencies"]
            (event,) = (row["id"] for row in rows if row["api_name"] == "ask")
            data = ["Was ist das?", [], "", "", "", "", False]
            body = {"fn_index": event, "session_hash": "s", "data": data}
            said = [client.post(JOIN, json=body).status_code for _ in range(MAX_UNREAD + 1)]
            assert said == [200] * MAX_UNREAD + [503]
            assert _messages(client, "s").count("process_completed") == MAX_UNREAD
            assert client.post(JOIN, json=body).status_code == 200
            assert _messages(client, "s").count("process_completed") == 1
            assert _messages(client, "unknown") == ["unexpected_error"]
    finally:
        running.stop()


def _messages(client: httpx.Client, session: str) -> list[str]:
    with client.stream("GET", DATA, params={"session_hash": session}) as stream:
        return [json.loads(line[6:])["msg"] for line in stream.iter_lines() if line.startswith("data: ")]
