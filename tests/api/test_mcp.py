"""The tools for language models, over the application as it is served."""

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
