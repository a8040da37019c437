"""The MCP tools, over the complete application."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa.api import mcp, schemas
from qa.errors import MissingExtra
from qa.server.mcp_requests import MAX_CALL
from qa.server.security import App
from qa.service.service import Service
from tests.support import apps
from tests.support.fakes import FERRY, FakeBackend

pytest.importorskip("mcp", reason="pip install 'qa[mcp]'")
HEADERS = {"accept": "application/json, text/event-stream"}


@pytest.fixture
def client() -> Iterator[TestClient]:
    async def made() -> App:
        return apps.make_app(Service(FakeBackend()), mcp=True)

    with TestClient(asyncio.run(made()), base_url="http://127.0.0.1:7860", headers=HEADERS) as client:
        yield client


def _sent(client: TestClient, method: str, params: dict[str, Any]) -> Any:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    response = client.post("/mcp", json=message)
    assert response.status_code == 200
    return response.json()["result"]


def _called(client: TestClient, name: str, **arguments: Any) -> Any:
    return _sent(client, "tools/call", {"name": name, "arguments": arguments})


def test_the_tools_say_what_they_give(client: TestClient) -> None:
    tools = {tool["name"]: tool for tool in _sent(client, "tools/list", {})["tools"]}
    assert set(tools) == {"ask", "search", "article"}
    assert set(tools["ask"]["outputSchema"]["properties"]) == set(schemas.AnswerFields.__annotations__)
    assert tools["ask"]["inputSchema"]["required"] == ["question"]


def test_the_tools_give_the_same_objects_as_rest(client: TestClient) -> None:
    answer = _called(client, "ask", question="Fahrgäste")["structuredContent"]
    rest = client.post("/api/v1/ask", json={"question": "Fahrgäste"}).json()
    assert answer == rest
    assert answer["citations"][0]["quote"].startswith("Das Schiff fasst 412")
    found = _called(client, "search", question="Schiff", k=1)
    assert found["structuredContent"] == client.get("/api/v1/search?question=Schiff&k=1").json()
    assert json.loads(found["content"][0]["text"]) == found["structuredContent"]
    article = _called(client, "article", article_id="faehre.md")["structuredContent"]
    assert article["text"] == FERRY


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("article", {"article_id": "nein.md"}, "nein.md"),
        ("ask", {"question": ""}, "question"),
        ("ask", {"question": "x", "since": "gestern"}, "since"),
        ("search", {"question": "x", "k": 1000}, "k"),
    ],
)
def test_a_bad_call_is_told(client: TestClient, name: str, arguments: dict[str, Any], says: str) -> None:
    result = _called(client, name, **arguments)
    assert result["isError"]
    assert says in result["content"][0]["text"]
    assert "Traceback" not in result["content"][0]["text"]


def test_what_is_wrong_with_a_call_is_said_in_our_words(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(name: str, **arguments: Any) -> str:
        return str(_called(client, name, **arguments)["content"][0]["text"])

    assert told("ask", question="") == (
        "The request is malformed (question: String should have at least 1 character). Correct these fields."
    )
    assert told("<nothing>") == "There is no such tool; `tools/list` names them."

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(mcp.operations, "article", broken)
    assert told("article", article_id="x") == mcp.DEFECT
    assert "ZeroDivisionError: secret" in capsys.readouterr().err


CALL = b'{"jsonrpc": "2.0", "id": %s, "method": "tools/list", "params": %s}'


MALFORMED: list[tuple[bytes, int]] = [
    (b"\xff", -32700),
    (b"", -32700),
    (b"[" * 50_000, -32700),
    (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, -32700),
    (CALL % (b"9" * 6_000, b"{}"), -32700),
    (CALL % (b"9" * 30, b"{}"), -32600),
    (CALL % (b'"' + b"9" * 6_000 + b'"', b"{}"), -32600),
    (CALL % (b"1.5", b"{}"), -32600),
    (CALL % (b"1", b"[]"), -32600),
    (CALL % (b"1", b'{"a": ' + b"[" * 20 + b"]" * 20 + b"}"), -32600),
    (CALL % (b"1", b'{"a": "\\ud800"}'), -32600),
    (b"[]", -32600),
    (b'{"jsonrpc": "1.0", "id": 1, "method": "tools/list"}', -32600),
    (b'{"jsonrpc": "2.0", "id": 1, "result": {}}', -32600),
]


def test_malformed_messages_are_refused(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    for body, code in MALFORMED:
        response = client.post("/mcp", content=body, headers={"content-type": "application/json"})
        assert response.status_code == 400, body[:80]
        assert response.json()["error"]["code"] == code, body[:80]
        assert len(response.content) < 300
    assert capsys.readouterr().err == ""


def test_a_message_has_a_limit(client: TestClient) -> None:
    long = CALL % (b"1", b'{"cursor": "' + b"x" * MAX_CALL + b'"}')
    assert client.post("/mcp", content=long, headers={"content-type": "application/json"}).status_code == 413


def test_sound_messages_pass(client: TestClient) -> None:
    assert client.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"}).is_success
    for given in (7, "a"):
        message = {"jsonrpc": "2.0", "id": given, "method": "ping", "params": None}
        assert client.post("/mcp", json=message).json() == {"jsonrpc": "2.0", "id": given, "result": {}}


def test_what_is_not_served_leaves_no_trace_in_the_log(
    client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    for method in ("prompts/get", "resources/read", "nothing", "tools/call"):
        for name in (5, "x"):
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"name": name, "uri": "x:y"}}
            assert client.post("/mcp", json=message).status_code == 200
    assert capfd.readouterr().err == ""


def test_foreign_hosts_do_not_come_through(client: TestClient) -> None:
    assert client.post("/mcp", json={}, headers={"host": "evil.test"}).status_code == 421


def test_without_the_flag_there_are_no_tools() -> None:
    async def made() -> App:
        return apps.make_app(Service(FakeBackend()))

    client = TestClient(asyncio.run(made()), base_url="http://127.0.0.1:7860", headers=HEADERS)
    assert client.post("/mcp", json={}).status_code in (404, 405)


def test_without_the_package_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.fastmcp", None)
    with pytest.raises(MissingExtra, match=r"qa\[mcp\]"):
        mcp.make_server(Service(FakeBackend()))
