"""Twenty simultaneous questions: none is lost, and each gets its own answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.service.base import Served
from qa.service.library import Folders
from qa.service.service import Service
from qa.types import Article
from tests.support.browsing import CITATION, Server
from tests.support.fakes import FakeBackend, FakeBot, FakeIndex
from tests.support.seeds import two_seeds

CROWD = 20
WORDS = [f"Leuchtfeuer{chr(97 + n)}{chr(97 + n)}" for n in range(CROWD)]
ARTICLES = [
    Article(f"{n:02}.txt", f"Turm {n}", f"Der Turm {n} trägt ein {word} aus dem Jahr 19{n:02}. Es ist alt.")
    for n, word in enumerate(WORDS)
]
QUIET = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


class Backend(FakeBackend):
    """Twenty articles, each with a word of its own."""

    def open(self) -> Served:
        index = FakeIndex(self.generation(), ARTICLES)
        return Served(index, FakeBot(index))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    running = Server(backend=Backend())
    yield running.url
    running.stop()


def _at_once(ask: Callable[[int], Any]) -> list[Any]:
    """The answer of each simultaneous client."""
    together = threading.Barrier(CROWD)

    def one(number: int) -> Any:
        together.wait(30)
        return ask(number)

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))


def _by_rest(url: str, number: int) -> dict[str, Any]:
    response = httpx.post(f"{url}/api/v1/ask", json={"question": f"Was ist {WORDS[number]}?"}, timeout=60)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def _by_gradio(url: str, number: int) -> dict[str, Any]:
    """As `gradio_client` asks: into the queue, then the stream of events."""
    session = f"session{number}"
    with httpx.Client(base_url=url, timeout=60) as client:
        (event,) = (
            row["id"] for row in client.get("/config").json()["dependencies"] if row["api_name"] == "ask"
        )
        data = [f"Was ist {WORDS[number]}?", [], "", "", "", "", False]
        joined = {"fn_index": event, "session_hash": session, "data": data}
        client.post("/gradio_api/queue/join", json=joined).raise_for_status()
        with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
            messages = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    (done,) = (message for message in messages if message["msg"] == "process_completed")
    answer: dict[str, Any] = done["output"]["data"][0]
    return answer


@QUIET
@pytest.mark.parametrize("ask", [_by_rest, _by_gradio])
def test_everybody_gets_the_own_answer(url: str, ask: Callable[[str, int], dict[str, Any]]) -> None:
    for number, answer in enumerate(_at_once(lambda number: ask(url, number))):
        assert answer["status"] == "answered"
        assert [citation["article_id"] for citation in answer["citations"]] == [f"{number:02}.txt"]
        assert WORDS[number] in answer["text"]


@QUIET
@pytest.mark.browser
def test_pages_side_by_side_are_apart(chromium: Any, url: str) -> None:
    contexts = [chromium.new_context(locale="de-DE") for _ in range(4)]
    try:
        pages = [context.new_page() for context in contexts]
        for page in pages:
            page.goto(url)
            page.wait_for_selector("#examples button")
            page.fill("#question textarea", "")
        for page, word in zip(pages, WORDS, strict=False):
            page.fill("#question textarea", f"Was ist {word}?")
            page.press("#question textarea", "Enter")
        for number, page in enumerate(pages):
            page.wait_for_selector(CITATION)
            assert WORDS[number] in page.inner_text("#chat blockquote")
            page.locator(CITATION).click()
            page.wait_for_selector("#reader mark.now")
            assert page.inner_text("#reader h3") == f"Turm {number}"
            assert page.locator("#chat .user.message").count() == 1
    finally:
        for context in contexts:
            context.close()


@pytest.mark.slow
def test_a_crowd_is_answered_by_the_real_model(tmp_path: Path) -> None:
    service = Service(Folders(two_seeds(tmp_path / "seeds"), tmp_path / "vectors"))
    assert service.start_build()
    for thread in threading.enumerate():
        if thread.name == "build":
            thread.join(300)
    served = service.served()
    asked = [f"Worum geht es in {article.title}?" for article in served.index.articles()]
    questions = [f"{asked[n % len(asked)]} {n}" for n in range(CROWD)]
    alone = [service.ask(question) for question in questions]
    together = _at_once(lambda number: service.ask(questions[number]))
    for one, other in zip(alone, together, strict=True):
        assert one[0].text == other[0].text
        assert one[0].citations == other[0].citations
