"""REST and its description."""

from __future__ import annotations

import asyncio
import json
from dataclasses import fields
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from qa.api import operations, schemas
from qa.api.fields import HitFields
from qa.api.rest import DEFECT, make_api
from qa.server.security import App
from qa.service.service import MAX_QUESTION, Service
from qa.types import Added, Answer, Article, ArticleSummary, Citation, Explanation, Part, Removed, Skipped
from tests.support import apps
from tests.support.builds import ended
from tests.support.fakes import ARTICLES, FERRY, FakeBackend

SHIP = "Was weiß man über das Schiff?"


def _client(service: Service | None = None) -> TestClient:
    api = make_api(service or Service(FakeBackend()))
    return TestClient(api, base_url="http://127.0.0.1:7860", raise_server_exceptions=False)


def _keys(shape: Any) -> set[str]:
    return set(shape.__annotations__)


def _names(kind: Any) -> set[str]:
    return {field.name for field in fields(kind)}


def test_an_answer_has_the_fields_of_its_type_and_an_id() -> None:
    assert _keys(schemas.AnswerFields) == _names(Answer) | {"id"}


def test_all_fields_of_answers_are_described_as_required() -> None:
    shapes = _client().get("/openapi.json").json()["components"]["schemas"]
    for kind in (Added, Article, ArticleSummary, Citation, Explanation, Part, Removed, Skipped):
        shape = shapes[kind.__name__]
        assert set(shape["required"]) == set(shape["properties"]) == _names(kind)
        assert not any("default" in field for field in shape["properties"].values())


@pytest.mark.parametrize("ending", ["md", "docx", "jsonl", "csv"])
def test_an_answer_is_a_file(ending: str) -> None:
    asked = {"question": "Was fürchten die Fischer und die Netze?"}
    response = _client().post(f"/ask/export?format={ending}&timeline=true", json=asked)
    assert (response.status_code, f"answer.{ending}" in response.headers["content-disposition"]) == (
        200,
        True,
    )
    if ending == "docx":
        assert response.content[:2] == b"PK"
    else:
        assert "Fischer" in response.content.decode()
    assert _client().post("/ask/export?format=exe", json=asked).status_code == 422


def test_an_answer_is_quoted_exactly() -> None:
    response = _client().post("/ask", json={"id": 7, "question": SHIP})
    answer = response.json()
    assert response.status_code == 200
    assert (answer["id"], answer["status"], len(answer["citations"])) == (7, "answered", 3)
    assert set(answer) == _keys(schemas.AnswerFields)
    for citation in answer["citations"]:
        assert set(citation) == _names(Citation)
        text = _client().get(f"/articles/{citation['article_id']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_the_answer_span_and_what_is_missing_are_told() -> None:
    answer = _client().post("/ask", json={"question": "Wie viele Fahrgäste waren es 2019?"}).json()
    (cited,) = answer["citations"]
    assert FERRY[cited["answer_start"] : cited["answer_end"]] == "412"
    assert cited["start"] <= cited["answer_start"] < cited["answer_end"] <= cited["end"]
    assert answer["missing"] == ["2019"]
    answer = _client().post("/ask", json={"question": "Fahrgäste?"}).json()
    assert [(c["answer_start"], c["answer_end"]) for c in answer["citations"]] == [(-1, -1)]
    assert answer["missing"] == []


def test_the_schema_says_what_confidence_and_missing_are() -> None:
    shapes = _client().get("/openapi.json").json()["components"]["schemas"]
    fields = shapes["AnswerFields"]["properties"]
    assert fields["confidence"]["description"].startswith("Probability that the first quote answers")
    assert fields["missing"]["description"].startswith("What the question names and no quote holds")
    assert {"confidence", "missing"} <= set(shapes["AnswerFields"]["required"])
    assert "answer_start" in shapes["Citation"]["description"]


def test_a_refusal_is_no_error() -> None:
    answer = _client().post("/ask", json={"question": "Mondgestein"}).json()
    assert (answer["status"], answer["citations"]) == ("no_answer", [])
    assert set(answer["hits"][0]) == _keys(HitFields)


def test_the_conversation_and_the_filters_arrive() -> None:
    service = Service(FakeBackend())
    history = [{"role": "user", "content": "davor"}]
    asked = {"question": SHIP, "history": history, "until": "2024-10-30"}
    answer = _client(service).post("/ask", json=asked).json()
    assert {citation["article_id"] for citation in answer["citations"]} == {"bibliothek.txt"}
    served = service.served()
    assert [turn.content for turn in served.bot.history] == ["davor"]  # type: ignore[attr-defined]


def test_search_by_body_and_by_address() -> None:
    client = _client()
    posted = client.post("/search", json={"question": SHIP, "k": 1}).json()
    assert posted == client.get("/search", params={"question": SHIP, "k": 1}).json()
    assert posted["query"] == SHIP
    assert [hit["article_id"] for hit in posted["hits"]] == ["faehre.md"]
    asked = {"question": SHIP, "source": "stadtanzeiger"}
    assert [hit["article_id"] for hit in client.post("/search", json=asked).json()["hits"]] == [
        "bibliothek.txt"
    ]


def test_articles_are_listed_in_pages() -> None:
    client = _client()
    assert client.get("/articles").json()["total"] == 3
    page = client.get("/articles", params={"offset": 1, "limit": 1}).json()
    assert (page["total"], page["offset"], len(page["articles"])) == (3, 1, 1)
    found = client.get("/articles", params={"query": "küstenbote"}).json()
    assert [row["article_id"] for row in found["articles"]] == ["faehre.md"]


def test_an_article_with_any_name() -> None:
    client = _client()
    assert client.get("/articles/faehre.md").json()["text"] == FERRY
    assert client.get("/articles/x%22%3E%3Cb%3E.txt").json()["source"] == "<i>Bote</i>"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/ask", {}, 422),
        ("/ask", {"question": ""}, 422),
        ("/ask", {"question": " \n"}, 422),
        ("/ask", {"question": "x" * (MAX_QUESTION + 1)}, 422),
        ("/ask", {"question": 1}, 422),
        ("/ask", {"question": "x", "soruce": "y"}, 422),
        ("/ask", {"question": "x", "since": "gestern"}, 422),
        ("/ask", {"question": "x", "history": [{"role": "system", "content": "y"}]}, 422),
        ("/ask", {"question": "x", "history": [{"role": "user", "content": "y"}] * 51}, 422),
        ("/ask", {"question": "x", "article": "../../etc/passwd"}, 404),
        ("/ask", [], 422),
        ("/search", {"question": "x", "k": 0}, 422),
        ("/search", {"question": "x", "k": 101}, 422),
        ("/search", {"question": "x", "mode": "magic"}, 422),
        ("/search", {"question": "x", "article": "nein"}, 404),
    ],
)
def test_a_bad_request_is_told_in_a_sentence(path: str, body: Any, status: int) -> None:
    response = _client().post(path, json=body)
    assert response.status_code == status
    assert list(response.json()) == ["error"]
    assert "Traceback" not in response.text
    assert "x" * 100 not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/articles/..%2F..%2Fetc%2Fpasswd", 404),
        ("GET", "/articles/nein.md", 404),
        ("GET", "/articles?limit=501", 422),
        ("GET", "/articles?offset=-1", 422),
        ("GET", "/articles?offset=99999999999999999999999999", 422),
        ("GET", "/nothing", 404),
        ("GET", "/ask", 405),
        ("GET", "/search", 422),
    ],
)
def test_a_bad_address_is_told_in_a_sentence(method: str, path: str, status: int) -> None:
    response = _client().request(method, path)
    assert response.status_code == status
    assert list(response.json()) == ["error"]


def test_what_is_no_json_is_400_and_a_form_of_another_page_is_not_read() -> None:
    json_type = {"content-type": "application/json"}
    assert _client().post("/ask", content="{", headers=json_type).status_code == 400
    as_text = _client().post("/ask", content='{"question": "x"}', headers={"content-type": "text/plain"})
    assert as_text.status_code == 422


def test_a_defect_is_told_without_its_trace() -> None:
    response = _client().post("/ask", json={"question": "Absturz"})
    assert (response.status_code, response.json()) == (500, {"error": DEFECT})


def test_without_an_index_and_with_a_broken_one() -> None:
    nothing = _client(Service(FakeBackend(generations=0)))
    for response in (nothing.post("/ask", json={"question": "x"}), nothing.get("/articles")):
        assert response.status_code == 503
        assert "Build" in response.json()["error"]
        assert "retry-after" not in response.headers
    backend = FakeBackend()
    backend.broken = True
    assert _client(Service(backend)).get("/articles").status_code == 503


def test_too_many_questions_are_sent_away_with_a_time() -> None:
    service = Service(FakeBackend(), waiting=0)
    assert service._questions._places.acquire(blocking=False)
    response = _client(service).post("/ask", json={"question": SHIP})
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    service._questions._places.release()
    assert _client(service).post("/ask", json={"question": SHIP}).status_code == 200


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        self.links += [str(named[key]) for key in ("href", "src") if key in named]
        self.ids.add(str(named.get("id")))


def test_a_file_is_added_removed_and_put_back() -> None:
    backend = FakeBackend()
    client = _client(Service(backend))
    data = b"Der Leuchtturm wird rot."
    added = client.post("/files", params={"name": "neu ä.txt"}, content=data)
    assert (added.status_code, added.json()) == (201, {"path": "neu ä.txt", "articles": 1, "skipped": []})
    assert backend.files["neu ä.txt"] == data
    again = client.post("/files", params={"name": "neu ä.txt"}, content=data)
    assert (again.status_code, "already" in again.json()["error"]) == (422, True)
    assert client.post("/files", params={"name": "x.png"}, content=b"").status_code == 422
    assert client.post("/files", content=b"").status_code == 422
    removed = client.delete("/articles/faehre.md")
    assert (removed.status_code, removed.json()["path"]) == (200, "faehre.md")
    assert client.delete("/articles/faehre.md").status_code == 404
    assert client.get("/removed").json() == [removed.json()]
    assert client.post(f"/removed/{removed.json()['token']}").json() == removed.json()
    assert client.post("/removed/x").status_code == 404
    assert client.get("/removed").json() == []


def test_a_build_is_started_and_followed() -> None:
    backend = FakeBackend()
    backend.held.clear()
    service = Service(backend)
    client = _client(service)
    before = client.get("/build").json()
    assert before == {
        "running": False, "progress": None, "report": None, "error": "", "watching": False, "news": None
    }  # fmt: skip
    started = client.post("/build")
    assert (started.status_code, started.json()["running"]) == (202, True)
    assert client.post("/build").status_code == 202  # the same one
    backend.held.set()
    ended(service)
    after = client.get("/build").json()
    assert (after["running"], after["error"], after["report"]["generation"]) == (False, "", "g2")
    assert after["report"]["skipped"] == [{"path": "leer<b>.txt", "reason": "The file is empty."}]
    assert backend.newest == 2


def test_a_build_that_would_lose_most_articles_needs_force() -> None:
    backend = FakeBackend()
    backend.shrunk = True
    service = Service(backend)
    client = _client(service)
    client.post("/build")
    ended(service)
    assert client.get("/build").json()["error"] != ""
    client.post("/build?force=true")
    ended(service)
    assert client.get("/build").json()["report"]["generation"] == "g2"
    assert client.post("/build?force=maybe").status_code == 422


def test_a_server_that_only_reads_starts_no_build() -> None:
    backend = FakeBackend()
    client = _client(Service(backend, changes=False))
    assert client.post("/build").status_code == 403
    assert client.get("/build").status_code == 200
    assert backend.newest == 1


def test_a_server_that_only_reads_takes_no_files() -> None:
    backend = FakeBackend()
    client = _client(Service(backend, changes=False))
    assert client.post("/files", params={"name": "a.txt"}, content=b"x").status_code == 403
    assert client.delete("/articles/faehre.md").status_code == 403
    assert client.post("/removed/t0").status_code == 403
    assert set(backend.files) == {article.article_id for article in ARTICLES}


def test_the_description_is_whole_and_loads_nothing() -> None:
    client = _client()
    schema = client.get("/openapi.json").json()
    reading = {
        "/ask",
        "/ask/stream",
        "/ask/export",
        "/summary",
        "/search",
        "/articles",
        "/articles/{article_id}",
    }
    assert set(schema["paths"]) == reading | {"/build", "/files", "/removed", "/removed/{token}"}
    text = client.get("/docs").text
    described = _Page(text)
    assert "script" not in described.tags
    assert "link" not in described.tags
    for link in described.links:
        assert link == "openapi.json" or (link[0] == "#" and link[1:] in described.ids)
    for path in schema["paths"]:
        assert f"/api/v1{path}</code>" in text
    for name in schemas.Ask.model_fields:
        assert f"<code>{name}</code>" in text


def test_the_schema_escapes_what_it_shows() -> None:
    from qa.api.rest_docs import documentation

    schema = _client().get("/openapi.json").json()
    hostile = json.loads(json.dumps(schema).replace("Find passages", "<img src=x onerror=alert(1)>"))
    assert "<img" not in documentation(hostile)


def test_rest_is_offered_beside_the_page() -> None:
    async def made() -> App:
        return apps.make_app(Service(FakeBackend()))

    client = TestClient(asyncio.run(made()), base_url="http://127.0.0.1:7860")
    assert client.post("/api/v1/ask", json={"question": SHIP}).json()["status"] == "answered"
    assert client.get("/api/v1/openapi.json").json()["servers"] == [{"url": "/api/v1"}]
    assert client.get("/api/v1/docs").headers["content-security-policy"]
    assert (
        client.post("/api/v1/ask", json={"question": "x"}, headers={"host": "evil.test"}).status_code == 421
    )
    named = client.get("/gradio_api/info").json()["named_endpoints"]
    assert set(named) == {"/ask", "/search", "/article"}


def test_a_fault_is_told_without_the_value() -> None:
    with pytest.raises(ValidationError) as caught:
        schemas.Ask.model_validate({"question": "geheim" * 1000})
    assert "question" in operations.fault(caught.value)
    assert "geheim" not in operations.fault(caught.value)
