"""Every event and route of the complete application, with everything that Gradio could treat as a file.

No file is opened, no name resolved, no connection made. The same values are also sent to Gradio directly,
without the request filter, to test the replaced functions alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from qa.server import gradio_routes
from qa.service.service import Service
from tests.support import apps
from tests.support.fakes import FakeBackend

RUN, JOIN, CANCEL = gradio_routes.RUN, gradio_routes.JOIN, gradio_routes.CANCEL
CONTENT = "canary-of-the-tests-3b1f"
TRAP = "http://trap.invalid:9/c.txt"
PUBLIC = {"ask", "search", "article"}

# What this version of Gradio serves. Where an upgrade changes the list: look at what is new, and open in
# `gradio_routes.ROUTES` only what the page needs.
KNOWN = """
GET / · GET /assets/{path:path} · GET /config · GET /config/ · GET /favicon.ico · GET /gradio_api/app_id
GET /gradio_api/app_id/ · GET /gradio_api/call/v2/{api_name}/{event_id}
GET /gradio_api/call/{api_name}/{event_id}
GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name} · GET /gradio_api/deep_link
GET /gradio_api/dev/reload · GET /gradio_api/file/{path:path} · GET /gradio_api/file={path_or_url:path}
GET /gradio_api/heartbeat/{session_hash} · GET /gradio_api/info · GET /gradio_api/info/
GET /gradio_api/login_check · GET /gradio_api/login_check/ · GET /gradio_api/openapi.json
GET /gradio_api/proxy={url_path:path} · GET /gradio_api/queue/data · GET /gradio_api/queue/status
GET /gradio_api/runs · GET /gradio_api/runs/ · GET /gradio_api/startup-events
GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file
GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8
GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}
GET /gradio_api/theme.css · GET /gradio_api/token · GET /gradio_api/token/ · GET /gradio_api/upload_progress
GET /gradio_api/user · GET /gradio_api/user/ · GET /gradio_api/vibe-code · GET /gradio_api/vibe-code/
GET /logout · GET /manifest.json · GET /monitoring · GET /monitoring/summary · GET /monitoring/{key}
GET /pwa_icon · GET /pwa_icon/{size} · GET /robots.txt · GET /static/{path:path} · GET /svelte/{path:path}
GET /theme.css · HEAD / · HEAD /gradio_api/file={path_or_url:path} · HEAD /gradio_api/proxy={url_path:path}
POST /gradio_api/api/{api_name} · POST /gradio_api/api/{api_name}/ · POST /gradio_api/call/v2/{api_name}
POST /gradio_api/call/v2/{api_name}/ · POST /gradio_api/call/{api_name} · POST /gradio_api/call/{api_name}/
POST /gradio_api/cancel · POST /gradio_api/component_server · POST /gradio_api/component_server/
POST /gradio_api/process_recording · POST /gradio_api/queue/join · POST /gradio_api/reset
POST /gradio_api/reset/ · POST /gradio_api/run/{api_name} · POST /gradio_api/run/{api_name}/
POST /gradio_api/stream/{event_id} · POST /gradio_api/stream/{event_id}/close
POST /gradio_api/undo-vibe-edit · POST /gradio_api/undo-vibe-edit/ · POST /gradio_api/upload
POST /gradio_api/vibe-code · POST /gradio_api/vibe-code/ · POST /gradio_api/vibe-edit
POST /gradio_api/vibe-edit/ · POST /gradio_api/vibe-starter-queries
POST /gradio_api/vibe-starter-queries/ · POST /login · POST /login/
"""
# The routes that are open; all others answer 404 whatever they are sent.
OPEN = {
    "GET /",
    "HEAD /",
    "GET /assets/{path:path}",
    "GET /static/{path:path}",
    "GET /config",
    "GET /favicon.ico",
    "GET /theme.css",
    "GET /gradio_api/heartbeat/{session_hash}",
    "GET /gradio_api/info",
    "GET /gradio_api/queue/data",
    f"POST {CANCEL}",
    f"POST {JOIN}",
    "POST /gradio_api/run/{api_name}",  # "predict" alone
}


# ---------------------------------------------------------------- what is touched


@dataclass
class Watch:
    """What the process opens and connects to while watched."""

    canary: str = ""
    cache: str = ""
    on: bool = False
    touched: list[str] = field(default_factory=list)

    def note(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open" and isinstance(args[0], str | bytes):
            name = os.fsdecode(args[0])
            if name == self.canary or name.startswith((self.cache, "/dev/zero")):
                self.touched.append(f"{event} {name}")
                raise PermissionError(name)  # or /dev/zero would be read for good
        elif event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "shutil.copyfile"):
            self.touched.append(f"{event} {args[-1]}")
            raise PermissionError(event)


WATCH = Watch()
sys.addaudithook(WATCH.note)  # it stays for the lifetime of the process but only records on request


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("payloads")
    (folder / "secret.txt").write_text(CONTENT, "utf-8")
    (folder / "cache").mkdir()
    WATCH.canary, WATCH.cache = str(folder / "secret.txt"), str(folder / "cache")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GRADIO_TEMP_DIR", WATCH.cache)
        yield WATCH.canary
    WATCH.canary = ""


@pytest.fixture(scope="module")
def application(canary: str) -> Any:
    async def made() -> Any:
        # within a running loop, because Gradio does not close one that it creates itself
        return apps.make_app(Service(FakeBackend()), mcp=False)

    return asyncio.run(made())


def _served(application: Any) -> FastAPI:
    """The application within the wrappers."""
    while not isinstance(application, FastAPI):
        application = application._app
    return application


def _gradio(application: Any) -> Any:
    """The check of requests, with Gradio's own application in it."""
    (mount,) = (
        route for route in _served(application).routes if isinstance(route, Mount) and route.path == ""
    )
    return mount.app


def _routes(routes: Any, prefix: str = "") -> Iterator[str]:
    for route in routes:
        if hasattr(route, "original_router"):  # of FastAPI: a router that was included
            yield from _routes(route.original_router.routes, prefix)
        elif not isinstance(route, Mount):
            yield from (f"{method} {prefix}{route.path}" for method in route.methods or ())
        elif route.path:
            yield from _routes(route.routes, prefix + route.path)


# ---------------------------------------------------------------- what is sent


def _values(canary: str) -> dict[str, Any]:
    """Values that Gradio treats as files or turns into files or components, by name."""
    kind = {"_type": "gradio.FileData"}
    file = {"path": canary, "meta": kind}
    full = {**file, "url": TRAP, "orig_name": "x", "mime_type": "text/plain", "size": 1, "is_stream": False}
    url = {"path": TRAP, "meta": kind}
    component = {"type": "component", "value": None, "constructor_args": {}, "props": {}}
    faces = {"avatar_images": [canary, canary]}
    return {
        "file": file,
        "old file": {"path": canary},
        "device": {"path": "/dev/zero", "meta": kind},
        "url": url,
        "full": full,
        "stream": {**file, "is_stream": True},
        "url within": {"path": "x", "url": TRAP, "meta": kind},
        "files": [file, file],
        "nested": [[{"a": {"b": file}}]],
        "base64": {"path": "data:text/plain;base64,YQ==", "meta": kind, "is_stream": True},
        "update": {"__type__": "update", "value": file},
        "message": [{"role": "user", "content": file}],
        "part": [{"role": "user", "content": [file]}],
        "file message": [{"role": "user", "content": [{"type": "file", "file": file}]}],
        "url message": [{"role": "assistant", "content": [{"type": "file", "file": url}]}],
        "metadata": [
            {"role": "user", "content": [{"type": "text", "text": "", "meta": kind, "path": canary}]}
        ],
        "image": [{"role": "user", "content": [{**component, "component": "image", "value": file}]}],
        "explorer": [
            {"role": "user", "content": [{**component, "component": "fileexplorer", "value": [[canary]]}]}
        ],
        "faces": [
            {"role": "user", "content": [{**component, "component": "chatbot", "constructor_args": faces}]}
        ],
        "icon": [
            {
                "role": "user",
                "content": [{**component, "component": "button", "constructor_args": {"icon": canary}}],
            }
        ],
        "code": [
            {
                "role": "user",
                "content": [{**component, "component": "code", "value": [canary], "constructor_args": {}}],
            }
        ],
    }


def _escaped(body: dict[str, Any]) -> Iterator[bytes | tuple[str, bytes]]:
    """The same body in other spellings, some of them with a content type of their own."""
    plain = json.dumps(body)
    yield plain.encode()
    yield re.sub("path", r"\\u0070ath", plain).replace("gradio.F", r"\u0067radio.F").encode()
    yield plain.replace('"path":', '"path":"x","path":').encode()
    yield plain.replace('"data":', '"data":[],"data":').encode()
    yield b"\xef\xbb\xbf" + plain.encode()
    yield plain.encode("utf-16")
    yield plain.encode("utf-32-le")
    yield "application/json; charset=utf-16", plain.encode("utf-16")
    yield "application/json; charset=utf-7", plain.encode()
    yield "text/plain", plain.encode()
    yield "application/vnd.api+json", plain.encode()


# ---------------------------------------------------------------- sending


Sender = Callable[..., Awaitable[int]]


class Client:
    """Sends to an ASGI application and looks at what comes back."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.statuses: Counter[int] = Counter()
        self.sent = 0

    async def send(
        self, method: str, path: str, body: Any = None, *, kind: str = "application/json", query: str = ""
    ) -> int:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = [
            (b"host", b"127.0.0.1:7860"),
            (b"content-type", kind.encode()),
            (b"content-length", str(len(raw)).encode()),
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 7860),
        }
        incoming = [{"type": "http.request", "body": raw, "more_body": False}]
        answered: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return incoming.pop() if incoming else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            answered.append(message)

        try:
            await self.app(scope, receive, send)
        except Exception:  # noqa: BLE001 (a defect of Gradio; a server would answer 500)
            answered = [{"type": "http.response.start", "status": 500, "headers": []}]
        self.sent += 1
        status: int = answered[0]["status"]
        self.statuses[status] += 1
        text = b"".join(message.get("body", b"") for message in answered)
        assert CONTENT.encode() not in text
        return status


def _untouched(run: Callable[[], Awaitable[None]]) -> None:
    """Run, and find that nothing was opened, reached or written."""

    async def watched() -> None:
        WATCH.touched.clear()
        WATCH.on = True
        try:
            await run()
        finally:
            WATCH.on = False

    asyncio.run(watched())
    assert WATCH.touched == []
    assert os.listdir(WATCH.cache) == []


def _placed(value: Any, inputs: int) -> Iterator[dict[str, Any]]:
    """The fields of an event with a value in each place where one could be."""
    for place in range(inputs):
        yield {"data": [value if n == place else None for n in range(inputs)]}
    yield {"data": [*[None] * inputs, value]}
    yield {"data": [None] * inputs, "event_data": value}
    yield {"data": value}


# ---------------------------------------------------------------- the tests


def test_no_route_of_gradio_is_unknown(application: Any) -> None:
    known = {route.strip() for line in KNOWN.strip().splitlines() for route in line.split(" · ")}
    found = set(_routes(_gradio(application)._app._app.routes))
    assert sorted(found) == sorted(known)
    assert known > OPEN


def test_programs_can_call_three_events_by_name(application: Any) -> None:
    fns = _gradio(application)._app._app.get_blocks().fns
    assert {fn.api_name for fn in fns.values() if fn.api_visibility == "public"} == PUBLIC
    assert {fn.api_visibility for fn in fns.values()} == {"public", "private"}
    client = Client(application)

    async def run() -> None:
        for name in {fn.api_name for fn in fns.values()}:
            for way in ("run", "api", "call", "call/v2"):
                body = {"data": [], "session_hash": "a"}
                assert await client.send("POST", f"/gradio_api/{way}/{name}", body) == 404
        for path in (RUN, JOIN):
            for number in (-1, 99_999, None, "0", True, 1.0, [0]):
                body = {"data": [], "fn_index": number, "session_hash": "a"}
                assert await client.send("POST", path, body) == 404

    asyncio.run(run())


def test_nothing_that_looks_like_a_file_passes_an_event(application: Any, canary: str) -> None:
    fns = _gradio(application)._app._app.get_blocks().fns
    client = Client(application)

    async def run() -> None:
        for number, fn in fns.items():
            for name, value in _values(canary).items():
                for fields in _placed(value, len(fn.inputs)):
                    for path in (RUN, JOIN):
                        body = {"fn_index": number, "session_hash": "a", **fields}
                        status = await client.send("POST", path, body)
                        assert 400 <= status < 500, (number, name, fields, status)

    _untouched(run)
    print(f"\n{len(fns)} events, {client.sent} payloads: {dict(client.statuses)}")
    assert client.sent > 2 * 20 * len(fns)


def test_no_other_spelling_of_a_file_passes(application: Any, canary: str) -> None:
    fns = _gradio(application)._app._app.get_blocks().fns
    client = Client(application)

    async def run() -> None:
        for number, fn in fns.items():
            for value in (_values(canary)[name] for name in ("file", "device", "url", "file message")):
                data = [value, None, None, None, None, None, None][: len(fn.inputs)]
                body = {"fn_index": number, "session_hash": "a", "data": data, "event_data": value}
                for spelt in _escaped(body):
                    kind, raw = spelt if isinstance(spelt, tuple) else ("application/json", spelt)
                    status = await client.send("POST", JOIN if fn.queue else RUN, raw, kind=kind)
                    assert 400 <= status < 500, (number, raw, status)

    _untouched(run)
    print(f"\n{client.sent} spellings: {dict(client.statuses)}")


def test_a_file_as_text_is_a_text(application: Any, canary: str) -> None:
    """A question with such a text gets an answer, and no file is read."""
    fns = _gradio(application)._app._app.get_blocks().fns
    client = Client(application)
    said = {"role": "user", "content": [{"type": "text", "text": json.dumps(_values(canary)["file"])}]}

    async def run() -> None:
        for number, fn in fns.items():
            if fn.queue or fn.fn is None:
                continue
            for value in (canary, TRAP, json.dumps(_values(canary)["file"]), "data:text/plain;base64,YQ=="):
                kinds = [block.get_block_name() for block in fn.inputs]
                data = [[said] if kind in ("chatbot", "browserstate") else value for kind in kinds]
                event = {
                    "index": 0,
                    "value": value,
                    "liked": True,
                    "article": value,
                    "token": value,
                    "previous_value": value,
                }
                body = {"fn_index": number, "session_hash": "a", "data": data, "event_data": event}
                assert await client.send("POST", RUN, body) == 200, (number, fn.name)

    _untouched(run)
    assert set(client.statuses) == {200}


def test_every_route_refuses_them(application: Any, canary: str) -> None:
    """The application's own routes too: what is no id of an article finds nothing."""
    routes = sorted({*_routes(_served(application).routes), *_routes(_gradio(application)._app._app.routes)})
    client = Client(application)
    unaffected = {"GET /healthz", "GET /readyz", "GET /api/v1/openapi.json", "HEAD /api/v1/openapi.json"}
    unaffected |= {"GET /api/v1/articles", "GET /api/v1/removed", "GET /api/v1/docs"}
    unaffected |= {"GET /api/v1/build", "POST /api/v1/build"}  # they read nothing but `force`
    unaffected |= {"POST /api/v1/files"}  # it takes any bytes for the corpus; see test_api and test_shelf
    unaffected |= {
        "GET /",
        "HEAD /",
        "GET /config",
        "GET /favicon.ico",
        "GET /theme.css",
        "GET /gradio_api/info",
    }

    async def run() -> None:
        for route in routes:
            method, _, path = route.partition(" ")
            if route in unaffected or route.startswith("GET /gradio_api/heartbeat"):
                continue
            for text in (canary, TRAP, "/dev/zero", f"..{canary}", "x"):
                address = re.sub(r"\{[^}]*\}", lambda _, text=text: text, path)  # type: ignore[misc]
                sent = {"path": text, "meta": {"_type": "gradio.FileData"}}
                bodies = (
                    [None]
                    if method in ("GET", "HEAD", "DELETE")
                    else [
                        {"data": [sent], "fn_index": 0, "session_hash": "a", "event_id": sent},
                        {"question": sent, "path": text, "url": text, "api_name": sent},
                        {"component_id": 7, "fn_name": "ls", "session_hash": "a", "data": sent},
                        sent,
                    ]
                )
                for body in bodies:
                    status = await client.send(method, address, body, query=f"path={text}&name={text}&q=")
                    assert 400 <= status < 500, (route, text, body, status)

    _untouched(run)
    print(f"\n{len(routes)} routes, {client.sent} payloads: {dict(client.statuses)}")
    assert len(routes) > 80


def test_without_the_check_gradio_still_reads_nothing(application: Any, canary: str) -> None:
    """Bypassing `gradio_requests`, by number and by name, as if all events could be called directly."""
    inner = _gradio(application)._app._app
    blocks: gr.Blocks = inner.get_blocks()
    assert blocks.has_launched
    client = Client(inner)

    async def run() -> None:
        for number, fn in blocks.fns.items():
            if fn.fn is None or not fn.inputs:
                continue
            for value in _values(canary).values():
                for place in range(len(fn.inputs)):
                    data = [value if n == place else None for n in range(len(fn.inputs))]
                    body = {"fn_index": number, "session_hash": f"s{number}", "data": data}
                    await client.send("POST", f"/gradio_api/run/{fn.api_name}", body)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "api_open", True)
        _untouched(run)
    print(f"\n{client.sent} payloads past the check: {dict(client.statuses)}")
    assert client.statuses[500] > client.sent / 2
