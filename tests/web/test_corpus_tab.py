"""The handlers of the corpus tab, without a browser."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import gradio as gr

from qa.service.service import Service
from qa.web.corpus_tab import Desk
from tests.support.fakes import FakeBackend

GERMAN = SimpleNamespace(headers={"accept-language": "de"}, query_params={})
TOKEN = {"token": "t0"}
ENGLISH = SimpleNamespace(headers={"accept-language": "en"}, query_params={})


def _desk(backend: FakeBackend | None = None) -> Desk:
    return Desk(Service(backend or FakeBackend()))


def _event(**payload: Any) -> Any:
    return SimpleNamespace(_data=payload)


def test_a_build_is_followed_to_its_end() -> None:
    desk = _desk(FakeBackend(step=0.02))
    steps = list(desk.rebuild(GERMAN))
    assert "<progress" in steps[0]
    assert any("Passagen werden eingebettet" in step for step in steps)
    assert "Index aufgebaut: 4 Artikel" in steps[-1]
    assert "Leuchtturm" in desk.table("leucht", GERMAN)
    assert list(desk.follow(GERMAN)) == [gr.skip()]  # nothing at all would empty the report


def test_a_second_build_is_refused_and_follows_the_first() -> None:
    backend = FakeBackend(step=0.02)
    service = Service(backend)
    first, second = Desk(service).rebuild(GERMAN), Desk(service).rebuild(ENGLISH)
    assert "<progress" in next(first)
    assert "running already" in next(second)
    assert "Index built" in list(second)[-1]
    assert "Index aufgebaut" in list(first)[-1]
    assert backend.newest == 2


def test_a_failed_build_says_why() -> None:
    backend = FakeBackend()
    backend.fails = True
    desk = _desk(backend)
    desk._service.served()  # the index is open
    last = list(desk.rebuild(GERMAN))[-1]
    assert "cannot be written" in last
    assert "unverändert" in last


def test_the_table_opens_articles() -> None:
    desk = _desk()
    assert "Wiebke Hansen" in desk.open(_event(article="faehre.md"), GERMAN)
    assert "&#x27;nein.md&#x27;" in desk.open(_event(article="nein.md"), GERMAN)


def test_without_an_index_or_with_a_broken_one_the_table_is_empty() -> None:
    assert _desk(FakeBackend(generations=0)).table("", GERMAN).startswith('<p class="hint">')
    backend = FakeBackend()
    backend.broken = True
    assert _desk(backend).table("", GERMAN).startswith('<p class="hint">')
    assert "qa build --fresh" in _desk(backend).open(_event(article="faehre.md"), GERMAN)


def test_the_pages_of_the_table_are_turned() -> None:
    desk = _desk()
    assert desk.turn("", _event(offset=2), GERMAN).count("data-article") == 1
    for forged in (-1, "2", None, True, 2**40):
        assert desk.turn("", _event(offset=forged), GERMAN).count("data-article") == 3
    assert desk.turn("", SimpleNamespace(_data=None), GERMAN).count("data-article") == 3  # type: ignore[arg-type]


def test_a_build_is_stopped_and_the_index_stays() -> None:
    backend = FakeBackend(step=0.01)
    backend.held.clear()
    desk = _desk(backend)
    desk._service.served()
    steps = desk.rebuild(GERMAN)
    assert "data-stop" in next(steps)
    desk.stop()
    backend.held.set()
    last = list(steps)[-1]
    assert "wurde abgebrochen" in last
    assert "nicht geklappt" not in last
    assert backend.newest == 1


def test_the_generation_before_is_served_again() -> None:
    backend = FakeBackend(generations=2)
    desk = _desk(backend)
    assert "Leuchtturm" in desk.table("leuchtturm", GERMAN)
    assert "data-rollback" in desk.generations(GERMAN)
    assert "vorigen Stand" in desk.rollback(GERMAN)
    assert "Leuchtturm" not in desk.table("leuchtturm", GERMAN)
    assert "no older generation" in desk.rollback(GERMAN)


def test_a_server_that_only_reads_builds_nothing() -> None:
    backend = FakeBackend(generations=2)
    desk = Desk(Service(backend, changes=False))
    assert "liest nur" in list(desk.rebuild(GERMAN))[-1]
    assert "liest nur" in desk.rollback(GERMAN)
    assert "data-rollback" not in desk.generations(GERMAN)
    desk.stop()
    assert backend.newest == 2


def test_a_build_goes_on_when_the_page_is_closed() -> None:
    service = Service(FakeBackend(step=0.01))
    watching = Desk(service).rebuild(GERMAN)
    next(watching)
    watching.close()
    deadline = time.monotonic() + 10
    while service.build_state.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert service.build_state.report is not None


def test_sent_files_are_reported_whatever_the_browser_tells() -> None:
    desk = _desk()
    rows: list[Any] = [
        {"name": "a.txt", "articles": 1, "skipped": []},
        {"name": "b.csv", "articles": 2, "skipped": [["b.csv/1", "x"], 7, ["x"], [1, 2, 3]]},
        {"name": "<b>c.png", "error": "The file is larger than 20 MB; split it."},
        "d",
        {"name": 7, "articles": "x", "error": None},
    ]
    out = desk.added(_event(files=rows), GERMAN)
    assert "4 Dateien aufgenommen, 3 Artikel." in out
    assert "2 Dateien abgelehnt" in out
    assert "&lt;b&gt;c.png</code> Die Datei ist größer als 20 MB" in out
    assert 'data-remove="a.txt"' in out
    assert "data-build" in out
    none = desk.added(_event(files=[{"name": "c", "error": "x"}]), ENGLISH)
    assert "No file was added." in none
    assert "data-build" not in none
    assert "Keine Datei" in desk.added(_event(files="x"), GERMAN)
    assert "Keine Datei" in desk.added(SimpleNamespace(_data=None), GERMAN)  # type: ignore[arg-type]


def test_a_removal_can_be_undone() -> None:
    backend = FakeBackend()
    desk = _desk(backend)
    out = desk.remove(_event(article='x"><b>.txt'), GERMAN)
    assert "<code>x&quot;&gt;&lt;b&gt;.txt</code> wurde aus dem Korpus entfernt." in out
    assert 'data-restore="t0"' in out
    assert 'x"><b>.txt' not in backend.files
    assert 'data-restore="t0"' in desk.removed(ENGLISH)
    assert "gibt es keine Datei" in desk.remove(_event(article='x"><b>.txt'), GERMAN)
    assert "in the corpus again" in desk.restore(_event(**TOKEN), ENGLISH)
    assert 'x"><b>.txt' in backend.files
    assert desk.removed(GERMAN) == ""
    assert "schon zurückgelegt" in desk.restore(_event(**TOKEN), GERMAN)


def test_a_server_that_only_reads_keeps_its_files() -> None:
    backend = FakeBackend()
    desk = Desk(Service(backend, changes=False))
    assert "liest nur" in desk.remove(_event(article="faehre.md"), GERMAN)
    assert "liest nur" in desk.restore(_event(**TOKEN), GERMAN)
    assert "data-remove" not in desk.open(_event(article="faehre.md"), GERMAN)
    assert "data-remove" in _desk(backend).open(_event(article="faehre.md"), GERMAN)
    assert desk.removed(GERMAN) == ""
    assert "faehre.md" in backend.files


def test_a_build_that_loses_most_articles_asks_first() -> None:
    backend = FakeBackend()
    backend.shrunk = True
    desk = _desk(backend)
    asked = list(desk.rebuild(GERMAN))[-1]
    assert "4 der 5 Artikel des bisherigen Index fehlen im Korpus. Der neue Index hätte 1 Artikel." in asked
    assert "data-force" in asked
    assert "data-dismiss" in asked
    assert "Build anyway" in list(desk.rebuild(ENGLISH))[-1]
    assert backend.newest == 1
    assert desk.dismiss() == ""
    assert "Index aufgebaut" in list(desk.rebuild_anyway(GERMAN))[-1]
    assert backend.newest == 2


def test_a_server_that_only_reads_forces_nothing() -> None:
    backend = FakeBackend()
    desk = Desk(Service(backend, changes=False))
    assert "liest nur" in list(desk.rebuild_anyway(GERMAN))[-1]
    assert backend.newest == 1
