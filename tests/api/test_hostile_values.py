"""Hostile values in every field of every operation never cause an internal error."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr
import pytest
from fastapi.testclient import TestClient

import ui
from qa.api import rest
from qa.embedding import sentence_transformer
from qa.server.security import App
from qa.service.library import Folders
from qa.service.service import Service
from qa.web.ask_tab import AskTab
from qa.web.corpus_tab import CorpusTab
from tests.support import apps
from tests.support.fakes import FakeBackend
from tests.support.standin import StandIn

SHIP = "Was weiß man über das Schiff?"
JSON_TYPE = {"content-type": "application/json"}
NUMBERS = ["1e400", "-1e400", "NaN", "Infinity", "1" + "0" * 25, "-1" + "0" * 25, "9" * 5000, "0.5", "-0"]
TEXTS = [
    '"\\ud800"',
    '"x\\udfff.md"',
    '"\\ud83d"',
    '"\\u0000"',
    '"\\ufeff\\u202e"',
    json.dumps("x" * 100_000),
]
SHAPES = ["null", "true", "[]", "{}", '[["\\ud800"]]', '{"\\ud800": "\\udfff"}', "[" * 50_000]
VALUES = [*NUMBERS, *TEXTS, *SHAPES]
IN_ADDRESSES = ["%ED%A0%80", "%FF%FE.md", "%00", "%C2%9B", "%E2%80%A8", "9" * 30, "9" * 5000, "-1", "1e400"]
IN_ADDRESSES += ["NaN", "%F0%9D%9F%99", "%D9%A1", "x" * 5000]

SCHEMA = rest.make_api(Service(FakeBackend(generations=0))).openapi()


def _fields(operation: dict[str, Any]) -> dict[str, Any]:
    """The names in the body of an operation, with what they may hold."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return {}
    fields: dict[str, Any] = SCHEMA["components"]["schemas"][content["schema"]["$ref"].split("/")[-1]]
    return dict(fields["properties"])


def _bodies() -> Iterator[tuple[str, str, str]]:
    """Address, field, and a body whose field holds a hostile value."""
    for path, methods in SCHEMA["paths"].items():
        for field in _fields(methods.get("post", {})):
            sound = {"question": SHIP} if field != "question" else {}
            start = "".join(f"{json.dumps(key)}: {json.dumps(value)}, " for key, value in sound.items())
            for value in VALUES:
                yield path, field, f"{{{start}{json.dumps(field)}: {value}}}"
        if _fields(methods.get("post", {})):
            turn = '{"question": "x", "history": [{"role": %s, "content": %s}]}'
            for value in VALUES:
                yield path, "role", turn % (value, '"y"')
                yield path, "content", turn % ('"user"', value)
                yield path, "unknown", f'{{"question": "x", "a\\ud800": {value}}}'
                yield path, "all", value


def _addresses() -> Iterator[tuple[str, str]]:
    """Method and address, with a hostile value in one place."""
    for path, methods in SCHEMA["paths"].items():
        for method, operation in methods.items():
            for given in operation.get("parameters", []):
                for value in IN_ADDRESSES:
                    if given["in"] == "path":
                        yield method, path.replace(f"{{{given['name']}}}", value)
                    elif given["name"] == "question":
                        yield method, f"{path}?question={value}"
                    else:
                        asked = f"&question={quote(SHIP)}" if path == "/search" else ""
                        yield method, f"{path}?{given['name']}={value}{asked}"


BODIES, ADDRESSES = list(_bodies()), list(_addresses())


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """With real folders, because a database and a file system reject more than the in-memory fake."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "c").mkdir()
    (folder / "c" / "a.txt").write_text("Das Schiff fasst 412 Fahrgäste. Es fährt viermal täglich.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_transformer, "load", lambda *_: StandIn())
        backend = Folders(folder / "c", folder / "v")
        backend.build(lambda _: None)
        yield Service(backend)


@pytest.fixture(scope="module")
def client(service: Service) -> TestClient:
    return TestClient(rest.make_api(service), raise_server_exceptions=False)


def _check(response: Any) -> None:
    assert response.status_code < 500, response.text
    response.content.decode("utf-8")
    if response.status_code >= 400:
        assert list(response.json()) == ["error"]
        assert len(response.text) < 2_000
    elif response.headers["content-type"].startswith("text/event-stream"):
        for line in response.text.splitlines():
            if line.startswith("data: "):
                json.dumps(json.loads(line.removeprefix("data: ")), allow_nan=False).encode()
    elif response.headers["content-type"].startswith("application/jsonl"):
        for line in response.text.splitlines():
            json.dumps(json.loads(line), allow_nan=False).encode()
    else:
        json.dumps(response.json(), allow_nan=False).encode()


def test_every_operation_is_tried() -> None:
    tried = {(path, field) for path, field, _ in BODIES}
    assert {("/ask", "id"), ("/ask", "since"), ("/search", "k"), ("/search", "mode")} <= tried
    methods = {(method, path.split("?")[0].rsplit("/", 1)[0]) for method, path in ADDRESSES}
    assert {("get", "/articles"), ("delete", "/articles"), ("post", "/removed")} <= methods


@pytest.mark.parametrize(("path", "field"), sorted({(path, field) for path, field, _ in BODIES}))
def test_in_a_body(client: TestClient, path: str, field: str) -> None:
    for body in (body for *found, body in BODIES if found == [path, field]):
        _check(client.post(path, content=body, headers=JSON_TYPE))


@pytest.mark.parametrize("method", sorted({method for method, _ in ADDRESSES}))
def test_in_an_address(client: TestClient, method: str) -> None:
    for address in (address for found, address in ADDRESSES if found == method):
        _check(client.request(method, address))


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"", b"null", b'"x"', b"[" * 100_000, '{"question": "ä"}'.encode("latin-1")]
)
def test_a_body_that_is_no_object(client: TestClient, body: bytes) -> None:
    for path in ("/ask", "/search"):
        response = client.post(path, content=body, headers=JSON_TYPE)
        _check(response)
        assert response.status_code in (400, 422)


def test_an_id_comes_back_as_it_was(client: TestClient) -> None:
    for given in (7, -(2**63) + 1, "a\u0000ü", "x" * 1000, None):
        assert client.post("/ask", json={"question": SHIP, "id": given}).json()["id"] == given


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", b'{"text": "A.", "title": "\\ud800", "date": "\\udfff"}\n{"\\ud800": 1}\n{"text": 1e9}'),
        ("b.csv", b"text,title\nEin Satz.,\xff\n\xff,\xfe\n"),
        ("c.md", b"---\ntitle: \"\\ud800\"\ndate: 99999999999999-01-01\n---\nEin Satz."),
    ],
)  # fmt: skip
def test_in_a_file(client: TestClient, name: str, data: bytes) -> None:
    response = client.post("/files", params={"name": name}, content=data)
    _check(response)


# -- Gradio, MCP and the page


def _endpoint(service: Service, name: str) -> Callable[..., Any]:
    async def laid_out() -> gr.Blocks:
        return ui.layout(AskTab(service), CorpusTab(service), service)

    blocks = asyncio.run(laid_out())
    (found,) = (function.fn for function in blocks.fns.values() if function.api_name == name)
    assert found is not None
    return found


OTHERS: list[Any] = [json.loads(v) for v in VALUES if v.startswith(('"', "{", "n", "t")) or v in NUMBERS[:6]]


@pytest.mark.parametrize("name", ["ask", "search", "article"])
def test_by_gradio_client(service: Service, name: str) -> None:
    call = _endpoint(service, name)
    calls: list[dict[str, Any]] = [{"article_id": value} for value in OTHERS]
    if name != "article":
        fields = ("question", "article", "source", "since", "until", "history" if name == "ask" else "k")
        calls = [{"question": SHIP, field: value} for field in fields for value in OTHERS]
    for given in calls:
        try:
            json.dumps(call(**given), ensure_ascii=False).encode()
        except gr.Error as error:
            error.message.encode()


@pytest.mark.parametrize("name", ["ask", "search", "article"])
def test_by_mcp(service: Service, name: str) -> None:
    pytest.importorskip("mcp", reason="pip install 'qa[mcp]'")

    async def made() -> App:
        return apps.make_app(service, mcp=True)

    field = "article_id" if name == "article" else "question"
    headers = {**JSON_TYPE, "accept": "application/json, text/event-stream"}
    with TestClient(asyncio.run(made()), base_url="http://127.0.0.1:7860", headers=headers) as client:
        for key in (field, "source", "k"):
            for value in (v for v in VALUES if len(v) < 1_000):  # longer ones reach only the package's parser
                arguments = f'{{"question": "x", "{key}": {value}}}'
                call = f'{{"name": "{name}", "arguments": {arguments}}}'
                message = f'{{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {call}}}'
                response = client.post("/mcp", content=message)
                assert response.status_code < 500, (value, response.text)
                response.json()


def test_on_the_page(service: Service) -> None:
    corpus_tab = CorpusTab(service)
    request: Any = type("Request", (), {"headers": {"accept-language": "de"}, "query_params": {}})
    for value in OTHERS:
        told = value if isinstance(value, str) else json.dumps({"offset": value})
        event: Any = type("Event", (), {"_data": {"article": value, "articles": value, "token": value}})
        for shown in (
            corpus_tab.open(event, request),
            corpus_tab.remove(event, request),
            corpus_tab.restore(event, request),
            corpus_tab.table(told, told, request),
        ):
            shown.encode()


def test_without_the_folder_of_articles(tmp_path: Path) -> None:
    gone = Service(Folders(tmp_path / "c" / "d", tmp_path / "v"))
    client = TestClient(rest.make_api(gone), raise_server_exceptions=False)
    assert client.get("/removed").json() == []
    for response in (client.delete("/articles/a.txt"), client.post("/removed/x")):
        assert response.status_code == 503
        assert "Mount or create it" in response.json()["error"]
