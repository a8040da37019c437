"""Slow bodies, and many files at once. Nothing here depends on the machine's speed."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx
import pytest

from qa.api.rest import make_api
from qa.api.uploads import UPLOADS, UPLOADS_WAITING, Uploads
from qa.errors import Busy
from qa.server.limits import BodyPace
from qa.service.changes import CHANGES_WAITING
from qa.service.service import Service
from qa.types import Added
from tests.support import apps
from tests.support.fakes import FakeBackend

SHIP = "Was weiß man über das Schiff?"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _paced(pieces: list[tuple[float, bytes]], *, size: int) -> tuple[list[Any], bytes]:
    """What is sent to a client whose body of `size` bytes comes in pieces, each after so many seconds."""
    clock, incoming, sent, body = Clock(), iter(pieces), [], bytearray()

    async def receive() -> Any:
        for seconds, piece in incoming:
            clock.now += seconds
            return {"type": "http.request", "body": piece, "more_body": len(body) + len(piece) < size}
        return await asyncio.Event().wait()  # nothing comes any more

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            body.extend(message.get("body", b""))
            more = message.get("more_body", False)
        status = 200 if message["type"] == "http.request" else 400
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run() -> None:
        paced = BodyPace(app, seconds=0.02, rate=1000, clock=clock)
        await asyncio.wait_for(paced({"type": "http"}, receive, send), 30)

    asyncio.run(run())
    return sent, bytes(body)


def test_a_body_that_stops_is_cut_off_and_told_so() -> None:
    sent, body = _paced([(0, b"ab")], size=10)
    assert body == b"ab"
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert b"too slowly" in sent[1]["body"]
    assert len(sent) == 2


def test_a_body_of_one_byte_now_and_then_is_cut_off() -> None:
    sent, body = _paced([(0.015, b"a")] * 100, size=100)
    assert sent[0]["status"] == 408
    assert len(body) < 5


def test_a_large_body_has_time_according_to_what_came() -> None:
    sent, body = _paced([(2, b"a" * 1000)] * 10, size=10_000)
    assert (sent[0]["status"], len(body)) == (408, 1000)
    sent, body = _paced([(0, b"a" * 1000), *[(0.9, b"a" * 1000)] * 9], size=10_000)
    assert (sent[0]["status"], len(body)) == (200, 10_000)


def test_half_sent_bodies_of_a_client_are_bounded() -> None:
    """Others are not concerned, nor uploads, and what was refused or has ended makes room."""
    sent: list[tuple[str, int]] = []
    halves = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive()).get("more_body"):
            pass
        status = 200 if message["type"] == "http.request" else 400
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    paced = BodyPace(app, held=250)

    async def request(client: str, path: str = "/") -> int:
        incoming = [{"type": "http.request", "body": b"a" * 100, "more_body": True}]
        got: list[Any] = []

        async def receive() -> Any:
            if incoming:
                return incoming.pop()
            await halves.wait()
            return {"type": "http.request", "body": b"b", "more_body": False}

        async def send(message: Any) -> None:
            got.append(message)

        await paced({"type": "http", "path": path, "client": (client, 1)}, receive, send)
        sent.append((client, got[0]["status"]))
        return int(got[0]["status"])

    async def run() -> None:
        first = [asyncio.create_task(request("192.0.2.1")) for _ in range(3)]
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        assert sent == [("192.0.2.1", 503)]
        more = [
            asyncio.create_task(request("192.0.2.2")),
            asyncio.create_task(request("192.0.2.1", "/api/v1/files")),
        ]
        halves.set()
        assert sorted(await asyncio.gather(*first, *more)) == [200] * 4 + [503]
        assert await request("192.0.2.1") == 200
        assert not paced._held

    asyncio.run(asyncio.wait_for(run(), 30))


def test_after_the_body_a_stream_may_wait_for_its_end() -> None:
    gone = asyncio.Event()
    received = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if received:
            return received.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        waiting = asyncio.create_task(receive())
        await asyncio.sleep(0.1)  # much longer than a body may take
        assert not waiting.done()
        gone.set()
        assert (await waiting)["type"] == "http.disconnect"

    asyncio.run(BodyPace(app, seconds=0.01)({"type": "http"}, receive, app))


def test_uploads_wait_for_their_turn_and_no_more_than_that() -> None:
    async def run() -> None:
        uploads = Uploads(at_once=1, waiting=1)
        async with uploads.place():
            second = asyncio.create_task(_enter(uploads))
            await asyncio.sleep(0)
            with pytest.raises(Busy):
                await _enter(uploads)
            assert not second.done()
        await second
        impatient = Uploads(at_once=1, waiting=1, patience=0)
        async with impatient.place():
            for _ in range(3):  # those who gave up have left their place
                with pytest.raises(Busy):
                    await _enter(impatient)
        await _enter(impatient)

    asyncio.run(run())


def test_a_slow_upload_loses_its_place_only_when_others_wait() -> None:
    async def run() -> None:
        uploads = Uploads(at_once=1, waiting=1, seconds=0)
        never: asyncio.Future[bytes] = asyncio.Future()

        async def slow() -> None:
            async with uploads.place():
                await uploads.received(never)

        sending = asyncio.create_task(slow())
        done, _ = await asyncio.wait([sending], timeout=0.1)
        assert not done
        async with asyncio.timeout(30):
            await _enter(uploads)
            with pytest.raises(Busy, match="slowly"):
                await sending

    asyncio.run(run())


async def _enter(uploads: Uploads) -> None:
    async with uploads.place():
        pass


class Held(FakeBackend):
    """Block adding files until released."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.adding = threading.Event()

    def add(self, name: str, data: bytes) -> Added:
        self.adding.set()
        assert self.let_go.wait(60)
        return super().add(name, data)


def test_many_uploads_leave_the_questions_their_threads() -> None:
    """With 45 uploads at once, one of them blocked by the test, a question is still answered."""
    backend = Held()
    uploads = 45

    async def run() -> list[int]:
        app = apps.make_app(Service(backend))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:7860", timeout=60
        ) as client:
            sending = [
                asyncio.create_task(client.post("/api/v1/files", params={"name": f"{n}.txt"}, content=b"x"))
                for n in range(uploads)
            ]
            refused = asyncio.as_completed(sending)
            statuses = [(await next(refused)).status_code for _ in range(uploads - UPLOADS - UPLOADS_WAITING)]
            assert await asyncio.to_thread(backend.adding.wait, 60)
            await client.post("/api/v1/ask", json={"question": SHIP})  # opens the index
            assert (await client.get("/readyz")).status_code == 200
            asked = [client.post("/api/v1/ask", json={"question": SHIP}) for _ in range(20)]
            assert {response.status_code for response in await asyncio.gather(*asked)} == {200}
            backend.let_go.set()
            return statuses + [(await request).status_code for request in refused]

    statuses = asyncio.run(run())
    assert statuses.count(201) == UPLOADS + UPLOADS_WAITING
    assert statuses.count(503) == uploads - UPLOADS - UPLOADS_WAITING
    assert statuses[: statuses.count(503)] == [503] * statuses.count(503)


def test_changes_of_the_corpus_that_wait_are_bounded() -> None:
    backend = Held()
    service = Service(backend)
    waiting = [
        threading.Thread(target=service.corpus.add, args=(f"{n}.txt", b"x"))
        for n in range(1 + CHANGES_WAITING)
    ]
    for thread in waiting:
        thread.start()
    while service.corpus._turns._places._value:  # until each has its place
        assert backend.adding.wait(60)
    with pytest.raises(Busy):
        service.corpus.remove("faehre.md")
    backend.let_go.set()
    for thread in waiting:
        thread.join(60)
    assert service.corpus.remove("faehre.md").path == "faehre.md"


def test_a_refused_upload_is_told_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.api.rest.Uploads", lambda: Uploads(at_once=0, waiting=0))

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(make_api(Service(FakeBackend())))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.post("/files", params={"name": "a.txt"}, content=b"x")

    response = asyncio.run(run())
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


def test_the_server_is_not_ready_when_no_thread_is_free() -> None:
    async def run() -> None:
        from anyio.to_thread import current_default_thread_limiter

        service = Service(FakeBackend())
        service.served()
        app = apps.make_app(service)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:7860"
        ) as client:
            assert (await client.get("/readyz")).status_code == 200
            limiter = current_default_thread_limiter()
            limiter.total_tokens = 1
            async with limiter:
                assert (await client.get("/readyz")).status_code == 503
                assert (await client.get("/healthz")).status_code == 200

    asyncio.run(run())
