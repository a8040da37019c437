"""The handlers of the corpus tab, without a browser."""

from __future__ import annotations

import json
import re
import time
from types import SimpleNamespace
from typing import Any

import gradio as gr

from qa.service.service import Service
from qa.web.corpus_tab import CorpusTab
from tests.support.fakes import FakeBackend

GERMAN = SimpleNamespace(headers={"accept-language": "de"}, query_params={})
TOKEN, TOKENS = {"token": "t0"}, {"token": "t0 t1"}
ENGLISH = SimpleNamespace(headers={"accept-language": "en"}, query_params={})


def _tab(backend: FakeBackend | None = None) -> CorpusTab:
    return CorpusTab(Service(backend or FakeBackend()))


def _event(**payload: Any) -> Any:
    return SimpleNamespace(_data=payload)


def test_a_build_is_followed_to_its_end() -> None:
    corpus_tab = _tab(FakeBackend(step=0.02))
    steps = list(corpus_tab.rebuild(GERMAN))
    assert "<progress" in steps[0]
    assert any("Artikel werden ausgewertet" in step for step in steps)
    assert "Suchindex aktualisiert: 4 Artikel" in steps[-1]
    assert "Leuchtturm" in corpus_tab.table("leucht", "", GERMAN)
    (again,) = corpus_tab.follow(GERMAN)  # a file was left out: whoever comes later should know
    assert "1 Datei übersprungen" in again
    assert list(_tab().follow(GERMAN)) == [gr.skip()]  # nothing at all would empty the report


def test_articles_that_came_by_themselves_are_told() -> None:
    backend = FakeBackend()
    corpus_tab = _tab(backend)
    corpus_tab._service.served()
    backend.newest = 2  # built by another process
    corpus_tab._service.served()
    (german,), (english,) = (list(corpus_tab.follow(request)) for request in (GERMAN, ENGLISH))
    assert "1 neuer Artikel, seit " in german
    assert "1 new article, in the index since " in english


def test_a_second_build_is_refused_and_follows_the_first() -> None:
    backend = FakeBackend(step=0.02)
    service = Service(backend)
    first, second = CorpusTab(service).rebuild(GERMAN), CorpusTab(service).rebuild(ENGLISH)
    assert "<progress" in next(first)
    assert "already being updated" in next(second)
    assert "Index updated" in list(second)[-1]
    assert "Suchindex aktualisiert" in list(first)[-1]
    assert backend.newest == 2


def test_a_failed_build_says_why() -> None:
    backend = FakeBackend()
    backend.fails = True
    corpus_tab = _tab(backend)
    corpus_tab._service.served()  # the index is open
    last = list(corpus_tab.rebuild(GERMAN))[-1]
    assert "cannot be written" in last
    assert "unverändert" in last


def test_the_table_opens_articles() -> None:
    corpus_tab = _tab()
    assert "Wiebke Hansen" in corpus_tab.open(_event(article="faehre.md"), GERMAN)
    assert "&#39;nein.md&#39;" in corpus_tab.open(_event(article="nein.md"), GERMAN)


def test_without_an_index_or_with_a_broken_one_the_tab_says_what_to_do() -> None:
    assert "noch nicht durchsuchbar" in _tab(FakeBackend(generations=0)).table("", "", GERMAN)
    backend = FakeBackend()
    backend.broken = True
    for request, wording in ((GERMAN, "ist beschädigt"), (ENGLISH, "is damaged")):
        table = _tab(backend).table("", "", request)
        assert wording in table
        assert "data-build" in table
        assert wording in _tab(backend).open(_event(article="faehre.md"), request)
        assert "qa build" not in table
    reads = CorpusTab(Service(backend, changes=False)).table("", "", GERMAN)
    assert "Betreuung dieser Seite" in reads
    assert "data-build" not in reads


def test_the_list_is_searched_filtered_and_sorted_as_the_browser_asks() -> None:
    corpus_tab = _tab()

    def titles(query: str = "", **view: Any) -> list[str]:
        html = corpus_tab.table(query, json.dumps(view), GERMAN)
        return re.findall(r'data-article="([^"]+)"', html)

    assert titles() == ["faehre.md", "bibliothek.txt", "x&#34;&gt;&lt;b&gt;.txt"]
    assert titles(order="oldest")[0] == "bibliothek.txt"
    assert titles(order="title")[0] == "bibliothek.txt"
    assert titles(source="KÜSTENBOTE") == ["faehre.md"]
    assert titles("bibliothek", source="Küstenbote") == []
    assert len(titles(offset=10)) == 3  # behind the end
    assert 'data-number="7"' in corpus_tab.table("", json.dumps({"number": 7}), GERMAN)
    for forged in ("x", "[]", "[" * 10_000, None, json.dumps({"offset": -1, "order": "x", "source": 7})):
        assert corpus_tab.table("", forged, GERMAN).count("data-article") == 3  # type: ignore[arg-type]
    assert "Küstenbote (1)" in corpus_tab.list_bar(GERMAN)
    assert "alle Medien" in _tab(FakeBackend(generations=0)).list_bar(GERMAN)


def test_several_articles_are_removed_and_restored_together() -> None:
    backend = FakeBackend()
    corpus_tab = _tab(backend)
    out = corpus_tab.remove(_event(articles=["faehre.md", "nein.md", "bibliothek.txt", 7]), GERMAN)
    assert "2 Dateien wurden entfernt." in out
    assert "1 Artikel konnte nicht geändert werden" in out
    assert "<code>nein.md</code>" in out
    assert list(backend.files) == ['x"><b>.txt']
    assert 'data-restore="t0 t1"' in out
    assert "2 files were restored." in corpus_tab.restore(_event(**TOKENS), ENGLISH)
    assert len(backend.files) == 3
    for forged in (None, "faehre.md", [], [None]):
        assert corpus_tab.remove(_event(articles=forged), GERMAN) == ""


def test_a_build_is_stopped_and_the_index_stays() -> None:
    backend = FakeBackend(step=0.01)
    backend.held.clear()
    corpus_tab = _tab(backend)
    corpus_tab._service.served()
    steps = corpus_tab.rebuild(GERMAN)
    assert "data-stop" in next(steps)
    corpus_tab.stop()
    assert "Wird abgebrochen" in next(steps)  # at once, although the build goes on to its next step
    backend.held.set()
    last = list(steps)[-1]
    assert "Abgebrochen" in last
    assert "nicht geklappt" not in last
    assert backend.newest == 1


def test_an_earlier_version_is_used_and_the_later_one_again() -> None:
    backend = FakeBackend(generations=2)
    corpus_tab = _tab(backend)
    assert "Leuchtturm" in corpus_tab.table("leuchtturm", "", GERMAN)
    assert 'data-version="g1"' in corpus_tab.generations(GERMAN)
    assert "Aktive Version: 1. November 2024" in corpus_tab.switch(_event(generation="g1"), GERMAN)
    assert "Leuchtturm" not in corpus_tab.table("leuchtturm", "", GERMAN)
    assert 'data-version="g2"' in corpus_tab.generations(GERMAN)
    assert "Aktive Version: 2. November 2024" in corpus_tab.switch(_event(generation="g2"), GERMAN)
    assert "Leuchtturm" in corpus_tab.table("leuchtturm", "", GERMAN)
    assert "gibt es nicht mehr" in corpus_tab.switch(_event(generation="../x"), GERMAN)


def test_a_server_that_only_reads_builds_nothing() -> None:
    backend = FakeBackend(generations=2)
    corpus_tab = CorpusTab(Service(backend, changes=False))
    assert "keine Änderungen" in list(corpus_tab.rebuild(GERMAN))[-1]
    assert "keine Änderungen" in corpus_tab.switch(_event(generation="g1"), GERMAN)
    assert "data-version" not in corpus_tab.generations(GERMAN)
    corpus_tab.stop()
    assert backend.newest == 2


def test_a_build_goes_on_when_the_page_is_closed() -> None:
    service = Service(FakeBackend(step=0.01))
    watching = CorpusTab(service).rebuild(GERMAN)
    next(watching)
    watching.close()
    deadline = time.monotonic() + 10
    while service.build_state.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert service.build_state.report is not None


def test_sent_files_are_reported_whatever_the_browser_tells() -> None:
    corpus_tab = _tab()
    rows: list[Any] = [
        {"name": "a.txt", "articles": 1, "skipped": []},
        {"name": "b.csv", "articles": 2, "skipped": [["b.csv/1", "x"], 7, ["x"], [1, 2, 3]]},
        {"name": "<b>c.png", "error": "The file is larger than 20 MB. Split it."},
        "d",
        {"name": 7, "articles": "x", "error": None},
    ]
    out = corpus_tab.added(_event(files=rows), GERMAN)
    assert "4 Dateien hinzugefügt (3 Artikel)." in out
    assert "2 Dateien nicht hinzugefügt" in out
    assert "&lt;b&gt;c.png</code> Die Datei ist größer als 20 MB" in out
    assert 'data-remove="a.txt"' in out
    none = corpus_tab.added(_event(files=[{"name": "c", "error": "x"}]), ENGLISH)
    assert "No files were added." in none
    assert "Keine Datei" in corpus_tab.added(_event(files="x"), GERMAN)
    assert "Keine Datei" in corpus_tab.added(SimpleNamespace(_data=None), GERMAN)  # type: ignore[arg-type]


def test_a_removal_can_be_undone() -> None:
    backend = FakeBackend()
    corpus_tab = _tab(backend)
    out = corpus_tab.remove(_event(articles=['x"><b>.txt']), GERMAN)
    assert "<code>x&#34;&gt;&lt;b&gt;.txt</code> wurde entfernt." in out
    assert 'data-restore="t0"' in out
    assert 'x"><b>.txt' not in backend.files
    assert 'data-restore="t0"' in corpus_tab.removed(ENGLISH)
    assert "gibt es nicht" in corpus_tab.remove(_event(articles=['x"><b>.txt']), GERMAN)
    assert "was restored" in corpus_tab.restore(_event(**TOKEN), ENGLISH)
    assert 'x"><b>.txt' in backend.files
    assert corpus_tab.removed(GERMAN) == ""
    assert "wiederhergestellt" in corpus_tab.restore(_event(**TOKEN), GERMAN)


def test_changes_are_taken_into_the_index_by_themselves() -> None:
    backend = FakeBackend()
    service = Service(backend, build_delay=0.05)
    corpus_tab = CorpusTab(service)
    service.corpus.add("möwe.txt", b"Die Moewe.")
    waiting = corpus_tab.table("", "", GERMAN)
    assert '<code>möwe.txt</code> <span class="badge">noch nicht durchsuchbar' in waiting
    assert "3 Artikel · 1 Datei noch nicht durchsuchbar" in waiting
    assert "möwe.txt" not in corpus_tab.table("fähre", "", GERMAN)
    corpus_tab.added(_event(files=[{"name": "möwe.txt", "articles": 1, "skipped": []}]), GERMAN)
    steps = list(corpus_tab.follow(GERMAN))
    assert "wird gleich aktualisiert" in steps[0]
    assert "Suchindex aktualisiert" in steps[-1]
    assert 'data-renewed="g2"' in steps[-1]
    assert "möwe.txt" not in corpus_tab.table("", "", GERMAN)
    corpus_tab.remove(_event(articles=["faehre.md"]), GERMAN)
    gone = corpus_tab.table("", "", GERMAN)
    assert "1 entfernter Artikel wird noch zitiert" in gone
    assert gone.count("entfernt, noch im Suchindex") == 1
    assert 'value="faehre.md"' not in gone  # cannot be removed twice
    assert service.build_due
    corpus_tab.stop()
    assert not service.build_due
    corpus_tab.added(_event(files=[{"name": "x.txt", "error": "x"}]), GERMAN)
    assert not service.build_due


def test_a_build_that_was_stopped_before_it_began_leaves_no_old_report() -> None:
    service = Service(FakeBackend(), build_delay=60)
    corpus_tab = CorpusTab(service)
    service.build_soon()
    steps = corpus_tab.follow(GERMAN)
    assert "wird gleich aktualisiert" in next(steps)
    corpus_tab.stop()
    assert "Abgebrochen" in list(steps)[-1]
    CorpusTab(Service(FakeBackend(), changes=False)).added(_event(files=[{"name": "x.txt"}]), GERMAN)


def test_a_server_that_only_reads_keeps_its_files() -> None:
    backend = FakeBackend()
    corpus_tab = CorpusTab(Service(backend, changes=False))
    assert "keine Änderungen" in corpus_tab.remove(_event(articles=["faehre.md"]), GERMAN)
    assert "keine Änderungen" in corpus_tab.restore(_event(**TOKEN), GERMAN)
    assert "data-remove" not in corpus_tab.open(_event(article="faehre.md"), GERMAN)
    assert "data-remove" in _tab(backend).open(_event(article="faehre.md"), GERMAN)
    assert corpus_tab.removed(GERMAN) == ""
    assert "faehre.md" in backend.files


def test_a_build_that_loses_most_articles_asks_first() -> None:
    backend = FakeBackend()
    backend.shrunk = True
    corpus_tab = _tab(backend)
    asked = list(corpus_tab.rebuild(GERMAN))[-1]
    assert (
        "4 der 5 Artikel im bisherigen Suchindex fehlen im Artikelordner. Der neue Suchindex hätte 1 "
        "Artikel." in asked
    )
    assert "data-force" in asked
    assert "data-dismiss" in asked
    assert "Build anyway" in list(corpus_tab.rebuild(ENGLISH))[-1]
    assert backend.newest == 1
    assert corpus_tab.dismiss() == ""
    assert "Suchindex aktualisiert" in list(corpus_tab.rebuild_anyway(GERMAN))[-1]
    assert backend.newest == 2


def test_a_server_that_only_reads_forces_nothing() -> None:
    backend = FakeBackend()
    corpus_tab = CorpusTab(Service(backend, changes=False))
    assert "keine Änderungen" in list(corpus_tab.rebuild_anyway(GERMAN))[-1]
    assert backend.newest == 1
