"""The handlers of the page and its server, without a browser."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import FERRY, FakeBackend
from fastapi.testclient import TestClient

import ui
from qa.guard import Guard
from qa.markup import make_ref
from qa.page import MAX_QUESTION, Page
from qa.service import Service

GERMAN = SimpleNamespace(headers={"accept-language": "de"}, query_params={})
ENGLISH = SimpleNamespace(headers={"accept-language": "en"}, query_params={})


def _page(backend: FakeBackend | None = None) -> Page:
    return Page(Service(backend or FakeBackend()))


def _event(**payload: Any) -> Any:
    return SimpleNamespace(_data=payload)


def _asked(question: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "text", "text": question}]}]


def _answered(page: Page, chat: list[dict[str, Any]], request: Any = GERMAN) -> tuple[str, str, str]:
    """Message, sources and reader after an answer."""
    steps = list(page.answer(chat, request))
    panels = [(sources, reader) for _, sources, reader in steps if isinstance(sources, str)]
    return steps[-1][0][-1]["content"], *panels[-1]


def test_a_question_enters_the_chat_and_locks_the_box() -> None:
    box, chat, examples = _page().send("  Frage? ", [])
    assert chat == [{"role": "user", "content": "Frage?"}]
    assert (box["value"], box["interactive"], box["stop_btn"]) == ("", False, True)
    assert examples == ""


def test_an_empty_question_changes_nothing_and_a_long_one_is_cut() -> None:
    assert all(update == {"__type__": "update"} for update in _page().send(" ", []))
    assert len(_page().send("x" * 2 * MAX_QUESTION, [])[1][0]["content"]) == MAX_QUESTION


def test_an_answer_comes_with_sources_and_article() -> None:
    message, sources, reader = _answered(_page(), _asked("Was weiß man über das Schiff?"))
    assert message.count("](#cite-") == 3
    assert sources.count('class="card"') == 3
    assert "<mark title=" in reader
    assert 'class="now"' not in reader


def test_the_bot_gets_the_conversation_as_plain_text() -> None:
    backend = FakeBackend()
    service = Service(backend)
    page = Page(service)
    first, _, _ = _answered(page, _asked("Seestern"))
    chat = [*_asked("Seestern"), {"role": "assistant", "content": first}, *_asked("Fahrgäste")]
    _answered(page, chat)
    served = service.served()
    assert served is not None
    history = [(turn.role, turn.content) for turn in served.bot.history]  # type: ignore[attr-defined]
    assert history == [("user", "Seestern"), ("assistant", "Die neue Fähre heißt Seestern. [1]")]


def test_a_refusal_is_one() -> None:
    message, sources, reader = _answered(_page(), _asked("Mondgestein"), ENGLISH)
    assert 'class="no-answer"' in message
    assert "probably do not answer" in message
    assert "come closest" in sources
    assert "<article" not in reader


def test_without_an_index_the_page_says_so_and_offers_to_build_one() -> None:
    page = _page(FakeBackend(generations=0))
    assert "data-build" in page.notice(GERMAN)
    message, _, _ = _answered(page, _asked("Frage?"))
    assert "noch keinen Index" in message
    assert page.table("", GERMAN).startswith('<p class="hint">')
    assert "#cite" not in message


def test_a_broken_index_is_named() -> None:
    backend = FakeBackend()
    backend.broken = True
    page = _page(backend)
    assert "qa build --fresh" in page.notice(GERMAN)
    assert "qa build --fresh" in _answered(page, _asked("Frage?"))[0]
    assert "qa build --fresh" in page.open(_event(article="faehre.md"), GERMAN)


def test_a_citation_opens_its_article() -> None:
    page = _page()
    article = page._article("faehre.md")
    ref = make_ref(article, 29, 101, 0.8)
    sources, reader = page.cite(_event(ref=ref, pairs=[[1, ref]]), GERMAN)
    assert 'class="card active"' in sources
    assert f'title="zitierte Stelle [1]">{FERRY[29:101]}</mark>' in reader


@pytest.mark.parametrize(
    "payload", [None, [], {"ref": 5, "pairs": 5}, {"ref": "../../etc/passwd", "pairs": [[1, "x"]]}]
)
def test_a_forged_citation_shows_nothing(payload: Any) -> None:
    sources, reader = _page().cite(SimpleNamespace(_data=payload), GERMAN)
    assert "<li" not in sources
    assert "<article" not in reader


def test_a_conversation_comes_back_with_the_sources_of_its_last_answer() -> None:
    message, sources, _ = _answered(_page(), _asked("Schiff"))
    kept = [*_asked("Schiff"), {"role": "assistant", "content": message}]
    restarted = _page()  # another server
    box, chat, sources_again, reader, examples, notice = restarted.load(kept, GERMAN)
    assert chat == [{"role": "user", "content": "Schiff"}, {"role": "assistant", "content": message}]
    assert sources_again == sources
    assert "<mark" in reader
    assert box == examples == notice == ""


def test_a_new_visitor_sees_examples_and_a_linked_question() -> None:
    request = SimpleNamespace(headers={}, query_params={"q": "Wie teuer?"})
    box, chat, _, _, examples, _ = _page().load(None, request)
    assert box == "Wie teuer?"
    assert chat == []
    assert "Neue Fähre verbindet Inseln" in examples


def test_retry_undo_and_edit_keep_what_stands_before() -> None:
    page = _page()
    chat = [
        *_asked("eins"),
        {"role": "assistant", "content": "1"},
        *_asked("zwei"),
        {"role": "assistant", "content": "2"},
    ]
    assert page.retry(chat, SimpleNamespace(index=2))[0] == chat[:3]  # type: ignore[arg-type]
    rest, box, kept, *_ = page.undo(chat, SimpleNamespace(index=2), GERMAN)  # type: ignore[arg-type]
    assert (rest, box, kept) == (chat[:2], "zwei", chat[:2])
    edited, _ = page.edit(chat, SimpleNamespace(index=(0, 0), value="drei"))  # type: ignore[arg-type]
    assert edited == [{"role": "user", "content": "drei"}]


def test_a_lost_question_goes_back_into_the_box() -> None:
    page = _page()
    with pytest.raises(RuntimeError):
        list(page.answer(_asked("Absturz"), GERMAN))
    box, chat, note = page.failed([*_asked("Absturz"), {"role": "assistant", "content": "…"}], GERMAN)
    assert (box["value"], box["interactive"], chat) == ("Absturz", True, [])
    assert "noch einmal" in note


def test_a_build_is_followed_to_its_end() -> None:
    page = _page(FakeBackend(step=0.02))
    steps = list(page.rebuild(GERMAN))
    assert "<progress" in steps[0]
    assert any("Passagen werden eingebettet" in step for step in steps)
    assert "Index aufgebaut: 4 Artikel" in steps[-1]
    assert "Leuchtturm" in page.table("leucht", GERMAN)
    assert list(page.follow(GERMAN)) == []


def test_a_second_build_is_refused_and_follows_the_first() -> None:
    backend = FakeBackend(step=0.02)
    service = Service(backend)
    first, second = Page(service).rebuild(GERMAN), Page(service).rebuild(ENGLISH)
    assert "<progress" in next(first)
    assert "running already" in next(second)
    assert "Index built" in list(second)[-1]
    assert "Index aufgebaut" in list(first)[-1]
    assert backend.generations == 2


def test_a_failed_build_says_why() -> None:
    backend = FakeBackend()
    backend.fails = True
    page = _page(backend)
    page.notice(GERMAN)  # the index is open
    last = list(page.rebuild(GERMAN))[-1]
    assert "cannot be written" in last
    assert "unverändert" in last


def test_the_table_opens_articles() -> None:
    page = _page()
    assert "Wiebke Hansen" in page.open(_event(article="faehre.md"), GERMAN)
    assert "&#x27;nein.md&#x27;" in page.open(_event(article="nein.md"), GERMAN)


def test_export_holds_quotes_and_sources() -> None:
    page = _page()
    message, _, _ = _answered(page, _asked("Fahrgäste"))
    text = page.export([*_asked("Fahrgäste"), {"role": "assistant", "content": message}], GERMAN)
    assert "> Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge. [1]" in text
    assert (
        "[1] **Neue Fähre verbindet Inseln** · Küstenbote · 5. November 2024 · faehre.md, Zeichen 102–150"
        in text
    )


# ---------------------------------------------------------------- the server


def _client(service: Service) -> TestClient:
    async def made() -> Guard:
        # within a running loop, because Gradio leaves one open that it makes itself
        return ui.make_app(service)

    return TestClient(asyncio.run(made()), base_url="http://127.0.0.1:7860")


def test_health_tells_whether_an_index_is_open() -> None:
    service = Service(FakeBackend())
    client = _client(service)
    assert client.get("/healthz").status_code == 503
    service.served()
    assert client.get("/healthz").status_code == 200


def test_the_page_is_served_in_the_readers_language() -> None:
    client = _client(Service(FakeBackend()))
    page = client.get("/", headers={"accept-language": "de"}).text
    assert "Fragen an die Artikel" in page
    assert "qa-page-title" not in page
    assert '"title":"Ask the articles"' in client.get("/?lang=en").text.replace(": ", ":")


def test_private_files_and_uploads_are_out_of_reach() -> None:
    client = _client(Service(FakeBackend(), changes=False))
    for path in ("/etc/passwd", "pyproject.toml", "../pyproject.toml"):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)
    assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 404
    assert client.get("/docs").status_code == 404
    assert client.get("/openapi.json").status_code == 404


def test_uploads_are_let_in_where_the_corpus_may_be_changed() -> None:
    async def made() -> Guard:
        return ui.make_app(Service(FakeBackend()), max_upload=2000)

    client = TestClient(asyncio.run(made()), base_url="http://127.0.0.1:7860")
    assert client.post("/gradio_api/upload", files={"files": b"x" * 1000}).status_code == 200
    assert client.post("/gradio_api/upload", files={"files": b"x" * 2000}).status_code == 413


def test_ready_says_whether_one_more_can_ask() -> None:
    service = Service(FakeBackend(), waiting=0)
    client = _client(service)
    assert client.get("/readyz").status_code == 503
    service.served()
    assert client.get("/readyz").status_code == 200
    assert service._places.acquire(blocking=False)
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (503, 200)


def test_nothing_is_reported_to_others() -> None:
    import os

    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_a_build_goes_on_when_the_page_is_closed() -> None:
    service = Service(FakeBackend(step=0.01))
    watching = Page(service).rebuild(GERMAN)
    next(watching)
    watching.close()
    deadline = time.monotonic() + 10
    while service.build_state.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert service.build_state.report is not None
