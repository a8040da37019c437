"""The filter in front of Gradio, tested without Gradio: routes, headers and event JSON."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import gradio
import pytest

from qa.server.asgi import Message, Receive, Scope, Send
from qa.server.gradio_requests import CheckedGradio, Event
from qa.server.gradio_routes import ROUTES

EVENTS = {
    0: Event(("textbox", "chatbot"), queued=False),
    1: Event(("chatbot",), queued=False, data=("index", "value")),
    2: Event((), queued=False),
    3: Event(("api", "api"), queued=True),
    4: Event(("browserstate",), queued=False),
}
RUN, JOIN, CANCEL = "/gradio_api/run/predict", "/gradio_api/queue/join", "/gradio_api/cancel"
SAID = {
    "role": "user",
    "metadata": None,
    "content": [{"text": "Wie viele?", "type": "text"}],
    "options": None,
}


class Inner:
    """Stands in for Gradio and records what it receives."""

    def __init__(self) -> None:
        self.scope: Scope | None = None
        self.body = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        if scope["method"] == "POST":
            self.body = (await receive())["body"]
            assert (await receive())["type"] == "http.disconnect"  # what comes after the body comes through
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def _sent(
    path: str = RUN, body: bytes | None = None, *, method: str = "POST", query: str = "", **headers: str
) -> tuple[int, Inner]:
    named = {"host": "127.0.0.1:7860", **{key.replace("_", "-"): value for key, value in headers.items()}}
    if body is not None and "content-type" not in named:
        named["content-type"] = "application/json"
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": "",
        "query_string": query.encode("latin-1"),
        "headers": [(key.encode(), value.encode("latin-1")) for key, value in named.items()],
    }
    half = len(body or b"") // 2
    incoming: list[Message] = [
        {"type": "http.request", "body": (body or b"")[:half], "more_body": True},
        {"type": "http.request", "body": (body or b"")[half:], "more_body": False},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    inner = Inner()
    asyncio.run(CheckedGradio(inner, EVENTS, max_event=20_000)(scope, receive, send))
    if sent[0]["status"] != 200:
        assert inner.scope is None
        assert json.loads(sent[1]["body"])["error"]
    return sent[0]["status"], inner


def _event(path: str = RUN, **changed: Any) -> tuple[int, Inner]:
    body = {"fn_index": 0, "session_hash": "a1", "data": ["Frage", [SAID]], "event_data": None, **changed}
    return _sent(path, json.dumps(body).encode())


def test_an_event_of_the_page_passes() -> None:
    status, inner = _event(trigger_id=9, data=["Frage \U0001f600", [SAID]])
    assert status == 200
    assert json.loads(inner.body) == {
        "fn_index": 0,
        "session_hash": "a1",
        "trigger_id": 9,
        "event_data": None,
        "data": ["Frage \U0001f600", [SAID]],
    }
    assert inner.scope is not None
    headers = dict(inner.scope["headers"])
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"content-length"] == str(len(inner.body)).encode()


def test_what_the_page_does_not_send_is_left_out() -> None:
    said = {**SAID, "metadata": {"title": "x", "log": "y"}, "options": [{"value": "z"}], "more": 1}
    _, inner = _event(data=["", [said]], batched=True, event_id="x", oauth_token="x", simple_format=True)  # noqa: S106
    body = json.loads(inner.body)
    assert sorted(body) == ["data", "event_data", "fn_index", "session_hash", "trigger_id"]
    assert body["data"] == ["", [SAID]]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"fn_index": -1}, 404),
        ({"fn_index": 99999}, 404),
        ({"fn_index": True}, 404),
        ({"fn_index": "0"}, 404),
        ({"fn_index": None}, 404),
        ({"fn_index": 3}, 404),  # it is queued
        ({"session_hash": None}, 422),
        ({"session_hash": ""}, 422),
        ({"session_hash": "a/b"}, 422),
        ({"session_hash": "a" * 65}, 422),
        ({"session_hash": ["a"]}, 422),
        ({"trigger_id": "x"}, 422),
        ({"trigger_id": -1}, 422),
        ({"trigger_id": 1.5}, 422),
        ({"data": None}, 422),
        ({"data": {}}, 422),
        ({"data": []}, 422),
        ({"data": ["Frage", [], "more"]}, 422),
        ({"data": [5, []]}, 422),
        ({"data": [[], []]}, 422),
        ({"data": ["", "text"]}, 422),
        ({"data": ["", ["text"]]}, 422),
        ({"data": ["", [{"role": "user"}]]}, 422),
        ({"data": ["", [{"role": "system", "content": []}]]}, 422),
        ({"data": ["", [{**SAID, "content": "text"}]]}, 422),
        ({"data": ["", [{**SAID, "content": [{"type": "text", "text": 5}]}]]}, 422),
        ({"data": ["", [{**SAID, "content": [{"type": "html", "text": ""}]}]]}, 422),
        ({"data": ["\ud800", []]}, 422),
        ({"data": ["", [{**SAID, "content": [{"type": "text", "text": "\udfff"}]}]]}, 422),
        ({"event_data": {"path": "/etc/passwd"}}, 422),
        ({"event_data": 2**70}, 422),
        ({"event_data": json.loads("[" * 50 + "]" * 50)}, 422),
    ],
)
def test_malformed_events_are_refused(changed: dict[str, Any], expected: int) -> None:
    assert _event(**changed)[0] == expected


@pytest.mark.parametrize(
    "told",
    [None, [], "x", {}, {"index": 0}, {"value": ""}]
    + [{"index": n, "value": ""} for n in (-1, "0", None, [], [0], [0, 0, 0], [0, "x"], True, 1.5)],
)
def test_an_event_of_a_message_names_it(told: Any) -> None:
    assert _event(fn_index=1, data=[[SAID]], event_data=told)[0] == 422


@pytest.mark.parametrize("index", [0, [0, 0], 7])
def test_the_number_of_a_message_passes(index: Any) -> None:
    assert _event(fn_index=1, data=[[SAID]], event_data={"index": index, "value": "x"})[0] == 200


@pytest.mark.parametrize(
    "value",
    [
        {"path": "/etc/passwd"},
        {"path": None},
        {"meta": {"_type": "gradio.FileData"}},
        [[{"a": {"_type": "gradio.FileData"}}]],
        {"__type__": "update", "value": "x"},
        {"type": "component", "component": "image"},
        {"constructor_args": {}},
        {"is_stream": True},
    ],
)
def test_nothing_that_gradio_takes_for_a_file_passes(value: Any) -> None:
    for event, data in ((4, [value]), (3, ["x", value]), (3, ["x", [value]])):
        assert _event(JOIN if event == 3 else RUN, fn_index=event, data=data)[0] == 422
    assert _event(event_data=value)[0] == 422


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b'{"fn_index":2,"session_hash":"a","data":[],"event_data":NaN}',
        b'{"fn_index":2,"session_hash":"a","data":[],"event_data":1e400}',
        b'{"fn_index":2,"session_hash":"a","data":[],"event_data":' + b"9" * 5000 + b"}",
        b'{"fn_index":2,"session_hash":"a","data":[],"data":[]}',
        b'{"fn_index":2,"session_hash":"a","data":[],"event_data":{"path":1,"path":"x"}}',
        b'{"fn_index":2,"session_hash":"a","data":[],"event_data":{"\\u0070ath":"x"}}',
        b'{"fn_index":2,"session_hash":"a","data":[],"event_data":{"m":{"_type":"\\u0067radio.FileData"}}}',
        b'{"fn_index":2,"session_hash":"a","data":[],"event_data":' + b"[" * 9000 + b"]" * 9000 + b"}",
        b'{"fn_index":2,"session_hash":"a","data":[]}\xff',
        b'\xef\xbb\xbf{"fn_index":2,"session_hash":"a","data":[]}',
        '{"fn_index":2,"session_hash":"a","data":[]}'.encode("utf-16"),
        '{"fn_index":2,"session_hash":"a","data":[]}'.encode("utf-16-le"),
        '{"fn_index":2,"session_hash":"a","data":[]}'.encode("utf-32"),
    ],
)
def test_only_strict_json_is_read(raw: bytes) -> None:
    status, _ = _sent(body=raw)
    assert status in (400, 422)
    assert _sent(body=b'{"fn_index":2,"session_hash":"a","data":[]}')[0] == 200


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-7",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "application/problem+json",
    ],
)
def test_only_json_in_utf8_is_an_event(kind: str) -> None:
    body = b'{"fn_index":2,"session_hash":"a","data":[]}'
    assert _sent(body=body, content_type=kind)[0] == 415
    assert _sent(body=body, content_type='Application/JSON; charset="UTF-8"')[0] == 200


def test_a_body_has_a_limit() -> None:
    assert _event(data=["x" * 20_000, []])[0] == 413


def test_an_event_can_be_cancelled() -> None:
    status, inner = _sent(CANCEL, b'{"fn_index":2,"session_hash":"a","event_id":"e1","more":1}')
    assert (status, json.loads(inner.body)) == (200, {"fn_index": 2, "session_hash": "a", "event_id": "e1"})
    for body in (b'{"fn_index":2,"session_hash":"a"}', b'{"fn_index":9,"session_hash":"a","event_id":"e1"}'):
        assert _sent(CANCEL, body)[0] in (404, 422)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/run/send"),
        ("POST", "/gradio_api/run/predict/"),
        ("POST", "/gradio_api/api/predict"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/call/v2/ask"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("HEAD", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/proxy=http://example.org"),
        ("GET", "/gradio_api/run/predict"),
        ("DELETE", "/"),
        ("GET", "/static/../config"),
        ("GET", "/static//windows/win.ini"),
        ("GET", "/static/.hidden"),
        ("GET", "/static/a\\b"),
        ("GET", "/assets/a\n"),
        ("GET", "/gradio_api/heartbeat/a/b"),
        ("GET", "/config/"),
        ("GET", ""),
    ],
)
def test_other_routes_are_closed(method: str, path: str) -> None:
    body = b'{"fn_index":2,"session_hash":"a","data":[]}' if method == "POST" else None
    assert _sent(path, body, method=method)[0] == 404


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", ""),
        ("/", "lang=de&q=Wie+viele%3F&__theme=dark"),
        ("/config", ""),
        ("/gradio_api/info", "all_endpoints=True"),
        ("/gradio_api/queue/data", "session_hash=a1"),
        ("/gradio_api/heartbeat/0f8fad5b-d9cb-469f-a165-70867728950e", ""),
        ("/static/fonts/Source_Sans-Pro.1.woff2", ""),
    ],
)
def test_what_the_page_fetches_passes(path: str, query: str) -> None:
    assert _sent(path, method="GET", query=query)[0] == 200


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/", "deep_link=x", 404),
        ("/config", "a=1&deep%5Flink=x", 404),
        ("/", "q=\xff", 400),
        ("/", "q=" + "x" * 9000, 400),
        ("/gradio_api/queue/data", "", 422),
        ("/gradio_api/queue/data", "session_hash=a&session_hash=b", 422),
        ("/gradio_api/queue/data", "session_hash=%00", 422),
    ],
)
def test_queries_that_gradio_would_stumble_over(path: str, query: str, expected: int) -> None:
    assert _sent(path, method="GET", query=query)[0] == expected


@pytest.mark.parametrize("host", ["[::1", "a]b", "a b", "a/b", "a:b", "a:999999", "http://a"])
def test_host_names_that_cannot_be_read(host: str) -> None:
    assert _sent("/", method="GET", host=host)[0] == 400
    assert _sent("/", method="GET", x_forwarded_host=host)[0] == 400


def test_gradios_own_address_is_not_taken_from_a_header() -> None:
    status, inner = _sent(
        "/", method="GET", x_gradio_server="http://example.org", x_forwarded_host="a.example:8"
    )
    assert status == 200
    assert inner.scope is not None
    assert [key for key, _ in inner.scope["headers"]] == [b"host", b"x-forwarded-host"]


def test_websockets_are_closed() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    asyncio.run(CheckedGradio(Inner(), EVENTS)({"type": "websocket", "path": "/"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_every_file_of_gradios_page_has_a_name_that_passes() -> None:
    served = Path(gradio.__file__).parent / "templates" / "frontend"
    names = [f"/{path.relative_to(served).as_posix()}" for path in served.rglob("*") if path.is_file()]
    files = [name for name in names if name.startswith(("/assets/", "/static/"))]
    assert len(files) > 100
    for name in files:
        assert any("GET" in methods and pattern.fullmatch(name) for methods, pattern in ROUTES), name
