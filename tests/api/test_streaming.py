"""Phrased answers over REST: at once the quotes, then one sentence after the other."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from qa.api import operations, schemas
from qa.api.rest import make_api
from qa.llm.client import Client
from qa.llm.endpoint import endpoint
from qa.server import listening as sockets
from qa.service.service import Service
from qa.types import Answer, Hit, Passage
from tests.support import apps
from tests.support.fakes import FERRY, FakeBackend, FakeBot
from tests.support.llm_fakes import FakeModel
from tests.support.llm_server import HELD, Handler, serving

QUESTION = "Wie viele Fahrgäste fasst das Schiff?"
TRUE = "Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge."
OTHER = "Es verbindet die Inseln Amrum und Föhr viermal täglich mit dem Festland."
FALSE = "Das Schiff fasst 500 Fahrgäste."
ASKERS = 20


def client_of(model: Any | None) -> TestClient:
    api = make_api(Service(FakeBackend(), language_model=model))
    return TestClient(api, base_url="http://127.0.0.1:7860", raise_server_exceptions=False)


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_an_answer_is_phrased_on_demand() -> None:
    model = FakeModel(f"{TRUE} [1] {FALSE} [1]")
    answer = client_of(model).post("/ask", json={"question": QUESTION, "phrase": True}).json()
    assert answer["phrased"]["status"] == "partly"
    assert answer["phrased"]["text"] == f"{TRUE} [1]"
    assert [sentence["kept"] for sentence in answer["phrased"]["sentences"]] == [True, False]
    assert set(answer["phrased"]) == set(schemas.PhrasingFields.__annotations__)


def test_articles_are_summed_up() -> None:
    client = client_of(FakeModel(f"{TRUE} [1] {FALSE} [1]"))
    summary = client.post("/summary", json={"articles": ["faehre.md"]}).json()
    assert set(summary) == set(schemas.SummaryFields.__annotations__)
    assert summary["phrased"]["text"] == f"{TRUE} [1]"
    assert summary["citations"][0]["quote"] == TRUE
    assert client.post("/summary", json={"articles": ["fort.md"]}).status_code == 404
    assert client.post("/summary", json={"articles": []}).status_code == 422
    assert client_of(None).post("/summary", json={"articles": ["faehre.md"]}).status_code == 422


def test_unasked_nothing_is_phrased() -> None:
    model = FakeModel(f"{TRUE} [1]")
    for path in ("/ask", "/ask/stream"):
        client_of(model).post(path, json={"question": QUESTION})
    assert model.sent == []


def test_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = FakeBot.ask

    def with_hits(self: FakeBot, question: str, **options: Any) -> Answer:
        passage = Passage("faehre.md", 0, 0, 400, FERRY[:400])
        return replace(ask(self, question, **options), hits=(Hit(passage, 1, 1.0),))

    monkeypatch.setattr(FakeBot, "ask", with_hits)
    model = FakeModel(f"{TRUE} [1] {OTHER} [1] {FALSE} [1]")
    response = client_of(model).post("/ask/stream", json={"id": 7, "question": QUESTION, "phrase": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    found = events(response.text)
    assert [name for name, _ in found] == ["quotes", "sentence", "sentence", "dropped", "end"]
    quotes, first, second, dropped, end = (value for _, value in found)
    assert quotes["id"] == end["id"] == 7
    assert quotes["phrased"] is None
    assert set(quotes) == set(end) == set(schemas.AnswerFields.__annotations__)
    assert first == {"sentence": end["phrased"]["sentences"][0], "citations": []}
    label = len(quotes["citations"]) + 1
    assert second["sentence"]["labels"] == [label]
    assert [citation["label"] for citation in second["citations"]] == [label]
    assert FERRY[second["citations"][0]["start"] : second["citations"][0]["end"]] == OTHER
    assert dropped["citations"] == []
    assert end["citations"] == quotes["citations"] + second["citations"]
    assert end["text"] == quotes["text"]


def test_without_phrase_the_stream_has_the_answer_twice() -> None:
    found = events(client_of(None).post("/ask/stream", json={"question": QUESTION}).text)
    assert [name for name, _ in found] == ["quotes", "end"]
    assert found[0][1] == found[1][1]


@pytest.mark.parametrize("path", ["/ask", "/ask/stream"])
def test_without_a_language_model(path: str) -> None:
    response = client_of(None).post(path, json={"question": QUESTION, "phrase": True})
    assert response.status_code == 422
    assert "--llm" in response.json()["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": ""}, 422),
        ({"question": "x", "phrase": "vielleicht"}, 422),
        ({"question": "x", "article": "nein"}, 404),
    ],
)
def test_errors_come_before_the_stream(body: dict[str, Any], status: int) -> None:
    response = client_of(FakeModel()).post("/ask/stream", json=body)
    assert response.status_code == status
    assert set(response.json()) == {"error"}


def test_a_failure_of_the_model_is_no_error() -> None:
    model = FakeModel(error="The language model failed (500). Its own log says why.")
    response = client_of(model).post("/ask", json={"question": QUESTION, "phrase": True})
    assert response.status_code == 200
    assert response.json()["phrased"]["status"] == "failed"
    assert response.json()["citations"]


def test_programs_share_the_operation() -> None:
    service = Service(FakeBackend(), language_model=FakeModel(f"{TRUE} [1]"))
    fields = operations.ask(service, schemas.Ask(question=QUESTION, phrase=True))
    assert fields["phrased"]
    assert fields["phrased"]["status"] == "kept"


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The whole application on loopback."""
    listening = sockets.listening("127.0.0.1", 0)
    servers: list[uvicorn.Server] = []

    def run() -> None:
        async def serve() -> None:
            config = uvicorn.Config(apps.make_app(service), log_level="warning", timeout_graceful_shutdown=1)
            servers.append(uvicorn.Server(config))
            await servers[0].serve(sockets=[listening])

        asyncio.run(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not servers or not servers[0].started:
        assert time.monotonic() < deadline
        assert thread.is_alive()
        time.sleep(0.02)
    try:
        yield sockets.address("127.0.0.1", listening.getsockname()[1])
    finally:
        servers[0].should_exit = True
        thread.join(30)


def hanging(handler: Handler) -> None:
    handler.begin()
    handler.hang()


def first_event(url: str, before_leaving: Callable[[], object] = lambda: None) -> str:
    """The first event of a stream, which is closed behind it."""
    body = {"question": QUESTION, "phrase": True}
    with httpx.stream("POST", f"{url}/api/v1/ask/stream", json=body, timeout=60) as response:
        text = ""
        for piece in response.iter_text():
            text += piece
            if "\n\n" in text:
                before_leaving()
                return text.split("\n")[0]
    return ""


def test_everybody_gets_quotes_while_the_endpoint_hangs_and_leaving_closes_its_connection() -> None:
    asked = threading.Event()

    def noted(handler: Handler) -> None:
        asked.set()
        hanging(handler)

    with serving(noted) as model:
        service = Service(FakeBackend(), language_model=Client(endpoint(model.url, "klein")))
        service.served()
        with served(service) as url:
            assert first_event(url, lambda: asked.wait(HELD)) == "event: quotes"
            assert model.gone.wait(HELD)
            with ThreadPoolExecutor(ASKERS) as pool:
                found = list(pool.map(first_event, [url] * ASKERS))
            assert found == ["event: quotes"] * ASKERS
