from __future__ import annotations

import asyncio
import contextvars
import io
import json
import threading
from typing import Any

import pytest

from qa.server.access_log import AccessLog
from qa.types import Answer

ANSWER = Answer("Was ist geheim?", "answered", "x", 0.91234, seconds={"search": 0.0123456, "total": 0.02})


def _lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def _run(log: AccessLog, app: Any, **scope: Any) -> None:
    async def send(_: Any) -> None: ...

    request = {"type": "http", "method": "POST", "path": "/api/v1/ask", "query_string": b"q=geheim", **scope}
    asyncio.run(log.around(app)(request, None, send))


async def _ok(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 201, "headers": []})


def test_a_request_is_a_line_without_its_query() -> None:
    out = io.StringIO()
    _run(AccessLog(out), _ok)
    (line,) = _lines(out)
    assert set(line) == {"time", "method", "path", "status", "milliseconds"}
    assert (line["method"], line["path"], line["status"]) == ("POST", "/api/v1/ask", 201)
    assert "geheim" not in out.getvalue()


@pytest.mark.parametrize("questions", [False, True])
def test_an_answer_stands_in_the_line_of_its_request(questions: bool) -> None:
    out = io.StringIO()
    log = AccessLog(out, questions=questions)

    async def asks(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.to_thread(log.answered, ANSWER)
        await _ok(scope, receive, send)

    _run(log, asks)
    (line,) = _lines(out)
    assert line["seconds"] == {"search": 0.0123, "total": 0.02}
    assert (line["answer"], line["confidence"], line["status"]) == ("answered", 0.912, 201)
    assert line.get("question") == (ANSWER.question if questions else None)
    assert ("geheim" in out.getvalue()) == questions


def test_an_answer_beside_or_after_its_request_has_a_line_of_its_own() -> None:
    out = io.StringIO()
    log = AccessLog(out)
    later: list[contextvars.Context] = []

    async def queues(scope: Any, receive: Any, send: Any) -> None:
        later.append(contextvars.copy_context())
        thread = threading.Thread(target=log.answered, args=(ANSWER,))
        thread.start()
        thread.join()
        await _ok(scope, receive, send)

    _run(log, queues)
    later[0].run(log.answered, ANSWER)
    first, request, last = _lines(out)
    assert request["path"]
    assert "seconds" not in request
    assert first["seconds"] == last["seconds"]


def test_a_request_that_fails_or_ends_early_is_logged_too() -> None:
    out = io.StringIO()

    async def fails(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _run(AccessLog(out), fails, path="/" + "x" * 1000)
    (line,) = _lines(out)
    assert line["status"] == 0
    assert len(line["path"]) == 300


def test_what_is_no_request_is_passed_on() -> None:
    out, seen = io.StringIO(), []

    async def notes(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    _run(AccessLog(out), notes, type="lifespan")
    assert (seen, out.getvalue()) == (["lifespan"], "")


def test_no_path_ends_a_line_or_steers_a_terminal() -> None:
    out = io.StringIO()
    _run(AccessLog(out), _ok, path="/\u009b31m\u2028\u2029\x85\n\x1b[2J")
    assert len(out.getvalue().splitlines()) == 1
    assert out.getvalue().isascii()
    assert _lines(out)[0]["path"].startswith("/\u009b31m\u2028")
