from __future__ import annotations

import asyncio
import base64
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.i18n.wording import page_language
from qa.server import passwords
from qa.server.asgi import Message, Receive, Scope, Send
from qa.server.passwords import Passwords
from qa.server.security import LOOPBACK, TITLE, RequestChecks, hosts_for

PAGE = (
    f'<html lang="en"><head><title>{TITLE}</title><script>1</script><script src="a"></script></head></html>'
)


class Inner:
    """An app that records what it received and responds with a page."""

    def __init__(self, page: str = PAGE) -> None:
        self._page = page.encode()
        self.scope: Scope | None = None
        self.messages: list[Message] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        while True:
            message = await receive()
            self.messages.append(message)
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                break
        headers = [
            (b"content-type", b"text/html"),
            (b"x-frame-options", b"ALLOWALL"),
            (b"content-length", b"9"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.debug", "info": {}})  # as Starlette sends to its test client
        half = len(self._page) // 2
        await send({"type": "http.response.body", "body": self._page[:half], "more_body": True})
        await send({"type": "http.response.body", "body": self._page[half:]})


class Response:
    def __init__(self, messages: list[Message]) -> None:
        messages = [message for message in messages if message["type"] != "http.response.debug"]
        self.status: int = messages[0]["status"]
        self.headers: list[tuple[bytes, bytes]] = messages[0]["headers"]
        self.raw = b"".join(message.get("body", b"") for message in messages[1:])
        zipped = (b"content-encoding", b"gzip") in self.headers
        self.body = (gzip.decompress(self.raw) if zipped else self.raw).decode()
        self.parts = len(messages) - 1

    def header(self, name: bytes) -> str:
        (value,) = [value for key, value in self.headers if key == name]
        return value.decode()


def _request(
    inner: Inner,
    path: str = "/",
    *,
    method: str = "GET",
    query: str = "",
    body: tuple[bytes, ...] = (b"",),
    hosts: tuple[str, ...] = LOOPBACK,
    uploads: bool = False,
    max_upload: int = 3000,
    passwords: Passwords | None = None,
    head: Callable[[str], str] = lambda language: "",
    **headers: str,
) -> Response:
    named = {"host": "127.0.0.1:7860", **{key.replace("_", "-"): value for key, value in headers.items()}}
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(key.encode(), value.encode()) for key, value in named.items()],
    }
    incoming = [
        {"type": "http.request", "body": part, "more_body": n < len(body)}
        for n, part in enumerate(body, start=1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    checks = RequestChecks(
        inner,
        hosts=hosts,
        max_body=1000,
        uploads=uploads,
        max_upload=max_upload,
        passwords=passwords,
        head=head,
    )
    asyncio.run(checks(scope, receive, send))
    return Response(sent)


def test_the_page_gets_title_language_and_nonce() -> None:
    response = _request(Inner(), accept_language="en-GB", accept_encoding="br")
    assert response.status == 200
    assert '<html lang="en">' in response.body
    assert "<title>Ask the articles</title>" in response.body
    assert 'get:()=>"en"' in response.body
    policy = response.header(b"content-security-policy")
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert response.body.count(f'<script nonce="{nonce}"') == 3
    assert response.header(b"content-length") == str(len(response.body.encode()))
    assert response.header(b"x-frame-options") == "SAMEORIGIN"
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert policy != _request(Inner()).header(b"content-security-policy")


def test_the_page_is_asked_for_uncompressed() -> None:
    inner = Inner()
    response = _request(inner, accept_encoding="br, gzip")
    assert inner.scope is not None
    assert b"accept-encoding" not in dict(inner.scope["headers"])
    assert response.header(b"content-encoding") == "gzip"
    assert int(response.header(b"content-length")) == len(response.raw)
    assert gzip.decompress(response.raw).startswith(b'<html lang="de">')


def test_the_page_has_its_own_head_and_no_preview_of_gradio() -> None:
    preview = '<meta\n property="og:title" content="Gradio" />'
    config = '<script>window.gradio_config = "<meta property=\\"og:x\\">"</script>'
    page = PAGE.replace("</head>", f"{preview}{config}</head><gradio-app></gradio-app>")
    response = _request(Inner(page), head=lambda language: f"<script>own({language})</script>")
    assert 'content="Gradio"' not in response.body
    assert '"<meta property=' in response.body  # what is no element is left alone
    assert re.search(r'<script nonce="[^"]+">own\(de\)</script></head>', response.body)
    assert '<p id="loading" role="status">' in response.body
    assert "<noscript>" in response.body


def test_other_answers_pass_in_their_pieces_with_the_headers() -> None:
    response = _request(Inner(), "/gradio_api/queue/data")
    assert response.parts == 2
    assert response.body == PAGE
    assert response.header(b"x-content-type-options") == "nosniff"
    assert response.header(b"content-security-policy")


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "", "localhost:80:80"])
def test_foreign_host_names_are_refused(host: str) -> None:
    inner = Inner()
    assert _request(inner, host=host).status == 421
    assert inner.scope is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "LOCALHOST", "[::1]:7860"])
def test_own_host_names_are_answered(host: str) -> None:
    assert _request(Inner(), host=host).status == 200


def test_any_host_is_answered_where_none_is_named() -> None:
    assert _request(Inner(), host="example.org", hosts=()).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://example.org",
        "null",
        "",
        "http://127.0.0.1:80",
        "http://[::1",
        "http://a]b",
        "http://\u2100.org",
    ],
)
def test_requests_that_other_pages_send_are_refused(origin: str) -> None:
    assert _request(Inner(), "/x", method="POST", origin=origin).status == 403


def test_requests_of_the_own_page_pass() -> None:
    assert _request(Inner(), "/x", method="POST", origin="http://127.0.0.1:7860").status == 200


@pytest.mark.parametrize("length", ["1001", "-1", "x", "²", "", "+5", "9" * 5000])
def test_a_body_that_says_it_is_too_large_is_refused(length: str) -> None:
    inner = Inner()
    assert _request(inner, "/x", method="POST", content_length=length).status == 413
    assert inner.scope is None


def test_a_body_that_grows_too_large_is_cut_off() -> None:
    inner = Inner()
    _request(inner, "/x", method="POST", body=(b"a" * 600, b"a" * 600, b"a"))
    assert [message["type"] for message in inner.messages] == ["http.request", "http.disconnect"]


def test_web_sockets_are_closed() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    asyncio.run(RequestChecks(Inner())({"type": "websocket", "headers": [], "path": "/"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "expected"),
    [
        ("", "", "de-AT,en;q=0.5", "de"),
        ("", "", "fr-FR,en;q=0.8", "en"),
        ("", "", "fr-FR", "en"),
        ("lang=en", "qa_lang=de", "de", "en"),
        ("lang=zz", "", "de", "de"),
        ("", "a=1; qa_lang=en", "de", "en"),
        ("", "xqa_lang=en", "de", "de"),
        ("", "", "", "de"),
        ("", "", "*", "de"),
    ],
)
def test_language_of_a_request(query: str, cookie: str, accepted: str, expected: str) -> None:
    assert page_language({"cookie": cookie, "accept-language": accepted}, query) == expected


def test_host_names_of_an_address() -> None:
    assert hosts_for("127.0.0.1") == LOOPBACK
    assert hosts_for("192.0.2.7") == (*LOOPBACK, "192.0.2.7")
    assert hosts_for("2001:db8::1") == (*LOOPBACK, "[2001:db8::1]")


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])  # noqa: S104
def test_a_server_on_every_address_answers_to_no_foreign_name(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Desk")
    hosts = hosts_for(address)
    for host in ("192.0.2.7:7860", "[2001:db8::1]:80", "desk", "desk.local:7860", "localhost", "DESK"):
        assert _request(Inner(), host=host, hosts=hosts).status == 200
    for host in ("example.org", "192.0.2.7.example.org", "IP", "*", "", "2001:db8::1", "[192.0.2.7]", "1"):
        assert _request(Inner(), host=host, hosts=hosts).status == 421
    assert _request(Inner(), host="news.example", hosts=hosts_for(address, ["News.example"])).status == 200


def test_host_names_behind_a_proxy() -> None:
    assert hosts_for("127.0.0.1", ["Example.org"]) == (*LOOPBACK, "example.org")


def test_an_upload_has_a_limit_of_its_own() -> None:
    upload: dict[str, Any] = {
        "path": "/api/v1/files",
        "method": "POST",
        "uploads": True,
        "max_upload": 3000,
    }
    assert _request(Inner(), **upload, content_length="3000").status == 200
    assert _request(Inner(), **upload, content_length="3001").status == 413
    assert _request(Inner(), "/x", method="POST", uploads=True, content_length="1001").status == 413
    assert _request(Inner(), **{**upload, "uploads": False}, content_length="3000").status == 413
    inner = Inner()
    _request(inner, **upload, body=(b"a" * 2000, b"a" * 2000))
    assert [message["type"] for message in inner.messages] == ["http.request", "http.disconnect"]


def _basic(word: str) -> str:
    return "Basic " + base64.b64encode(f"anna:{word}".encode()).decode()


def test_a_password_is_asked_for_everywhere_but_at_the_health(tmp_path: Path) -> None:
    people = tmp_path / "people"
    people.write_text(passwords.line("anna", "lang genug"), "utf-8")
    checker = Passwords(passwords.read(people))
    for path in ("/", "/api/v1/ask", "/mcp", "/gradio_api/queue/join", "/healthz/", "/theme.css"):
        inner = Inner()
        response = _request(inner, path, passwords=checker)
        assert (response.status, inner.scope) == (401, None)
        assert response.header(b"www-authenticate").startswith("Basic ")
    for path in ("/healthz", "/readyz"):
        assert _request(Inner(), path, passwords=checker).status == 200
    for _ in range(2):
        assert _request(Inner(), "/", passwords=checker, authorization=_basic("lang genug")).status == 200
    for n in range(passwords.TRIES):
        assert _request(Inner(), "/", passwords=checker, authorization="Basic x").status == 401
        assert _request(Inner(), "/", passwords=checker, authorization=_basic(f"falsch {n}")).status == 401
    limited = _request(Inner(), "/", passwords=checker, authorization=_basic("noch eins"))
    assert (limited.status, limited.header(b"retry-after")) == (429, "60")
